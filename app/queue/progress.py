"""How far runs have come: this tells a slow training from one that hangs."""

from collections.abc import Collection
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Trial
from app.domain.terms import TrialState


def epochs_by_token(session: Session, tokens: Collection[str]) -> dict[str, int]:
    """The last epoch that ended in each run that still holds its lease."""
    last_epoch = func.max(Trial.epochs_trained)
    query = (
        select(Trial.lease_token, last_epoch)
        .where(
            Trial.lease_token.in_(tokens),
            Trial.state == TrialState.RUNNING,
        )
        .group_by(Trial.lease_token)
    )
    epochs_by_token = {}
    for token, epochs in session.execute(query):
        if token is not None:
            epochs_by_token[token] = epochs
    return epochs_by_token


def median_epoch_seconds(session: Session, training_id: int) -> float:
    """Seconds an epoch of a training takes; 0 while none has ended."""
    query = select(Epoch.seconds).where(Epoch.training_id == training_id)
    seconds = session.scalars(query).all()
    if not seconds:
        return 0.0
    return median(seconds)
