"""How a file begins, shown where it cannot be read."""

from app.domain.csv_reading.encodings.encoding import detect_encoding
from app.domain.csv_reading.series import SeriesError

MAX_SHOWN_LINES = 8
MAX_SHOWN_LINE_LENGTH = 160
MAX_BYTES_PER_LINE = 10_000


def first_lines(content: bytes, encoding: str) -> list[str]:
    """How a file begins, to show why it cannot be read; nothing of a binary file."""
    try:
        detect_encoding(content)
    except SeriesError:
        return []
    beginning = content[: MAX_SHOWN_LINES * MAX_BYTES_PER_LINE]
    text = beginning.decode(encoding, "replace")
    lines = text.splitlines()[:MAX_SHOWN_LINES]
    return [line[:MAX_SHOWN_LINE_LENGTH] for line in lines]
