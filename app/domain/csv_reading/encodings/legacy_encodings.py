"""Which of the encodings that are older than Unicode a text is in: the one it reads best in."""

import itertools
import re
import unicodedata
from dataclasses import dataclass

from app.domain.csv_reading.layout.header_words import WORDS_OF_ENCODING

LEGACY_ENCODINGS = tuple(WORDS_OF_ENCODING)  # of two that read equally well, the first is taken
MAX_SAMPLED_LINES = 100
MAX_SAMPLED_LINE_LENGTH = 500
NON_ASCII = re.compile(rb"[\x80-\xff]")
TOKEN = re.compile(r"[^\W\d_]+")
COMMON_LEADS = {  # the lead bytes of the characters that are in everyday use
    "cp932": range(0x81, 0x98),
    "euc-jp": range(0xA1, 0xD0),
    "gb18030": range(0xB0, 0xD8),
    "cp950": range(0xA4, 0xC7),
    "cp949": range(0xB0, 0xC9),
}
UNREADABLE_WEIGHT = 3
HALF_WIDTH_KATAKANA = range(0xFF61, 0xFFA0)


@dataclass(frozen=True)
class DecodedSample:
    """How the lines of a file read that are not ASCII alone.

    known_words: how many words of headers are in them. plausibility: the fraction of their
    characters that stand where the languages of the encoding have them.
    """

    encoding: str
    text: str
    known_words: int
    plausibility: float


def rank_encodings(content: bytes) -> list[DecodedSample]:
    """The encodings that a sample of the content can be in, the likeliest first."""
    sample = sample_unusual_lines(content)
    samples = []
    for encoding in LEGACY_ENCODINGS:
        text = sample.decode(encoding, "replace")
        samples.append(_read(text, encoding))
    samples.sort(key=_order)
    return samples


def sample_unusual_lines(content: bytes) -> bytes:
    """The first lines with bytes that are not ASCII."""
    lines: list[bytes] = []
    position = 0
    while len(lines) < MAX_SAMPLED_LINES:
        match = NON_ASCII.search(content, position)
        if match is None:
            break
        start = _find_line_start(content, match.start())
        end = _find_line_end(content, match.start())
        lines.append(content[start:end])
        position = end
    return b"\n".join(lines)


def _find_line_start(content: bytes, position: int) -> int:
    earliest = max(0, position - MAX_SAMPLED_LINE_LENGTH)
    line_feed = content.rfind(b"\n", earliest, position)
    carriage_return = content.rfind(b"\r", earliest, position)
    return max(earliest, line_feed + 1, carriage_return + 1)


def _find_line_end(content: bytes, position: int) -> int:
    latest = position + MAX_SAMPLED_LINE_LENGTH
    ends = [content.find(b"\n", position, latest), content.find(b"\r", position, latest)]
    found_ends = [end for end in ends if end >= 0]
    return min(found_ends, default=min(latest, len(content)))


def _order(sample: DecodedSample) -> tuple[int, float]:
    return -sample.known_words, -sample.plausibility


def _read(text: str, encoding: str) -> DecodedSample:
    lower_text = text.lower()
    tokens = TOKEN.findall(text)
    lower_tokens = {token.lower() for token in tokens}
    known_words = 0
    for word in WORDS_OF_ENCODING[encoding]:
        is_short = len(word) <= 3 and word.isalpha() and not _is_east_asian(word[0])
        known_words += word in (lower_tokens if is_short else lower_text)
    unusual = [character for character in text if character > "\x7f"]
    if encoding in COMMON_LEADS:
        odd_characters = _count_odd_east_asian(text, encoding)
    else:
        odd_characters = _count_odd_alphabetic(text, tokens)
    odd_characters += UNREADABLE_WEIGHT * text.count("\ufffd")
    plausibility = 1 - odd_characters / max(1, len(unusual))
    return DecodedSample(encoding, text, known_words, max(0.0, plausibility))


def _count_odd_east_asian(text: str, encoding: str) -> float:
    """How many characters are rare in everyday text of the languages of this encoding."""
    odd_characters = 0.0
    for index, character in enumerate(text):
        if character <= "\x7f":
            continue
        if not _is_east_asian(character):
            odd_characters += not _is_typographic(character)
            continue
        neighbours = text[max(0, index - 1) : index] + text[index + 1 : index + 2]
        stands_alone = not any(_is_east_asian(neighbour) for neighbour in neighbours)
        if ord(character) in HALF_WIDTH_KATAKANA:
            odd_characters += 0.5
        elif stands_alone and character not in "年月日時分秒円年月日时分秒元년월일시분초원":
            odd_characters += 0.7
        else:
            odd_characters += not _is_common(character, encoding)
    return odd_characters


def _is_common(character: str, encoding: str) -> bool:
    lead = character.encode(encoding, "replace")[0]
    is_kana = "\u3040" <= character <= "\u30ff"
    if is_kana:
        return encoding in ("cp932", "euc-jp")
    if unicodedata.category(character) != "Lo":
        return lead < 0xA4 or encoding == "cp932"  # punctuation and full-width signs
    return lead in COMMON_LEADS[encoding]


def _count_odd_alphabetic(text: str, tokens: list[str]) -> float:
    """How many characters stand where no language that is written with letters has them."""
    odd_characters = 0.0
    for token in tokens:
        unusual = sum(character > "\x7f" for character in token)
        if unusual:
            odd_characters += unusual * _is_odd_word(token, unusual)
    for index, character in enumerate(text):
        if character <= "\x7f" or character.isalpha():
            continue
        between_letters = (
            text[index - 1 : index].isalpha() and text[index + 1 : index + 2].isalpha()
        )
        is_control = unicodedata.category(character).startswith("C")
        is_drawn = "\u2500" <= character <= "\u259f"
        odd_characters += between_letters or is_control or is_drawn
    return odd_characters


def _is_odd_word(word: str, unusual: int) -> bool:
    """Whether a word mixes alphabets or cases, or has hardly a plain letter."""
    alphabets = {_alphabet(character) for character in word}
    if len(alphabets) > 1:
        return True
    swaps_case = any(
        before.islower() and after.isupper()
        for before, after in itertools.pairwise(word)
        if before > "\x7f" or after > "\x7f"
    )
    if swaps_case:
        return True
    return alphabets == {"LATIN"} and unusual > 2 and 3 * unusual > 2 * len(word)


def _alphabet(character: str) -> str:
    name = unicodedata.name(character, "UNKNOWN")
    alphabet = name.split(" ")[0]
    if alphabet in ("FEMININE", "MASCULINE", "MICRO"):
        return "LATIN"
    return alphabet


def _is_east_asian(character: str) -> bool:
    return character >= "\u1100" and unicodedata.east_asian_width(character) in "WFH"


def _is_typographic(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSZ"
