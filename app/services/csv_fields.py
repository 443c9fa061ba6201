"""The fields in which a person or a program says how a CSV is written and what is kept of it.

The form, the API and `foretune import-csv` have the same fields, each with one text or several.
"""

import codecs
import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.csv_reading.dates.formats import describe_format, is_date_format
from app.domain.csv_reading.dates.parsing import DATE_FORMATS
from app.domain.csv_reading.encodings.encoding import ENCODINGS
from app.domain.csv_reading.layout.rows import SEPARATORS
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import NONE, Choice, FileProblem

Texts = Mapping[str, Sequence[str]]  # what was sent, by field

MAX_QUOTED_LENGTH = 40
MAX_MISSING_NUMBERS = 20
OTHER_SIGN = {",": ".", ".": ","}


OPTIONS: dict[str, dict[str, str]] = {  # the values of a field, and what each means
    "separator": SEPARATORS,
    "decimal": {".": "point (1.5)", ",": "comma (1,5)"},
    "thousands": {
        NONE: "none",
        ",": "comma",
        ".": "point",
        " ": "space",
        "'": "apostrophe",
        "_": "underscore",
    },
    "encoding": {name: name for name in ENCODINGS},
    "has_header": {"true": "yes", "false": "no: the first line is data"},
    "is_transposed": {
        "false": "no: each line is a date",
        "true": "yes: the header has the dates",
    },
    "date_format": {date_format: describe_format(date_format) for date_format in DATE_FORMATS},
    "missing": {
        "refuse": "stop with an error",
        "fill": "fill with the value before",
        "interpolate": "interpolate between the rows before and after",
        "drop": "drop the rows",
        "bound": "read <1 as 1, leave out rows without any value",
    },
    "duplicates": {
        "refuse": "stop with an error",
        "first": "keep the first",
        "last": "keep the last",
    },
    "constant": {"drop": "leave them out", "keep": "keep them"},
}
DIALECT_PARTS = {  # fields, and the attributes of Dialect that they set
    "encoding": "encoding",
    "separator": "separator",
    "decimal": "decimal",
    "thousands": "thousands",
    "has_header": "has_header",
    "date": "date_columns",
    "date_format": "date_format",
    "key_columns": "key_columns",
    "key": "key",
    "is_transposed": "is_transposed",
    "missing_numbers": "missing_numbers",
}
CLEANING_FIELDS = ("target", "features", "known_ahead", "missing", "duplicates", "constant")
REPEATABLE_FIELDS = ("date", "key_columns", "key", "missing_numbers", "features", "known_ahead")
FIELDS = (*DIALECT_PARTS, *CLEANING_FIELDS)
DECIDED_TOGETHER = {"decimal": "thousands", "thousands": "decimal"}  # who knows one, knows both


@dataclass(frozen=True)
class CsvAnswers:
    """What was said of a CSV.

    settled: attributes of Dialect; names of columns are as they were sent, see `split_names`.
    problems: of texts that no field can have.
    """

    settled: dict[str, Any] = field(default_factory=dict)
    cleaning: CleaningOptions = field(default_factory=CleaningOptions)
    problems: tuple[FileProblem, ...] = ()

    @property
    def settled_fields(self) -> set[str]:
        """The fields that leave no doubt any more."""
        fields = set()
        for name, part in DIALECT_PARTS.items():
            if part not in self.settled:
                continue
            fields.add(name)
            if name in DECIDED_TOGETHER:
                fields.add(DECIDED_TOGETHER[name])
        if self.cleaning.target is not None:
            fields.add("target")
        if self.cleaning.features is not None:
            fields.add("features")
        if self.cleaning.known_ahead is not None:
            fields.add("known_ahead")
        return fields


def as_texts(fields: Mapping[str, str | Sequence[str] | None]) -> dict[str, list[str]]:
    """Fields as they are read here; those without a text are left out. Raises KeyError."""
    texts = {}
    for name, sent in fields.items():
        if name not in FIELDS:
            raise KeyError(name)
        if isinstance(sent, str):
            texts[name] = [sent]
            continue
        filled = [text for text in sent or () if text]
        if filled:
            texts[name] = filled
    return texts


def read_answers(texts: Texts) -> CsvAnswers:
    """What these texts say; a field without one is left to be detected."""
    settled: dict[str, Any] = {}
    problems: list[FileProblem] = []
    for name, part in DIALECT_PARTS.items():
        sent = texts.get(name)
        if sent is None:
            continue
        try:
            settled[part] = _read_part(name, sent)
        except ValueError as error:
            problems.append(_refuse_text(name, str(error)))
    thousands = settled.get("thousands")
    if thousands in OTHER_SIGN and "decimal" not in settled:
        settled["decimal"] = OTHER_SIGN[thousands]
    if thousands and thousands == settled.get("decimal"):
        message = f'"{thousands}" cannot be both the decimal and the thousands sign.'
        problems.append(FileProblem("thousands", message))
    cleaning = _read_cleaning(texts, problems)
    return CsvAnswers(settled, cleaning, tuple(problems))


def find_option(name: str, text: str) -> str:
    """The value of a field that a text means: itself, or as it is called. Raises ValueError."""
    options = OPTIONS[name]
    if text in options:
        return text
    if name == "date_format" and is_date_format(text):
        return text
    if name == "encoding":
        return _find_encoding(text)
    wanted = text.strip().casefold()
    if wanted == "\\t":
        wanted = "tab"
    for option, label in options.items():
        first_word = label.partition(" ")[0].rstrip(":")
        names = (option.casefold(), label.casefold(), first_word.casefold())
        if wanted in names:
            return option
    raise ValueError(text)


def offer_options(name: str) -> tuple[Choice, ...]:
    """The values of a field that has only a few; none for other fields."""
    options = OPTIONS.get(name, {})
    return tuple(Choice(value, label) for value, label in options.items())


def split_names(names: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Names of columns that were sent one by one, or as one text with commas between.

    A text that is the name of a column is one, whatever commas it has.
    """
    if len(names) != 1 or names[0] in columns:
        return tuple(names)
    try:
        parts = next(csv.reader([names[0]], skipinitialspace=True), [])
    except csv.Error:  # far too long
        return tuple(names)
    stripped = [part.strip() for part in parts]
    return tuple(part for part in stripped if part)


def _read_part(name: str, sent: Sequence[str]) -> Any:
    """The value of an attribute of Dialect. Raises ValueError with the text that is none."""
    if name == "missing_numbers":
        return _read_numbers(sent)
    if name in REPEATABLE_FIELDS:
        if NONE in sent:
            return ()
        return tuple(sent)
    text = sent[-1]
    if name == "thousands" and not text:
        return ""
    option = find_option(name, text)
    if option == NONE:
        return ""
    if name in ("has_header", "is_transposed"):
        return option == "true"
    return option


def _read_numbers(sent: Sequence[str]) -> tuple[float, ...]:
    """Numbers that were sent one by one, or with commas, semicolons or spaces between."""
    numbers = []
    for text in sent:
        parts = text.replace(";", " ").replace(",", " ").split()
        for part in parts:
            if part.casefold() == NONE:
                continue
            numbers.append(_read_number(part))
    if len(numbers) > MAX_MISSING_NUMBERS:
        raise ValueError(f"{len(numbers)} numbers")
    return tuple(dict.fromkeys(numbers))


def _read_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(text) from None
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _find_encoding(text: str) -> str:
    """The encoding of this name, in whatever way it is written. Raises ValueError."""
    try:
        wanted = codecs.lookup(text.strip())
    except (LookupError, ValueError):
        raise ValueError(text) from None
    for encoding in OPTIONS["encoding"]:
        if codecs.lookup(encoding).name == wanted.name:
            return encoding
    raise ValueError(text)


def _refuse_text(name: str, text: str) -> FileProblem:
    quoted = text[:MAX_QUOTED_LENGTH]
    choices = offer_options(name)
    if name == "missing_numbers":
        message = (
            f'"{quoted}" is no number. Send the numbers that stand for a missing value, such as '
            f"-999, at most {MAX_MISSING_NUMBERS}, or {NONE}."
        )
        return FileProblem(name, message)
    if name == "date_format":
        message = f'"{quoted}" is no date format. Choose one of these, or write one in their way.'
        return FileProblem(name, message, choices)
    offered = ", ".join(_quote_option(choice.value) for choice in choices)
    return FileProblem(name, f'"{quoted}" is none of {offered}.', choices)


def _quote_option(value: str) -> str:
    """A value in a list: words as they are, signs in quotation marks."""
    if value == "\t":
        return "tab"
    if value.isalpha() or len(value) > 1:
        return value
    return f'"{value}"'


def _read_cleaning(texts: Texts, problems: list[FileProblem]) -> CleaningOptions:
    """Target, features and how to clean the rows; `problems` gets what is wrong about them."""
    values: dict[str, Any] = {}
    for name in ("missing", "duplicates", "constant"):
        sent = texts.get(name)
        if sent is None:
            continue
        try:
            values[name] = find_option(name, sent[-1])
        except ValueError as error:
            problems.append(_refuse_text(name, str(error)))
    if texts.get("target"):
        values["target"] = texts["target"][-1] or None
    if "features" in texts:
        values["features"] = tuple(texts["features"])
    if "known_ahead" in texts:
        names = tuple(texts["known_ahead"])
        values["known_ahead"] = () if NONE in names else names
    return CleaningOptions(**values)
