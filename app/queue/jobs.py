"""What a slot needs to know to run one claim, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Epoch, Experiment, Training, Trial
from app.domain.csv_reading.series import Series
from app.domain.custom.detection import CustomModel
from app.domain.split import Split
from app.domain.terms import Objective, TrialState
from app.errors import NotFound
from app.queue.claims import Claim


@dataclass(frozen=True)
class Rider:
    """One trial that is read off a training: until when, and with how much patience."""

    trial_id: int
    number: int
    epochs: int
    patience: int


@dataclass(frozen=True)
class Job:
    """A training to run, how far it has come, and the trials that ride on it, longest first."""

    training_id: int
    parameters: dict[str, Any]
    custom_model: CustomModel | None  # None: the built-in network
    seed: int
    split: Split
    series: Series
    objective: Objective
    riders: tuple[Rider, ...]
    values: tuple[float | None, ...]  # the monitored value of each epoch there is
    checkpoint: bytes | None
    checkpoint_epoch: int | None
    donors: Mapping[int, int]  # best epoch -> a completed trial with the model of that epoch


def load(session: Session, claim: Claim) -> Job:
    """Read a claim's job. Raises NotFound when its trials are gone."""
    trials = list(
        session.scalars(
            select(Trial).where(Trial.id.in_(claim.trial_ids), Trial.lease_token == claim.token)
        )
    )
    if not trials:
        raise NotFound("These trials are no longer this worker's.")
    experiment = session.get_one(Experiment, claim.experiment_id)
    training = session.get_one(Training, claim.training_id)
    custom_model = experiment.custom_model
    return Job(
        training_id=training.id,
        parameters=dict(trials[0].parameters),
        custom_model=custom_model,
        seed=experiment.seed,
        split=experiment.split,
        series=read_series(session, experiment.dataset_id),
        objective=Objective(experiment.objective),
        riders=tuple(
            sorted(
                (_rider(trial, custom_model) for trial in trials), key=lambda rider: -rider.epochs
            )
        ),
        values=_values(session, training.id, Objective(experiment.objective)),
        checkpoint=training.checkpoint,
        checkpoint_epoch=training.checkpoint_epoch,
        donors=_donors(session, training.id, experiment.objective),
    )


def read_series(session: Session, dataset_id: int) -> Series:
    """The series of a dataset."""
    return Series.from_bytes(
        session.scalars(select(Dataset.series).where(Dataset.id == dataset_id)).one()
    )


def _rider(trial: Trial, custom_model: CustomModel | None) -> Rider:
    """A program that fits its model itself has its own patience, whatever it calls so."""
    fits_itself = custom_model is not None and custom_model.shape.fits_itself
    patience = 0 if fits_itself else int(trial.parameters["patience"])
    return Rider(trial.id, trial.number, int(trial.parameters["epochs"]), patience)


def _values(session: Session, training_id: int, objective: Objective) -> tuple[float | None, ...]:
    column = Epoch.objective if objective == Objective.RMSE else Epoch.val_loss
    query = (
        select(Epoch.number, column).where(Epoch.training_id == training_id).order_by(Epoch.number)
    )
    rows = session.execute(query).all()
    unbroken = [value for place, (number, value) in enumerate(rows, start=1) if number == place]
    return tuple(unbroken)


def _donors(session: Session, training_id: int, objective: str) -> dict[int, int]:
    """Completed trials of the same training, whichever experiment they belong to, judged by the same objective."""
    query = (
        select(Trial.best_epoch, Trial.id)
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .where(
            Trial.training_id == training_id,
            Trial.state == TrialState.COMPLETED,
            Experiment.objective == objective,
        )
        .order_by(Trial.id.desc())
    )
    return {epoch: trial_id for epoch, trial_id in session.execute(query) if epoch is not None}
