"""What a file leaves open about its dates: the column, or the format."""

from collections.abc import Sequence

import pandas as pd

from app.domain.csv_reading.dates.candidates import are_numbers, candidate_formats
from app.domain.csv_reading.dates.columns import DATE_NAME, Cells, are_months
from app.domain.csv_reading.dates.counts import COUNTS, likely_counts
from app.domain.csv_reading.dates.detection import is_running_number, split_columns
from app.domain.csv_reading.dates.formats import describe_format
from app.domain.csv_reading.dates.parsing import DATE_FORMATS, parse_dates, swap_day_and_month
from app.domain.csv_reading.dates.ranking import Ranking, rank_formats
from app.domain.csv_reading.findings import Finding, FindingKind, shorten_cell
from app.domain.csv_reading.series import NONE, Choice

MAX_OFFERED_COLUMNS = 20
SAMPLED_DATES = 1000
FORMATS_FOR_NUMBERS = ("%Y%m%d", "%Y%m", "%Y", *COUNTS)
NUMBER_ROWS = Choice(NONE, "there is no date: number the rows in the order of the file")


def ask_for_date(names: Sequence[str], body: Sequence[Sequence[str]]) -> list[Finding]:
    """Ask which column is the date of a table in which none was found.

    Nothing is asked where only one column is left, or all are numbers that go up and down and are
    called no date: such a table clearly has none.
    """
    columns = split_columns(names, body)
    likely = []
    others = []
    for name, cells in zip(names, columns, strict=True):
        filled = [cell for cell in cells if cell]
        if not filled or is_running_number(filled):
            continue
        if _may_be_date(name, filled):
            likely.append(name)
        else:
            others.append(name)
    if not likely:
        return []
    choices = [Choice(name, _describe_column(name, names, columns)) for name in likely]
    finding = Finding(
        kind=FindingKind.QUESTION,
        column="",
        message=_word_question(likely, names, columns),
        field="date",
        choices=(*choices[:MAX_OFFERED_COLUMNS], NUMBER_ROWS),
    )
    return [finding]


def ask_about_unread(
    names: Sequence[str], body: Sequence[Sequence[str]], taken: Sequence[str]
) -> list[Finding]:
    """Ask where a column is called a date and cannot be read, and one that is not was taken."""
    if any(DATE_NAME.search(name) for name in taken):
        return []
    columns = split_columns(names, body)
    unread = []
    for name, cells in zip(names, columns, strict=True):
        filled = [cell for cell in cells if cell]
        is_text = bool(filled) and not are_numbers(filled)
        if is_text and name not in taken and DATE_NAME.search(name) and len(set(filled)) > 1:
            unread.append(name)
    if not unread:
        return []
    choices = [Choice(name, _describe_column(name, names, columns)) for name in (*taken, *unread)]
    finding = Finding(
        kind=FindingKind.QUESTION,
        column="",
        message=f'"{unread[0]}" is called a date and reads as none; "{taken[0]}" was taken. '
        "Choose the date column.",
        field="date",
        choices=(*choices[:MAX_OFFERED_COLUMNS], NUMBER_ROWS),
    )
    return [finding]


def ask_for_format(column: str, cells: "pd.Series[str]") -> Finding:
    """Ask for the format of a date column that was chosen, and that reads in none."""
    filled = cells.dropna()
    example = shorten_cell(str(filled.iloc[0])) if len(filled) else ""
    sample = filled.head(SAMPLED_DATES)
    formats = _fitting_formats(sample)
    message = f'"{column}" has no cell with a value.'
    if example:
        message = (
            f'The cells of "{column}", such as "{example}", read as dates in no format that was '
            "tried. Choose their format, or another date column."
        )
    choices = [_describe_reading(str(sample.iloc[0]), name) for name in formats]
    return Finding(
        kind=FindingKind.QUESTION,
        column=column,
        message=message,
        field="date_format",
        choices=tuple(choices),
    )


def ask_about_rivals(column: str, cells: "pd.Series[str]", date_format: str) -> list[Finding]:
    """Say in which other formats all these cells are other dates; ask where none is better.

    A sample is tried before all cells.
    """
    every = max(1, len(cells) // SAMPLED_DATES)
    sample = cells[::every].dropna()
    formats = _other_formats(column, sample, date_format)
    for part in (sample, cells.dropna()):
        if not formats:
            return []
        ranking = rank_formats(part, [date_format, *formats])
        if ranking is None:
            return []
        formats = _rival_formats(ranking, date_format)
    if not formats or ranking is None:
        return []
    return [_report_rivals(column, cells.dropna(), ranking, date_format)]


def _other_formats(column: str, sample: "pd.Series[str]", date_format: str) -> list[str]:
    formats = candidate_formats(sample.tolist(), column, named=True)
    swapped = swap_day_and_month(date_format)
    if swapped is not None:
        formats.append(swapped)
    return [name for name in dict.fromkeys(formats) if name != date_format]


def _rival_formats(ranking: Ranking, date_format: str) -> list[str]:
    """The other formats, where the chosen one reads as many cells as the best."""
    formats = [fit.date_format for fit in (ranking.best, *ranking.rivals)]
    if date_format not in formats:
        return []
    return [name for name in formats if name != date_format]


def _report_rivals(
    column: str, cells: "pd.Series[str]", ranking: Ranking, date_format: str
) -> Finding:
    rivals = _rival_formats(ranking, date_format)
    example = _find_telling_cell(cells, date_format, rivals[0])
    taken = _describe_reading(example, date_format)
    other = _describe_reading(example, rivals[0])
    is_best = ranking.best.date_format == date_format
    is_decided = is_best and ranking.is_decided
    reason = "Nothing in the file decides which is right."
    if is_decided:
        reason = "Read in this way, the dates are in order and come at even steps."
    elif is_best:
        reason = f"{reason} {_compare(ranking)}"
    finding = Finding(
        kind=FindingKind.AMBIGUOUS,
        column=column,
        message=f'"{column}" could be read in two ways: "{shorten_cell(example)}" is taken for '
        f"{taken.label}; it could be {other.label}. {reason}",
        field="date_format",
    )
    if is_decided:
        return finding
    choices = [_describe_reading(example, name) for name in (date_format, *rivals)]
    return Finding(
        kind=finding.kind,
        column=column,
        message=finding.message,
        field=finding.field,
        choices=tuple(choices),
    )


def _compare(ranking: Ranking) -> str:
    """What speaks, weakly, for the format that was taken."""
    best = ranking.best
    rival = ranking.rivals[0]
    if best.order > rival.order:
        return "Read as it was taken, more of the dates are in order."
    if best.evenness > rival.evenness:
        return "Read as it was taken, the dates come at more even steps."
    return "Dates are in equally good order both ways."


def _find_telling_cell(cells: "pd.Series[str]", date_format: str, rival: str) -> str:
    """The first cell that is two different dates in these formats."""
    sample = cells.head(SAMPLED_DATES)
    differs = parse_dates(sample, date_format) != parse_dates(sample, rival)
    if not differs.any():
        return str(sample.iloc[0])
    return str(sample[differs].iloc[0])


def _describe_reading(cell: str, date_format: str) -> Choice:
    """What a cell means in a format: 3 April 2021, day before month."""
    moment = parse_dates(pd.Series([cell], dtype="str"), date_format).iloc[0]
    if pd.isna(moment):
        return Choice(date_format, describe_format(date_format))
    written = f"{moment.day} {moment:%B %Y}"
    if moment != moment.normalize():
        written = f"{written}, {moment:%H:%M:%S}"
    return Choice(date_format, f"{written} ({_name_format(date_format)})")


def _name_format(date_format: str) -> str:
    if date_format in COUNTS:
        return date_format
    fields = date_format.replace("%D", "%d").replace("%b", "%m")
    day = fields.find("%d")
    month = fields.find("%m")
    year = max(fields.find("%Y"), fields.find("y"))
    if day < 0 or month < 0:
        return describe_format(date_format)
    if 0 <= year < min(day, month):
        return "year first"
    if day < month:
        return "day before month"
    return "month before day"


def _fitting_formats(cells: "pd.Series[str]") -> list[str]:
    """Formats in which at least one of these cells is a date."""
    if not len(cells):
        return []
    if are_numbers(cells.tolist()):
        likely = likely_counts(cells.head(12))
        offered = dict.fromkeys([*likely, *FORMATS_FOR_NUMBERS])
        return list(offered)
    fitting = []
    for date_format in DATE_FORMATS:
        if parse_dates(cells.head(12), date_format).notna().any():
            fitting.append(date_format)
    return fitting


def _may_be_date(name: str, cells: Cells) -> bool:
    if DATE_NAME.search(name) or are_months(cells):
        return True
    if are_numbers(cells):
        return _is_rising(cells)
    with_digits = [cell for cell in cells if sum(letter.isdigit() for letter in cell) >= 2]
    return len(with_digits) > 0.8 * len(cells) and len(set(cells)) > 0.5 * len(cells)


def _is_rising(cells: Cells) -> bool:
    """Whether numbers only ever grow or only ever shrink, as times do."""
    numbers = pd.to_numeric(pd.Series(list(cells), dtype="str"), errors="coerce")
    steps = numbers.diff().dropna()
    return len(steps) > 2 and bool((steps > 0).all() or (steps < 0).all())


def _describe_column(name: str, names: Sequence[str], columns: Sequence[Cells]) -> str:
    cells = [cell for cell in columns[names.index(name)] if cell]
    return f'"{name}" is the date; it begins with "{shorten_cell(cells[0])}"'


def _word_question(likely: Sequence[str], names: Sequence[str], columns: Sequence[Cells]) -> str:
    first = likely[0]
    cells = [cell for cell in columns[names.index(first)] if cell]
    return (
        f'No column could be read as dates. "{first}" (such as "{shorten_cell(cells[0])}") may '
        "hold them. Choose the date column, or that the rows are numbered as they stand."
    )
