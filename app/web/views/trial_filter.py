"""The filter above the trial table: what it says, and the conditions that cells add to it."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context

from app.domain.filters.tokens import quote
from app.services.trial_listing import ListedTrials
from app.web.views.trial_table import Column

DIGITS = 5  # of a measured number in a condition
LARGE_IS_GOOD = ("skill", "direction", "coverage_80", "coverage_95")  # ends of columns' names


@dataclass(frozen=True)
class TrialFilter:
    """What the field holds, and how many trials match it, of how many.

    problem: why the text cannot be read. The table is then filtered by `applied`.
    """

    text: str
    applied: str
    n_matching: int
    n_trials: int
    problem: str = ""


def describe_filter(text: str, listed: ListedTrials, n_trials: int) -> TrialFilter:
    """The filter with this text, whose trials were listed."""
    return TrialFilter(
        text=text,
        applied=listed.query.search,
        n_matching=listed.page.total,
        n_trials=n_trials,
        problem=listed.problem,
    )


def write_condition(column: Column, content: object) -> str:
    """What a cell adds to the filter; "" for an empty cell.

    Measured numbers hardly ever equal each other: trials at least as good as this one are meant.
    """
    if content is None:
        return ""
    name = quote(column.name)
    if isinstance(content, bool):
        return f"{name} = {'yes' if content else 'no'}"
    if isinstance(content, float) and not column.is_parameter:
        return f"{name} {_write_bound(column, content)}"
    return f"{name} = {quote(str(content))}"


def _write_bound(column: Column, content: float) -> str:
    """A sign and a rounded number that hold for the number itself too."""
    if column.name.endswith(LARGE_IS_GOOD):
        return f">= {_round(content, ROUND_FLOOR)}"
    return f"<= {_round(content, ROUND_CEILING)}"


def _round(number: float, rounding: str) -> str:
    context = Context(prec=DIGITS, rounding=rounding)
    rounded = context.create_decimal_from_float(number)
    return f"{float(rounded):g}"
