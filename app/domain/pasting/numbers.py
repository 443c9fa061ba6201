"""Numbers in pasted cells: with a decimal point or comma, and signs between thousands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

THOUSANDS = 3  # digits in a group


class UnclearNumbers(ValueError):
    """Why the numbers of a table can be read in two ways, in words."""


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a table are written."""

    decimal: str = "."
    thousands: str = ""

    def plain(self, text: str) -> str:
        """A number with a decimal point; any other text as it is."""
        if not _looks_like_number(text):
            return text
        if self.thousands:
            text = text.replace(self.thousands, "")
        return text.replace(self.decimal, ".")


def find_number_format(cells: Iterable[str]) -> NumberFormat:
    """How the numbers in all these cells are written. Raises UnclearNumbers."""
    with_comma = []
    with_point = []
    for cell in cells:
        text = cell.strip()
        if _looks_like_number(text):
            if "," in text:
                with_comma.append(text)
            if "." in text:
                with_point.append(text)
    if not with_comma:
        return NumberFormat()
    has_decimal_point = not _are_grouped(with_point, ".")
    if has_decimal_point and _are_grouped(with_comma, ","):
        return NumberFormat(".", ",")
    whole_parts = [cell.partition(",")[0] for cell in with_point]
    if not _are_grouped(with_comma, ",") and _are_grouped(whole_parts, "."):
        return NumberFormat(",", "." if with_point else "")
    raise UnclearNumbers(
        f'The comma in "{with_comma[0]}" can be a decimal comma or a sign between thousands. '
        "Write all numbers with a decimal point and without a sign between thousands."
    )


def _looks_like_number(text: str) -> bool:
    digits = text.strip().lstrip("+-")
    for character in ",.eE+-":
        digits = digits.replace(character, "")
    return digits.isdecimal() and digits.isascii()


def _are_grouped(texts: Sequence[str], sign: str) -> bool:
    return all(_is_grouped(text, sign) for text in texts)


def _is_grouped(text: str, sign: str) -> bool:
    """Whether a sign can stand between the thousands of a number: 1,024 but not 0,024."""
    whole = text.lstrip("+-")
    if sign == ",":
        whole = whole.partition(".")[0]
    first, *groups = whole.split(sign)
    if not groups:
        return True
    has_start = 1 <= len(first) <= THOUSANDS and first[0] != "0"
    return has_start and all(len(group) == THOUSANDS for group in groups)
