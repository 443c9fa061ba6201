"""How many rows an experiment forecasts, and what time that is."""

from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment
from app.domain.time_spans import describe_span
from app.services import datasets
from app.services.wording import count_nouns


def describe_horizon(session: Session, experiment: Experiment) -> str:
    """How many rows an experiment forecasts: 24 rows = one day."""
    return describe_rows(session, experiment.dataset, experiment.horizon)


def describe_rows(session: Session, dataset: Dataset, horizon: int) -> str:
    """24 rows = one day; without a time where the dates do not tell one."""
    series = datasets.series(session, dataset)
    span = describe_span(series.dates, horizon)
    rows = count_nouns(horizon, "row")
    if not span:
        return rows
    return f"{rows} = {span}"
