"""What a slot needs to know to run one claim, read in one transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Epoch, Experiment, Training, Trial
from app.domain.csv_reading.series import Series
from app.domain.custom.detection import CustomModel
from app.domain.objectives import Yardstick
from app.domain.runs import Claim, Job, SharedTrial
from app.domain.terms import Objective, TrialState
from app.errors import NotFound


def load(session: Session, claim: Claim) -> Job:
    """Read the job of a claim. Raises NotFound when its trials are gone."""
    query = select(Trial).where(
        Trial.id.in_(claim.trial_ids),
        Trial.lease_token == claim.token,
    )
    trials = session.scalars(query).all()
    if not trials:
        raise NotFound("These trials are no longer this worker's.")
    experiment = session.get_one(Experiment, claim.experiment_id)
    training = session.get_one(Training, claim.training_id)
    custom_model = experiment.custom_model
    shared_trials = [_shared_trial(trial, custom_model) for trial in trials]
    shared_trials.sort(key=lambda trial: trial.epochs, reverse=True)
    return Job(
        training_id=training.id,
        parameters=dict(trials[0].parameters),
        custom_model=custom_model,
        seed=experiment.seed,
        split=experiment.split,
        series=read_series(session, experiment.dataset_id),
        season_lengths=experiment.seasons,
        horizon=experiment.horizon,
        objective=Objective(experiment.objective),
        yardstick=experiment.yardstick,
        trials=tuple(shared_trials),
        values=_monitored_values(session, training.id, experiment.yardstick),
        checkpoint=training.checkpoint,
        checkpoint_epoch=training.checkpoint_epoch,
        source_trials=_source_trials(session, training.id, experiment),
    )


def read_series(session: Session, dataset_id: int) -> Series:
    """The series of a dataset."""
    query = select(Dataset.series).where(Dataset.id == dataset_id)
    content = session.scalars(query).one()
    return Series.from_bytes(content)


def _shared_trial(trial: Trial, custom_model: CustomModel | None) -> SharedTrial:
    """A custom model that fits itself stops by its own rule: its `patience` is not ours."""
    parameters = trial.parameters
    patience = 0
    if custom_model is None or not custom_model.fits_itself:
        patience = int(parameters["patience"])
    return SharedTrial(
        trial.id,
        trial.number,
        epochs=int(parameters["epochs"]),
        patience=patience,
    )


def _monitored_values(
    session: Session, training_id: int, yardstick: Yardstick
) -> tuple[float | None, ...]:
    """What the objective says of epochs 1, 2, … of a training, up to the first missing epoch.

    An epoch that an earlier version trained without its MAE is missing where that is asked for:
    the training begins anew, and fills it in.
    """
    columns = (Epoch.number, Epoch.val_loss, Epoch.objective, Epoch.mae)
    query = select(*columns).where(Epoch.training_id == training_id).order_by(Epoch.number)
    values: list[float | None] = []
    for epoch in session.execute(query):
        if epoch.number != len(values) + 1 or yardstick.is_missing(epoch):
            break
        values.append(yardstick.monitored(epoch))
    return tuple(values)


def _source_trials(session: Session, training_id: int, experiment: Experiment) -> dict[int, int]:
    """By best epoch, the completed trials of a training that were compared by this objective.

    They may belong to any experiment: a relative one has divided by the same number. Of trials
    with the same best epoch, the oldest.
    """
    query = (
        select(Trial.best_epoch, Trial.id)
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .where(
            Trial.training_id == training_id,
            Trial.state == TrialState.COMPLETED,
            Experiment.objective == experiment.objective,
            Experiment.objective_scale.is_not_distinct_from(experiment.objective_scale),
        )
        .order_by(Trial.id.desc())
    )
    sources: dict[int, int] = {}
    for best_epoch, trial_id in session.execute(query):
        if best_epoch is not None:
            sources[best_epoch] = trial_id
    return sources
