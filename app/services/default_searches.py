"""The default search of a dataset: what an experiment is that names nothing but its dataset."""

from dataclasses import asdict
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.db.models import Dataset
from app.domain.default_search import BUDGET_SECONDS, DefaultSearch, default_search
from app.domain.split import Split
from app.domain.strategies import STRATEGIES
from app.errors import NotFound
from app.schemas import ExperimentRequest
from app.services import datasets, seasons

BUDGET_FIELDS = frozenset({"pruning", "max_trials", "time_budget_seconds"})
FILLED_FIELDS = ("space", "strategy", "pruning", "max_trials", "time_budget_seconds")


class CompletedRequest(NamedTuple):
    """A request, and why what it did not say was chosen; "" where nothing was."""

    request: ExperimentRequest
    reason: str


def of_dataset(
    session: Session,
    dataset: Dataset,
    split: Split,
    seconds: float = BUDGET_SECONDS,
    horizon: int = 1,
) -> DefaultSearch:
    """The default search of a dataset, with a budget of so many seconds of training."""
    series = datasets.series(session, dataset)
    lengths = seasons.lengths_of(session, dataset)
    return default_search(series, lengths, split, seconds=seconds, horizon=horizon)


def complete(session: Session, request: ExperimentRequest) -> CompletedRequest:
    """Fill in the default search where a request does not say what to train.

    What it does say stays, such as its budget. A dataset that is missing is left to be refused.
    """
    said = request.model_fields_set
    if _says_what_to_train(request):
        return CompletedRequest(request, "")
    try:
        dataset = datasets.get(session, request.dataset_id)
    except NotFound:
        return CompletedRequest(request, "")
    seconds = request.time_budget_seconds or BUDGET_SECONDS
    search = of_dataset(
        session, dataset, request.split.to_split(), seconds, horizon=request.horizon
    )
    fields = asdict(search)
    changes = {name: fields[name] for name in FILLED_FIELDS if name not in said}
    completed = request.model_copy(update=changes)
    reasons = list(search.reasons)
    if not said & BUDGET_FIELDS:
        reasons.append(search.budget_reason)
    return CompletedRequest(completed, " ".join(reasons))


def _says_what_to_train(request: ExperimentRequest) -> bool:
    """Whether it names a space, points or a program, or a strategy that needs points or a grid."""
    if "space" in request.model_fields_set or request.points or request.custom_model:
        return True
    strategy = STRATEGIES.get(request.strategy)
    return strategy is not None and (strategy.needs_points or strategy.enumerates_space)
