"""Quotation marks as every reader of CSVs knows them, whatever an exporter has made of them."""

import re

SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 200_000
WHOLE_LINE = re.compile(r'^"((?:[^"\n]|"")*)"[;,\t ]*$', re.MULTILINE)
SINGLE_QUOTES = re.compile(r"(?:^|(?<=[,;\t| ]))'([^'\n]*)'(?=[,;\t| ]|$)", re.MULTILINE)
REPEATED_QUOTES = re.compile(
    r'(?:^|(?<=[,;\t|]))""+([^",;\t|\n][^"\n]*)""+(?=[,;\t|]|$)', re.MULTILINE
)
FORMULAS = re.compile(r'(?:^|(?<=[,;\t|]))="([^"\n]*)"(?=[,;\t|]|$)', re.MULTILINE)  # ="5"
CURLY_QUOTES = re.compile(
    "(?:^|(?<=[,;\t|]))[\u201c\u201d\u201e]([^\u201c\u201d\n]*)[\u201c\u201d](?=[,;\t|]|$)",
    re.MULTILINE,
)
ANY_SEPARATOR = re.compile(r"[,;\t|]")


def unify_quotes(text: str) -> str:
    """The text with its cells in double quotes, and none around whole lines.

    Lines keep their numbers. A way of quoting is taken for one where half of the lines have it.
    """
    if _is_usual(WHOLE_LINE, text, group=1):
        text = WHOLE_LINE.sub(_unwrap_line, text)
    if _is_usual(REPEATED_QUOTES, text):
        text = REPEATED_QUOTES.sub(r'"\1"', text)
    if _is_usual(FORMULAS, text):
        text = FORMULAS.sub(r'"\1"', text)
    if _is_usual(CURLY_QUOTES, text):
        text = CURLY_QUOTES.sub(r'"\1"', text)
    if _is_usual(SINGLE_QUOTES, text) and '"' not in text:
        text = SINGLE_QUOTES.sub(r'"\1"', text)
    return text


def _unwrap_line(match: re.Match[str]) -> str:
    line = match[1]
    if not ANY_SEPARATOR.search(line):
        return match[0]
    return line.replace('""', '"')


def _is_usual(quotes: re.Pattern[str], text: str, group: int | None = None) -> bool:
    """Whether half of the first lines have these quotes; a group of them must hold a separator."""
    lines = text[:SAMPLE_CHARACTERS].split("\n", SAMPLE_LINES)[:SAMPLE_LINES]
    filled_lines = [line for line in lines if line.strip()]
    quoted_lines = 0
    for line in filled_lines:
        match = quotes.search(line)
        if match is None:
            continue
        quoted_lines += group is None or bool(ANY_SEPARATOR.search(match[group]))
    return quoted_lines > 0 and 2 * quoted_lines >= len(filled_lines)
