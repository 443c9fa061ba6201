"""Forecasts of several rows ahead on a trial's page: in words, and in the rows of tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Trial
from app.domain.terms import EVALUATED_PARTS, Part
from app.domain.time_spans import describe_span
from app.errors import NotFound
from app.services import datasets, several_steps, trials
from app.services.several_steps import Floats, OriginErrors, StepComparison, StepForecasts
from app.services.wording import count_nouns
from app.web.charts.numbers import iso_dates
from app.web.formats import number

DIGITS = 4
MAX_CACHED_SPANS = 50

_SPANS: Cache[tuple[str, int], tuple[str, ...]] = Cache(MAX_CACHED_SPANS)


@dataclass(frozen=True)
class RequestedSteps:
    """What the address of a trial's page asks for: the step, and whose origins are drawn.

    origin: the first row of the one forecast that is drawn; None: a few, spread over the part.
    """

    step: int = 1
    part: Part = Part.TEST
    origin: int | None = None


@dataclass(frozen=True)
class StepRow:
    """The errors of one step on one part."""

    step: int
    span: str
    rmse: float | None
    mae: float | None
    skill: float | None
    naive_rmse: float
    seasonal_naive_rmse: float | None
    delivered_rmse: float | None
    coverage_80: float | None


@dataclass(frozen=True)
class WorstRow:
    """One of the worst origins. expected, happened: the values of its rows in words."""

    origin: int
    known_until: str
    dates: str
    rmse: float
    naive_rmse: float
    expected: str
    happened: str


@dataclass(frozen=True)
class StepsSection:
    """What a trial's page shows of forecasts of several rows.

    spans: what time each step is, "" where that is not known. tables: by part. season: the rows of
    the seasonal naive forecast, 1: there is none. thinning: why not all forecasts are drawn, or "".
    """

    horizon: int
    requested: RequestedSteps
    spans: tuple[str, ...]
    tables: dict[Part, tuple[StepRow, ...]]
    season: int
    has_delivered: bool
    worst: tuple[WorstRow, ...]
    apart: int
    thinning: str

    @property
    def step_text(self) -> str:
        """The step of the address: "step 6 of 24 = 6 hours ahead"."""
        return describe_step(self.requested.step, self.horizon, self.spans)


def make_steps_section(
    session: Session, trial: Trial, requested: RequestedSteps
) -> StepsSection | None:
    """Of an evaluated trial with several rows ahead; None of any other.

    Raises Invalid for a step or an origin that it does not have.
    """
    horizon = trial.experiment.horizon
    if horizon == 1 or trial.validation_rmse is None:
        return None
    trials.check_step(horizon, requested.step)
    try:
        comparisons = {
            part: several_steps.compare_steps(session, trial, part) for part in EVALUATED_PARTS
        }
        forecasts = several_steps.load_forecasts(session, trial, requested.part)
    except NotFound:  # of an earlier version, or damaged: its other scores are shown
        return None
    if requested.origin is not None:
        forecasts.find_index(requested.origin)
    spans = list_spans(session, trial)
    comparison = comparisons[requested.part]
    return StepsSection(
        horizon=horizon,
        requested=requested,
        spans=spans,
        tables={part: _list_rows(comparisons[part], spans) for part in comparisons},
        season=comparison.season,
        has_delivered=comparison.delivered is not None,
        worst=list_worst_rows(several_steps.list_worst(forecasts)),
        apart=several_steps.choose_apart(forecasts),
        thinning=_describe_thinning(forecasts, requested.part),
    )


def list_spans(session: Session, trial: Trial) -> tuple[str, ...]:
    """What time each step is: "one hour", "2 hours", …; "" where the dates do not tell one."""
    horizon = trial.experiment.horizon
    series = datasets.series(session, trial.experiment.dataset)

    def describe() -> tuple[str, ...]:
        return tuple(describe_span(series.dates, step) for step in range(1, horizon + 1))

    return _SPANS.get_or_make((series.fingerprint, horizon), describe)


def describe_step(step: int, horizon: int, spans: Sequence[str]) -> str:
    """Which step that is: "step 6 of 24 = 6 hours ahead". static/steps.js writes the same."""
    span = spans[step - 1]
    text = f"step {step} of {horizon}"
    if not span:
        return text
    return f"{text} = {span} ahead"


def list_worst_rows(worst: Sequence[OriginErrors]) -> tuple[WorstRow, ...]:
    """The worst origins as rows of a table, in their order."""
    rows = []
    for origin in worst:
        known_until, first, last = _write_dates(
            [origin.known_until, origin.dates[0], origin.dates[-1]]
        )
        row = WorstRow(
            origin=origin.origin,
            known_until=known_until,
            dates=f"{first} to {last}",
            rmse=origin.rmse,
            naive_rmse=origin.naive_rmse,
            expected=_describe_values(origin.predicted),
            happened=_describe_values(origin.actual),
        )
        rows.append(row)
    return tuple(rows)


def _list_rows(comparison: StepComparison, spans: Sequence[str]) -> tuple[StepRow, ...]:
    rows = []
    for index, item in enumerate(comparison.items):
        delivered_rmse = None
        if comparison.delivered is not None:
            delivered_rmse = comparison.delivered[index]["rmse"]
        row = StepRow(
            step=item["step"],
            span=spans[index],
            rmse=item["rmse"],
            mae=item["mae"],
            skill=item["skill"],
            naive_rmse=item["naive_rmse"],
            seasonal_naive_rmse=item["seasonal_naive_rmse"],
            delivered_rmse=delivered_rmse,
            coverage_80=item["coverage_80"],
        )
        rows.append(row)
    return tuple(rows)


def _describe_values(values: Floats) -> str:
    """Their mean, and between which they lie."""
    lowest = float(np.min(values))
    highest = float(np.max(values))
    mean = number(float(np.mean(values)), DIGITS)
    return f"{mean} ({number(lowest, DIGITS)} to {number(highest, DIGITS)})"


def _write_dates(dates: Sequence[np.datetime64]) -> list[str]:
    """For people: without the T between day and time, and without seconds that are 0."""
    texts = []
    for text in iso_dates(np.array(dates)):
        day, _, time = text.partition("T")
        texts.append(f"{day} {time.removesuffix(':00')}".strip())
    return texts


def _describe_thinning(forecasts: StepForecasts, part: Part) -> str:
    """What is not stored, where the forecasts of a part are too many to store."""
    interval = forecasts.interval
    if interval == 1:
        return ""
    n_stored = count_nouns(len(forecasts.first_rows), "forecast")
    return (
        f"So many forecasts are not stored: of the {part} part one of {interval} is, "
        f"{n_stored} in all, rounded to 7 digits. The charts of predictions, the forecasts from a "
        "few origins and the worst ones are of these; the errors by step are of every origin."
    )
