"""What the size of an experiment's networks follows from, beside their parameters."""

from sqlalchemy.orm import Session

from app.db.models import Experiment
from app.domain.calendar_inputs import find_cycles
from app.domain.network_size import DataShape
from app.domain.seasons import season_lags
from app.services import datasets


def measure_data(session: Session, experiment: Experiment) -> DataShape:
    """The columns, seasons and cycles of an experiment's dataset, and its horizon."""
    dataset = experiment.dataset
    dates = datasets.series(session, dataset).dates
    return DataShape(
        features=len(dataset.features),
        known_ahead=len(dataset.known_ahead or ()),
        seasons=len(season_lags(experiment.seasons)),
        cycles=len(find_cycles(dates)),
        horizon=experiment.horizon,
    )
