"""A column of cells as numbers: one unit, one currency, words for true and false, and bounds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.csv_reading.numbers.affixes import Affix
from app.domain.csv_reading.numbers.parsing import CellNumbers, is_missing, read_cells
from app.domain.csv_reading.numbers.words import TRUTH_WORDS

SAME_CURRENCIES = {
    "US$": "$", "USD": "$", "EUR": "\u20ac", "GBP": "\u00a3", "JPY": "\u00a5", "CNY": "\u00a5",
    "RMB": "\u00a5", "INR": "\u20b9", "KRW": "\u20a9", "RUB": "\u20bd", "PLN": "z\u0142",
    "zl": "z\u0142", "BRL": "R$", "\u5186": "\u00a5", "\u5143": "\u00a5", "\uc6d0": "\u20a9",
    "Kr": "kr",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A column as float64, shape (rows,), NaN where there is no number.

    is_bound: where a cell such as <1 is only a bound. bounds: the numbers of these, NaN elsewhere.
    examples: cells that say more than a number, and what was made of each.
    """

    values: NDArray[np.float64]
    is_bound: NDArray[np.bool_]
    bounds: NDArray[np.float64]
    examples: tuple[tuple[str, float], ...] = ()


def read_number_column(
    texts: Sequence[str], decimal: str, thousands: str | None, *, reads_bounds: bool = False
) -> NumberColumn:
    """Read the cells of a column of numbers.

    Cells with another unit or currency than most are no numbers. reads_bounds: whether <1 is 1.
    """
    cells = read_cells(texts, decimal, thousands)
    truths = None
    if not cells.affixes and np.isnan(cells.values).all():
        truths = _read_truth_words(texts)
    if truths is not None:
        return truths
    _take_unit(cells)
    _leave_out_other_currencies(texts, cells)
    bounds = np.full(len(texts), np.nan)
    rows = list(cells.bounds)
    bounds[rows] = list(cells.bounds.values())
    if reads_bounds:
        cells.values[rows] = bounds[rows]
    return NumberColumn(
        values=cells.values,
        is_bound=np.isfinite(bounds),
        bounds=bounds,
        examples=_choose_examples(texts, cells),
    )


def _read_truth_words(texts: Sequence[str]) -> NumberColumn | None:
    """A column of yes and no as 1 and 0; None for another."""
    words: set[str] = set()
    for text in texts:
        words.add(text)
        if len(words) > len(TRUTH_WORDS):
            return None
    meanings = {word: word.strip().lower() for word in words if not is_missing(word)}
    for true, false in TRUTH_WORDS:
        if set(meanings.values()) == {true, false}:
            break
    else:
        return None
    numbers = {word: float(meaning == true) for word, meaning in meanings.items()}
    values = np.array([numbers.get(text, np.nan) for text in texts])
    return NumberColumn(
        values=values,
        is_bound=np.zeros(len(texts), bool),
        bounds=np.full(len(texts), np.nan),
        examples=tuple((word, numbers[word]) for word in sorted(numbers, reverse=True)),
    )


def _take_unit(cells: CellNumbers) -> None:
    """Add the numbers that the commonest unit follows, where hardly one stands alone."""
    counts: Counter[str] = Counter()
    for affix, rows in cells.affixes.items():
        if affix.unit:
            counts[affix.unit] += len(rows)
    if not counts:
        return
    unit, count = counts.most_common(1)[0]
    stands_alone = ~np.isnan(cells.values) & (cells.values != 0)
    if stands_alone.sum() >= count:
        return
    cells.values[stands_alone] = np.nan
    for affix, rows in cells.affixes.items():
        if affix.unit == unit:
            cells.values[rows] = [cells.units[row] for row in rows]


def _leave_out_other_currencies(texts: Sequence[str], cells: CellNumbers) -> None:
    """Make numbers with another currency than most NaN."""
    currencies = {_same_currency(affix.currency) for affix in cells.affixes}
    currencies |= cells.symbols
    currencies -= {"", "%"}
    if len(currencies) < 2:
        return
    rows_of = _rows_by_currency(texts, cells)
    commonest = max(rows_of, key=lambda currency: len(rows_of[currency]))
    for currency, rows in rows_of.items():
        if currency != commonest:
            cells.values[rows] = np.nan


def _rows_by_currency(texts: Sequence[str], cells: CellNumbers) -> dict[str, list[int]]:
    """For each currency, the rows with it."""
    rows_of: dict[str, list[int]] = {}
    seen_rows: set[int] = set()
    for affix, rows in cells.affixes.items():
        seen_rows.update(rows)
        if affix.currency:
            currency = _same_currency(affix.currency)
            rows_of.setdefault(currency, []).extend(rows)
    symbols = cells.symbols - {"%"}
    for row, text in enumerate(texts):
        if row in seen_rows:
            continue
        for symbol in symbols:
            if symbol in text:
                rows_of.setdefault(symbol, []).append(row)
    return rows_of


def _same_currency(currency: str) -> str:
    currency = currency.removesuffix(".")
    return SAME_CURRENCIES.get(currency, currency)


def _choose_examples(texts: Sequence[str], cells: CellNumbers) -> tuple[tuple[str, float], ...]:
    """A cell of each kind that says more than a plain number, with its number."""
    examples: dict[str, tuple[str, float]] = {}
    for affix, rows in cells.affixes.items():
        row = rows[0]
        kind = _kind(affix, texts[row])
        if kind and kind not in examples and not np.isnan(cells.values[row]):
            examples[kind] = (texts[row].strip(), float(cells.values[row]))
    if "%" in cells.symbols and "%" not in examples:
        row = next(row for row, text in enumerate(texts) if "%" in text)
        examples["%"] = (texts[row].strip(), float(cells.values[row]))
    return tuple(examples.values())


def _kind(affix: Affix, text: str) -> str:
    """What is remarkable about a number; nothing about a currency."""
    if affix.is_bound:
        return "<"
    if "(" in text and affix.factor < 0:
        return "()"
    if affix.mark:
        return affix.mark
    if affix.is_percent:
        return "%"
    return affix.multiplier or affix.unit
