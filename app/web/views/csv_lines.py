"""Lines of a CSV in which a spreadsheet finds no formulas."""

import csv
import io
from collections.abc import Sequence

FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four: full-width forms


def csv_line(values: Sequence[object]) -> str:
    """One line, with its end. Numbers stay numbers; None is an empty cell."""
    cells = [_escape_formula(content) for content in values]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(cells)
    return buffer.getvalue()


def _escape_formula(content: object) -> object:
    if content is None:
        return ""
    if isinstance(content, str) and content.startswith(FORMULA_STARTS):
        return "'" + content
    return content
