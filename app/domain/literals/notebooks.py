"""Notebooks exported as programs: their commands and prompts are no Python."""

import ast
import re

# `%matplotlib inline`, `!pip install talos`, `files = !ls`, `Out[3]: …`: a line that is left out.
COMMAND_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?:[%!?]|(?:In|Out) ?\[[ \d]{0,9}\]:|\w{1,40} ?= ?[!%])"
)
# `%time best = fmin(…)`, `In [3]: x = 1`, `>>> x = 1`: a line that goes on as Python.
PROMPT = re.compile(r"(?P<indent>[ \t]*)(?:%time(?:it)? |In ?\[[ \d]{0,9}\]: |>>> |\.\.\. )(?=\S)")


def parse_notebook(source: str) -> ast.Module:
    """The syntax tree of a program, also of a notebook that was exported with its commands.

    Every statement keeps its line. Raises SyntaxError and what else `ast.parse` raises.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        program = remove_commands(source)
        if program == source:
            raise
    return ast.parse(program)


def remove_commands(source: str) -> str:
    """The program without prompts and without the lines that only a notebook understands."""
    lines = [_to_python(line) for line in source.split("\n")]
    return "\n".join(lines)


def _to_python(line: str) -> str:
    prompt = PROMPT.match(line)
    if prompt is not None:
        return prompt["indent"] + line[prompt.end() :]
    command = COMMAND_LINE.match(line)
    if command is not None:
        return f"{command['indent']}pass"
    return line
