"""Code as it is copied from a notebook, a console or the middle of a program."""

import ast
from textwrap import dedent

from app.domain.literals.notebooks import remove_commands


def clean_pasted(code: str) -> str:
    """Pasted code as Python, line by line: without indentation, prompts and commands.

    The entries of a dictionary alone become a dictionary. Code that is Python is left as it is,
    and so is what does not become Python.
    """
    code = code.strip("\ufeff")
    cleaned = dedent(code.expandtabs())
    without_prompts = remove_commands(cleaned, instead="")
    as_dictionary = f"{{{without_prompts}\n}}"
    for candidate in (code, cleaned, without_prompts, as_dictionary):
        if _is_python(candidate):
            return candidate
    return code


def _is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
