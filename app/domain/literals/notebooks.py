"""Code of notebooks and consoles: their commands and prompts are no Python."""

import ast
import re

# `%matplotlib inline`, `!pip install talos`, `files = !ls`, `Out[3]: …`: a line that is left out.
COMMAND_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?:[%!?]|(?:In|Out) ?\[[ \d]{0,9}\]:|\w{1,40} ?= ?[!%])"
)
# `%time best = fmin(…)`, `In [3]: x = 1`, `>>> x = 1`: a line that goes on as Python.
PROMPT = re.compile(
    r"(?P<indent>[ \t]*)(?:(?:%time(?:it)? |In ?\[[ \d]{0,9}\]: )(?=\S)|>>> ?|\.\.\. )"
)
CONSOLE_PROMPT = ">>>"
BARE_PROMPTS = (CONSOLE_PROMPT, "...")  # of a console, with nothing behind them


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


def remove_commands(source: str, instead: str = "pass") -> str:
    """The code without prompts and without the lines that only a notebook understands.

    instead: what stands for such a line, as far to the right as it stood.
    """
    lines = source.split("\n")
    is_console = any(line.lstrip().startswith(CONSOLE_PROMPT) for line in lines)
    cleaned = []
    for line in lines:
        if is_console and line.strip() in BARE_PROMPTS:
            cleaned.append("")
        else:
            cleaned.append(_to_python(line, instead))
    return "\n".join(cleaned)


def _to_python(line: str, instead: str) -> str:
    prompt = PROMPT.match(line)
    if prompt is not None:
        return prompt["indent"] + line[prompt.end() :]
    command = COMMAND_LINE.match(line)
    if command is not None:
        return f"{command['indent']}{instead}"
    return line
