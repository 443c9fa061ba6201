"""Errors of a program in words, with the line of its file where they came up."""

import re
import traceback

DATA_HINT = (
    "Foretune hands the dataset over in place of files: call its windows x_train, y_train, x_val "
    "and y_val."
)
WORDS_ON_SHAPES = ("incompatible", "expected shape")
TENSORFLOW_PREAMBLE = re.compile(r"Graph execution error|Detected at node|\s|File \"|<stack traces")


class ProgramError(Exception):
    """What went wrong in a custom model's file, with its line."""


def traceback_file(name: str) -> str:
    """What tracebacks call the file of a custom model."""
    return f"models/{name}.py"


def explain_error(name: str, error: BaseException, windows: str = "") -> ProgramError:
    """An error of the custom model `name`: where it came up, its type, its first telling line.

    `windows`: what the program's layers must fit, in words.
    """
    if isinstance(error, ProgramError):
        return error
    where = f"{name}.py"
    line = _find_line(traceback_file(name), error)
    if line is not None:
        where += f", line {line}"
    error_type = type(error).__name__
    message = _first_telling_line(str(error))
    text = f"{where}: {error_type}: {message}"
    if isinstance(error, FileNotFoundError):
        text += f". {DATA_HINT}"
    elif windows and any(words in str(error) for words in WORDS_ON_SHAPES):
        text += f" ({windows})"
    return ProgramError(text.rstrip(": "))


def _find_line(file: str, error: BaseException) -> int | None:
    """The last line of the file that the error passed."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == file:
            line = frame.lineno
    return line


def _first_telling_line(message: str) -> str:
    lines = message.strip().splitlines()
    for line in lines:
        if line.strip() and not TENSORFLOW_PREAMBLE.match(line):
            return line
    return ""
