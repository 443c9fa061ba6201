"""How many rows an experiment forecasts, and what time that is."""

from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment
from app.domain.csv_reading.series import Series
from app.domain.texts import join_words
from app.domain.time_spans import describe_span
from app.services import datasets
from app.services.wording import count_nouns


def describe_horizon(session: Session, experiment: Experiment) -> str:
    """How many rows an experiment forecasts: 24 rows = one day."""
    return describe_rows(session, experiment.dataset, experiment.horizon)


def describe_future_rows(series: Series) -> str:
    """What is known ahead of how many rows, in words; empty where nothing is."""
    if not series.known_ahead:
        return ""
    names = join_words(series.known_ahead)
    if not series.future_rows:
        missing = f"{names} count as known ahead, and the file has no rows to forecast with them."
        return f"{missing} {_ask_for_rows(series, 'the rows to come')}"
    rows = count_nouns(series.future_rows, "row")
    return f"The file has {rows} to forecast, in which it gives {names}."


def explain_missing_rows(series: Series, horizon: int) -> str | None:
    """Why the rows to come cannot be forecast: what is known ahead is not given for them all."""
    if not series.known_ahead or series.future_rows >= horizon:
        return None
    names = join_words(series.known_ahead)
    rows = "row" if horizon == 1 else f"{horizon:,} rows"
    reason = f"The forecast reads {names} in the {rows} after the last one"
    lack = "the file has none of them"
    if series.future_rows:
        lack = f"the file has only {series.future_rows:,} of them"
    to_come = f"{count_nouns(horizon, 'row')} to come"
    return f"{reason}, and {lack}. {_ask_for_rows(series, to_come)}"


def _ask_for_rows(series: Series, rows: str) -> str:
    names = join_words(series.known_ahead)
    return (
        f"To see what comes next, upload the CSV with {rows} at its end, {names} filled in and "
        f"{series.target} left empty; or run predict.py of a downloaded model on such a file."
    )


def describe_rows(session: Session, dataset: Dataset, horizon: int) -> str:
    """24 rows = one day; without a time where the dates do not tell one."""
    series = datasets.series(session, dataset)
    span = describe_span(series.dates, horizon)
    rows = count_nouns(horizon, "row")
    if not span:
        return rows
    return f"{rows} = {span}"
