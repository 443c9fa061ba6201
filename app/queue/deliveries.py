"""What experiments hand over: requested when one ends, made once by a worker under a lease.

A delivery waits for the baselines of its experiment. Where the experiment goes on and ends again,
it is made again.
"""

from dataclasses import replace

from sqlalchemy import exists, inspect, or_, select
from sqlalchemy.orm import Session

from app.db.models import Board, Delivery, Experiment
from app.db.types import DatabaseTime
from app.domain.delivery import DeliveryOutcome
from app.domain.terms import Delivered
from app.errors import NotFound
from app.queue import artifacts
from app.queue.errands import ErrandClaim, ErrandQueue
from app.queue.evaluations import forecast_columns, pack_future, score_columns

KEPT_COLUMNS = ("experiment_id", "created_at")
HAS_BASELINES = or_(
    Experiment.board_id.is_(None),
    exists().where(Board.id == Experiment.board_id, Board.finished_at.is_not(None)),
)
DELIVERIES = ErrandQueue(
    Delivery,
    Delivery.experiment_id,
    (
        Delivery.finished_at.is_(None),
        Delivery.lease_token.is_(None),
        exists().where(
            Experiment.id == Delivery.experiment_id,
            Experiment.finished_at.is_not(None),
            HAS_BASELINES,
        ),
    ),
)


def has_delivery(experiment: Experiment) -> bool:
    """Whether an experiment hands over more than the bundle of its best trial.

    The network of a custom model is not trained again, so its best trial is handed over as it is.
    """
    if experiment.custom_model_name is not None:
        return False
    return experiment.deliver == Delivered.ENSEMBLE


def request(session: Session, experiment: Experiment) -> None:
    """Have made what an experiment hands over, now that it has ended."""
    best = artifacts.best_trial(session, experiment.id)
    if best is None:
        return
    if not has_delivery(experiment):
        artifacts.request_bundle(session, best)
        return
    delivery = session.get(Delivery, experiment.id)
    if delivery is None:
        delivery = Delivery(experiment_id=experiment.id, members=[])
        session.add(delivery)
    else:
        _reset(delivery)
    session.flush()


def find(session: Session, experiment: Experiment) -> Delivery | None:
    """What an experiment that has ended hands over, or will.

    None for one that goes on, that hands over its best trial, or that is of an earlier version.
    """
    if experiment.finished_at is None or not has_delivery(experiment):
        return None
    return session.get(Delivery, experiment.id)


def retry(session: Session, delivery: Delivery) -> None:
    """Request a delivery again whose bundle could not be made."""
    if delivery.problem is not None:
        _reset(delivery)
        session.flush()


def read_content(session: Session, experiment_id: int) -> bytes:
    """The bundle. Raises NotFound while it has not been made."""
    query = select(Delivery.content).where(Delivery.experiment_id == experiment_id)
    content = session.scalar(query)
    if content is None:
        raise NotFound("This has not been made yet.")
    return content


def claim(session: Session) -> ErrandClaim | None:
    """Take the next delivery that nobody is making, under a lease."""
    claimed = DELIVERIES.claim(session)
    if claimed is None:
        return None
    return replace(claimed, experiment_id=claimed.row_id)


def complete(session: Session, token: str, outcome: DeliveryOutcome) -> None:
    """Store what was made, if its lease still holds."""
    values: dict[str, object] = {
        "members": [member.to_document() for member in outcome.members],
        "reason": outcome.reason,
        "is_retrained": outcome.is_retrained,
        "seconds": outcome.seconds,
        "content": outcome.bundle,
        "problem": outcome.problem,
    }
    if outcome.bundle is not None:
        values["size"] = len(outcome.bundle)
    values |= score_columns(outcome.scores)
    values |= forecast_columns(outcome.forecasts)
    if outcome.future is not None:
        values["future_forecast"] = pack_future(outcome.future)
    DELIVERIES.end(session, token, finished_at=DatabaseTime(), **values)


def fail(session: Session, token: str, problem: str) -> None:
    """Store why nothing could be made, if its lease still holds."""
    DELIVERIES.end(session, token, finished_at=DatabaseTime(), problem=problem)


def _reset(delivery: Delivery) -> None:
    """Make a delivery a new request; who was making it has lost its lease."""
    for column in inspect(Delivery).columns:
        if column.key not in KEPT_COLUMNS:
            setattr(delivery, column.key, None)
    delivery.members = []
    delivery.is_retrained = False
    delivery.lease_beats = 0
