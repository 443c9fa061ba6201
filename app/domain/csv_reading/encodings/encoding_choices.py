"""What is said about the encoding of a file: others it can be in, and bytes that fit none."""

from collections.abc import Sequence

from app.domain.csv_reading.encodings.encoding import UNICODE_ENCODINGS, UNREADABLE
from app.domain.csv_reading.encodings.legacy_encodings import rank_encodings, sample_unusual_lines
from app.domain.csv_reading.findings import Finding, FindingKind, list_lines, shorten_cell
from app.domain.csv_reading.series import Choice

MIN_PLAUSIBILITY = 0.8  # of an encoding that is offered
MAX_CHOICES = 6
DOS_ENCODINGS = ("cp850", "cp852", "mac-roman")  # too rare today for a guess without known words


def check_encoding(content: bytes, text: str, encoding: str) -> list[Finding]:
    """What a person must know about the encoding a text was read in."""
    unreadable_lines = _find_unreadable_lines(text)
    if unreadable_lines:
        return [_report_unreadable(content, encoding, unreadable_lines)]
    if encoding in UNICODE_ENCODINGS:
        return []
    choices = _offer_encodings(content, encoding)
    if len(choices) < 2:
        return []
    ambiguous = Finding(
        kind=FindingKind.AMBIGUOUS,
        column="",
        message=f"The file does not say how its characters are encoded. Read as {encoding}, "
        f'it begins with "{choices[0].label}". Choose another encoding if that is wrong.',
        field="encoding",
        choices=tuple(choices),
    )
    return [ambiguous]


def _find_unreadable_lines(text: str) -> list[int]:
    """The lines with bytes that are no characters of the encoding."""
    if UNREADABLE not in text:
        return []
    lines = text.split("\n")
    return [number for number, line in enumerate(lines, start=1) if UNREADABLE in line]


def _report_unreadable(content: bytes, encoding: str, lines: Sequence[int]) -> Finding:
    choices = _offer_encodings(content, encoding)
    if len(choices) < 2:
        choices = []
    listed = list_lines(lines)
    return Finding(
        kind=FindingKind.AMBIGUOUS,
        column="",
        message=f"Some bytes are no characters of {encoding} and are read as {UNREADABLE}, "
        f"in {listed}.",
        lines=tuple(lines),
        field="encoding",
        choices=tuple(choices),
    )


def _offer_encodings(content: bytes, encoding: str) -> list[Choice]:
    """The encoding that was taken, and the others in which the file makes sense.

    Those that decode it to the same text are left out. Where it makes sense in none, all count.
    """
    ranked = rank_encodings(content)
    unusual_lines = sample_unusual_lines(content)
    taken_text = unusual_lines.decode(encoding, "replace")
    taken = [sample for sample in ranked if sample.encoding == encoding]
    has_known_words = any(sample.known_words for sample in taken)
    is_odd = all(sample.plausibility < MIN_PLAUSIBILITY for sample in taken)
    choices = [Choice(encoding, _first_words(taken_text))]
    texts = {taken_text}
    for sample in ranked:
        makes_sense = is_odd or sample.plausibility >= MIN_PLAUSIBILITY
        if not sample.known_words and (has_known_words or sample.encoding in DOS_ENCODINGS):
            continue
        if sample.text in texts or not makes_sense or UNREADABLE in sample.text:
            continue
        texts.add(sample.text)
        choices.append(Choice(sample.encoding, _first_words(sample.text)))
    return choices[:MAX_CHOICES]


def _first_words(text: str) -> str:
    """How the first line that differs between encodings reads, usually the header."""
    first_line = text.split("\n", 1)[0]
    return shorten_cell(first_line)
