"""Validation losses by epoch, thinned out, as small curves beside many trials."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Epoch, Trial

N_FIRST_EPOCHS = 6  # are all shown: a curve falls most there, and a pruned one has no others
N_LATER_EPOCHS = 20  # about so many of the others
MAX_CACHED_CURVES = 2_000  # some pages of tables


@dataclass(frozen=True)
class LossCurve:
    """The validation loss of a trial after some of its epochs; diverged ones are left out.

    n_epochs: how many it asks for, or has where it asks for none.
    """

    numbers: tuple[int, ...]
    losses: tuple[float, ...]
    n_epochs: int


_CURVES: Cache[tuple[object, ...], LossCurve] = Cache(MAX_CACHED_CURVES)


def load_curves(session: Session, trials: Sequence[Trial]) -> dict[int, LossCurve]:
    """Load the curves of those trials that have one, by trial id, in one query at most."""
    trials_by_id = {trial.id: trial for trial in trials if trial.epochs_trained}
    keys = {trial.id: _curve_key(trial) for trial in trials_by_id.values()}

    def make(trial_ids: list[int]) -> dict[int, LossCurve]:
        return _make_curves(session, [trials_by_id[trial_id] for trial_id in trial_ids])

    return _CURVES.find_or_make_many(keys, make)


def _make_curves(session: Session, trials: Sequence[Trial]) -> dict[int, LossCurve]:
    points_by_training = _load_points(session, trials)
    curves = {}
    for trial in trials:
        points = points_by_training.get(trial.training_id, [])
        curves[trial.id] = _make_curve(trial, points)
    return curves


def _curve_key(trial: Trial) -> tuple[object, ...]:
    return (trial.id, trial.created_at, trial.attempts, trial.epochs_trained)


def _load_points(
    session: Session, trials: Sequence[Trial]
) -> dict[int | None, list[tuple[int, float]]]:
    """Numbers and losses of some epochs by training id, in order."""
    training_ids = {trial.training_id for trial in trials}
    longest = max(trial.epochs_trained for trial in trials)
    stride = max(1, longest // N_LATER_EPOCHS)
    is_shown = or_(Epoch.number <= N_FIRST_EPOCHS, Epoch.number % stride == 0)
    query = (
        select(Epoch.training_id, Epoch.number, Epoch.val_loss)
        .where(Epoch.training_id.in_(training_ids), is_shown)
        .order_by(Epoch.training_id, Epoch.number)
    )
    points: dict[int | None, list[tuple[int, float]]] = {}
    for training_id, number, loss in session.execute(query):
        if loss is not None:
            points.setdefault(training_id, []).append((number, loss))
    return points


def _make_curve(trial: Trial, points: Sequence[tuple[int, float]]) -> LossCurve:
    own_points = [point for point in points if point[0] <= trial.epochs_trained]
    asked = trial.parameters.get("epochs")
    n_epochs = trial.epochs_trained
    if isinstance(asked, int):
        n_epochs = max(asked, n_epochs)
    return LossCurve(
        numbers=tuple(number for number, _ in own_points),
        losses=tuple(loss for _, loss in own_points),
        n_epochs=n_epochs,
    )
