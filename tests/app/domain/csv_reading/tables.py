"""Tables of 60 days for the tests of what is unusual about them."""

import numpy as np

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table

DAYS = [str(np.datetime64("2020-01-01") + day) for day in range(60)]


def table_of(text):
    content = text.encode()
    return read_table(content, detect_dialect(content))


def csv_of(changes=None, header="Date,Open,Close"):
    """60 days from line 2 on; `changes` replaces single lines."""
    lines = [header, *(f"{day},{number}.5,{number * 7 % 11}" for number, day in enumerate(DAYS))]
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    return "\n".join(lines) + "\n"


def find(text, kind):
    """The findings of one kind about a CSV."""
    return [finding for finding in table_of(text).findings if finding.kind == kind]
