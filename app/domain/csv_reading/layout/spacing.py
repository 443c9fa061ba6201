"""Columns parted by spaces whose cells have spaces themselves: dates with a time, names."""

import re
from collections import Counter
from collections.abc import Sequence

from app.domain.csv_reading.layout.rows import COMMENT_MARKS

SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 200_000
MIN_LINES = 5
MIN_FRACTION = 0.9
OTHER_SEPARATOR = re.compile(r'[,;\t|"]')
GAP = re.compile(r" {2,}")
NUMBERS = re.compile(r"-?[\d.]+(?: -?[\d.]+)+")  # cells of their own, however narrow their gaps
MOMENT = re.compile(
    r"^ *(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)(?= )", re.MULTILINE
)


def keep_spaced_cells(text: str) -> str:
    """The text with tabs where cells with spaces stand between gaps of at least two spaces.

    Where gaps are single spaces, a date with a time is quoted if the header has one name for it.
    Nothing changes in a file that has another separator. Lines keep their numbers.
    """
    sample = text[:SAMPLE_CHARACTERS].split("\n", SAMPLE_LINES)[:SAMPLE_LINES]
    lines = [line for line in sample if line.strip() and not line.startswith(COMMENT_MARKS)]
    if len(lines) < MIN_LINES or _are_separated(lines):
        return text
    if _has_wide_gaps(lines):
        parted = [GAP.sub("\t", line.strip()) for line in text.split("\n")]
        return "\n".join(parted)
    if _has_one_name_for_moments(lines):
        return MOMENT.sub(r'"\1"', text)
    return text


def _are_separated(lines: Sequence[str]) -> bool:
    separated = sum(bool(OTHER_SEPARATOR.search(line)) for line in lines)
    return separated > (1 - MIN_FRACTION) * len(lines)


def _has_wide_gaps(lines: Sequence[str]) -> bool:
    """Whether wide gaps part most lines into equally many cells, some of which have spaces."""
    widths: Counter[int] = Counter()
    words: Counter[int] = Counter()
    for line in lines:
        cells = GAP.split(line.strip())
        widths[len(cells)] += 1
        words[len(line.split())] += 1
        if any(NUMBERS.fullmatch(cell) for cell in cells):
            return False
    width, count = widths.most_common(1)[0]
    most_words, count_of_words = words.most_common(1)[0]
    if width < 2 or count < MIN_FRACTION * len(lines):
        return False
    return most_words > width or count > count_of_words


def _has_one_name_for_moments(lines: Sequence[str]) -> bool:
    """Whether lines begin with a date and a time, for which the header has a single name."""
    moments = [line for line in lines if MOMENT.match(line)]
    if len(moments) < MIN_FRACTION * len(lines) or lines[0] in moments:
        return False
    names = len(lines[0].split())
    return all(len(line.split()) == names + 1 for line in moments)
