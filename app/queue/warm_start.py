"""The earlier results an experiment starts from, as its strategy learns of them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import WarmStartResult
from app.domain.search_space.parameters import add_later_defaults
from app.domain.warm_start import EarlierResult


def load_results(session: Session, experiment_id: int) -> list[EarlierResult]:
    """Every result an experiment starts from, by number."""
    query = (
        select(WarmStartResult.parameters, WarmStartResult.objective)
        .where(WarmStartResult.experiment_id == experiment_id)
        .order_by(WarmStartResult.number)
    )
    results = []
    for parameters, objective in session.execute(query):
        completed = add_later_defaults(parameters)
        results.append(EarlierResult(completed, objective))
    return results
