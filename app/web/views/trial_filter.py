"""The filter above the trial table: what it says, and the conditions that cells add to it."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context

from markupsafe import Markup

from app.domain.filters.names import FilterName, ValueKind
from app.domain.filters.parsing import MAX_FILTER_LENGTH
from app.domain.filters.tokens import quote
from app.services.trial_listing import FilterCheck, ListedTrials
from app.web.views.trial_columns import Column

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
    max_length: int = MAX_FILTER_LENGTH

    @property
    def count_text(self) -> str:
        """5 of 35 trials."""
        noun = "trial" if self.n_trials == 1 else "trials"
        if self.n_matching == self.n_trials:
            return f"{self.n_trials:,} {noun}"
        return f"{self.n_matching:,} of {self.n_trials:,} {noun}"

    @property
    def kept_text(self) -> str:
        """What the table shows where the text cannot be read."""
        if self.applied:
            return f"The table still shows what matches: {self.applied}"
        return "The table is not filtered."


def describe_filter(text: str, listed: ListedTrials, n_trials: int) -> TrialFilter:
    """The filter with this text, whose trials were listed."""
    return TrialFilter(
        text=text,
        applied=listed.query.search,
        n_matching=listed.page.total,
        n_trials=n_trials,
        problem=listed.problem,
    )


def describe_check(check: FilterCheck) -> dict[str, object]:
    """What is wrong with a filter, for static/filter.js: which characters, and what can be there.

    problem: None where nothing is.
    """
    problem = None
    if check.problem is not None:
        problem = {
            "message": check.problem.message,
            "start": check.problem.start,
            "end": check.problem.end,
            "offered": check.problem.offered,
        }
    return {"matching": check.n_matching, "total": check.n_trials, "problem": problem}


def describe_name(name: FilterName) -> dict[str, object]:
    """A name for static/filter.js: how it is written, which signs and which values may follow."""
    values = name.choices
    if name.kind == ValueKind.FLAG:
        values = ("yes", "no")
    return {
        "name": name.name,
        "written": name.heading or quote(name.name),
        "signs": name.signs,
        "values": [quote(value) for value in values],
    }


def mark_cell(column: Column, content: object) -> Markup:
    """The attribute of a cell that says what it adds to the filter: static/filter-cells.js."""
    condition = write_condition(column, content)
    if not condition:
        return Markup("")
    return Markup(' data-filter="{}"').format(condition)


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
