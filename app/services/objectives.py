"""What a relative objective of a new experiment divides errors by."""

from sqlalchemy.orm import Session

from app.db.models import Dataset
from app.domain.more_scores import measure_scale
from app.domain.objectives import OBJECTIVES
from app.domain.terms import Part
from app.errors import FieldProblem
from app.schemas import ExperimentRequest
from app.services import datasets, seasons


def find_scale(session: Session, request: ExperimentRequest) -> float | None:
    """The naive forecast's MAE on the train part, as app.domain.more_scores divides by.

    None where the objective is not relative, and where that error is 0.
    """
    if not OBJECTIVES[request.objective].is_relative:
        return None
    dataset: Dataset = datasets.get(session, request.dataset_id)
    values = datasets.series(session, dataset).target_values
    train_rows = request.split.to_split().parts(len(values))[Part.TRAIN]
    lengths = seasons.lengths_of(session, dataset)
    return measure_scale(values[: train_rows.stop], lengths).mae


def find_problems(session: Session, request: ExperimentRequest) -> list[FieldProblem]:
    """Why a dataset cannot be searched for this objective. The dataset exists."""
    is_relative = OBJECTIVES[request.objective].is_relative
    if not is_relative or find_scale(session, request) is not None:
        return []
    message = (
        "MASE divides by the error of the naive forecast on the train part, and that is 0 here. "
        "Choose MAE."
    )
    return [FieldProblem(("objective",), message)]
