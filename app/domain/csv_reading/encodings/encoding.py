"""From the bytes of a file to its text."""

import re

from app.domain.csv_reading.encodings.file_types import find_file_type
from app.domain.csv_reading.encodings.legacy_encodings import LEGACY_ENCODINGS, rank_encodings
from app.domain.csv_reading.layout.quoting import unify_quotes
from app.domain.csv_reading.layout.rows import SAMPLE_CHARACTERS
from app.domain.csv_reading.layout.spacing import keep_spaced_cells
from app.domain.csv_reading.series import SeriesError

UNICODE_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
ENCODINGS = (*UNICODE_ENCODINGS, *LEGACY_ENCODINGS)
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
BYTE_ORDER_MARK = "\ufeff"
END_OF_DOS_FILE = "\x1a"
UNREADABLE = "\ufffd"  # stands for what is no character of an encoding
MAX_CONTROL_CHARACTERS = 0.001  # fraction of a text
MAX_UNREADABLE = 0.1  # fraction of the characters that are not ASCII
MIN_ZERO_BYTES = 0.7  # fraction of every second byte where text is UTF-16
MIN_PLAUSIBILITY = 0.3
LINE_END = re.compile(rb"\r\n|\r|\n")


def detect_encoding(content: bytes) -> str:
    """The encoding of a file. Raises SeriesError for empty and binary files."""
    if not content.strip():
        raise SeriesError.at("file", "The file is empty.")
    _refuse_other_file_types(content)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\x00" in content:
        return _detect_utf_16(content)
    bad_line = _find_bad_line(content, "utf-8")
    if bad_line is None:
        return "utf-8"
    for sample in rank_encodings(content):
        if sample.plausibility < MIN_PLAUSIBILITY and not sample.known_words:
            continue
        if _find_bad_line(content, sample.encoding) is None:
            return sample.encoding
    message = f"Line {bad_line} of this file is not text. Save the file as UTF-8 and try again."
    raise SeriesError.at("file", message)


def decode_text(content: bytes, encoding: str) -> str:
    """The text of a file, each line ended by a line feed, its cells in double quotes.

    A few bytes that are no characters become UNREADABLE. Raises SeriesError.
    """
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        text = content.decode(encoding, "replace")
        if _are_many_unreadable(text):
            readable = content[: error.start].decode(encoding, "ignore")
            line = _count_lines(readable.encode())
            message = (
                f"The file cannot be decoded as {encoding}: line {line} is not in this encoding."
            )
            raise SeriesError.at("encoding", message) from None
    except LookupError:
        message = f"The file cannot be decoded as {encoding}."
        raise SeriesError.at("encoding", message) from None
    text = text.replace("\r\n", "\n")
    text = text.replace("\r", "\n")
    text = text.replace(BYTE_ORDER_MARK, "")  # where files were joined
    text = text.removesuffix(END_OF_DOS_FILE)
    nul = text.find("\x00")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise _binary_file(line)
    return keep_spaced_cells(unify_quotes(text))


def _refuse_other_file_types(content: bytes) -> None:
    file_type = find_file_type(content)
    if file_type is not None:
        message = f"This is {file_type.name}, not a CSV: {file_type.advice}."
        raise SeriesError.at("file", message)


def _detect_utf_16(content: bytes) -> str:
    """The byte order of a text without a mark: the high byte of most characters is zero."""
    start = content[:SAMPLE_CHARACTERS]
    high_bytes = {
        "utf-16-le": start[1::2],
        "utf-16-be": start[::2],
    }
    for encoding, sample in high_bytes.items():
        least_zeros = MIN_ZERO_BYTES * len(sample)
        if sample.count(0) > least_zeros:
            return encoding
    nul = content.index(b"\x00")
    line = _count_lines(content[:nul])
    raise _binary_file(line)


def _binary_file(line: int) -> SeriesError:
    return SeriesError.at(
        "file",
        f"This is a binary file, not a CSV: line {line} contains a NUL character.",
    )


def _find_bad_line(content: bytes, encoding: str) -> int | None:
    """The number of the first line that is not text in this encoding; None where all are."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        text = content.decode(encoding, "replace")
        if _are_many_unreadable(text):
            readable = content[: error.start]
            return _count_lines(readable)
    sample = text[:SAMPLE_CHARACTERS]
    controls = [index for index, character in enumerate(sample) if _is_control(character)]
    if len(controls) <= MAX_CONTROL_CHARACTERS * len(sample):
        return None
    first_control = controls[0]
    before = sample[:first_control]
    return _count_lines(before.encode())


def _are_many_unreadable(text: str) -> bool:
    """Whether so many bytes are no characters that the encoding must be another one."""
    plain = text.encode("ascii", "ignore")
    unusual_characters = len(text) - len(plain)
    return text.count(UNREADABLE) > MAX_UNREADABLE * unusual_characters


def _is_control(character: str) -> bool:
    if character in "\t\r\n\f":
        return False
    return character < " "


def _count_lines(content: bytes) -> int:
    """How many lines a text has, the last one unfinished."""
    line_ends = LINE_END.findall(content)
    return len(line_ends) + 1
