"""What comes next, in words, in the rows of a table, and as a CSV."""

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields

import numpy as np
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.bands import Band
from app.domain.baselines import name_naive
from app.errors import NotFound
from app.queue.artifacts import BestModel
from app.services import futures
from app.services.futures import FutureView
from app.web.charts.numbers import iso_dates
from app.web.formats import number
from app.web.views.csv_lines import csv_line

DIGITS = 5
NO_BAND = "There is no band yet: one takes more past errors than the validation and test part have."
BAND_NOTE = (
    "Bands: {levels} of the latest forecasts of validation and test erred by no more than this. "
    "Validation also chose the model, so they may be a little too narrow."
)


@dataclass(frozen=True)
class FutureRow:
    """One row to come, in the CSV's units. naive: the last value of the file. None: no band."""

    at: str
    predicted: float
    naive: float
    lower_80: float | None
    upper_80: float | None
    lower_95: float | None
    upper_95: float | None

    @property
    def date(self) -> str:
        """For people: without the T between day and time, and without seconds that are 0."""
        day, _, time = self.at.partition("T")
        return f"{day} {time.removesuffix(':00')}".strip()


@dataclass(frozen=True)
class FutureText:
    """What comes next, for a page."""

    headline: str
    source: str
    assumption: str
    band_note: str
    rows: tuple[FutureRow, ...]
    levels: tuple[int, ...]  # of the bands that there are, in percent


@dataclass(frozen=True)
class FutureSection:
    """The part of a page on what comes next: its text, or why there is none.

    url: of the page. version: of the forecast.
    """

    url: str
    version: str
    text: FutureText | None
    problem: str = ""


def section_of_trial(session: Session, trial: Trial) -> FutureSection:
    """What a trial forecasts, for its page."""
    return _make_section(
        f"/trials/{trial.id}",
        f"{trial.attempts}-{trial.state}",
        lambda: futures.load_of_trial(session, trial),
    )


def section_of_best(
    session: Session, experiment: Experiment, best: BestModel | None
) -> FutureSection:
    """What is handed over forecasts, or the best trial until that is made.

    best: None where no trial has been evaluated.
    """
    version = ""
    best_trial = None
    if best is not None:
        best_trial = best.trial
        version = f"{best_trial.id}-{best_trial.attempts}"
        if best.delivery is not None and best.delivery.finished_at is not None:
            version += f"-{best.delivery.finished_at.isoformat()}"
    return _make_section(
        f"/experiments/{experiment.id}",
        version,
        lambda: futures.load_of_best(session, experiment, best_trial),
    )


def _make_section(url: str, version: str, load: Callable[[], FutureView]) -> FutureSection:
    """load: raises NotFound where there is no forecast, which says why."""
    try:
        view = load()
    except NotFound as error:
        return FutureSection(url, version, None, str(error))
    return FutureSection(url, version, describe_future(view))


def list_rows(view: FutureView) -> tuple[FutureRow, ...]:
    """The rows to come, in order."""
    rows = []
    dates = iso_dates(np.append(view.history_at, view.at))[len(view.history_at) :]
    for index, date in enumerate(dates):
        lower_80, upper_80 = _limits(view.bands.get(0.80), index)
        lower_95, upper_95 = _limits(view.bands.get(0.95), index)
        row = FutureRow(
            at=date,
            predicted=float(view.predicted[index]),
            naive=float(view.naive[index]),
            lower_80=lower_80,
            upper_80=upper_80,
            lower_95=lower_95,
            upper_95=upper_95,
        )
        rows.append(row)
    return tuple(rows)


def describe_future(view: FutureView) -> FutureText:
    """A forecast of the rows to come in words."""
    rows = list_rows(view)
    levels = tuple(round(level * 100) for level in sorted(view.bands))
    band_note = NO_BAND
    if levels:
        listed = " and ".join(f"{level} %" for level in levels)
        band_note = BAND_NOTE.format(levels=listed)
    return FutureText(
        headline=_write_headline(rows),
        source=view.source,
        assumption=view.assumption,
        band_note=band_note,
        rows=rows,
        levels=levels,
    )


def write_future_csv(view: FutureView) -> Iterator[str]:
    """Write the lines of a CSV of the rows to come; cells are empty where there is no band."""
    yield csv_line(["date", *(field.name for field in fields(FutureRow)[1:])])
    for row in list_rows(view):
        yield csv_line([row.at.replace("T", " "), *astuple(row)[1:]])


def _limits(band: Band | None, index: int) -> tuple[float | None, float | None]:
    if band is None:
        return None, None
    return float(band.lower[index]), float(band.upper[index])


def _write_headline(rows: tuple[FutureRow, ...]) -> str:
    first = rows[0]
    naive = f"{name_naive()}: {number(first.naive, DIGITS)}"
    if len(rows) == 1:
        return f"Next: {first.date}, {number(first.predicted, DIGITS)}; {naive}."
    lowest = min(row.predicted for row in rows)
    highest = max(row.predicted for row in rows)
    return (
        f"The next {len(rows)} rows, {first.date} to {rows[-1].date}: from "
        f"{number(lowest, DIGITS)} to {number(highest, DIGITS)}; {naive}."
    )
