"""The searches of a kill campaign, what is left of them, and the same without kills."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Epoch, Experiment, Forecast, LogLine, Training, Trial
from app.db.upgrade import upgrade_database
from app.domain.terms import FINISHED_TRIAL_STATES, TrialState
from tests import factories
from tests.faults.processes import Process, end_afterwards, wait_until

EPOCHS = 250
SPACE = {
    **factories.TINY,
    "units_1": {"integer": [4, 10]},  # none of the sizes that tests.faults.broken breaks
    "learning_rate": {"loguniform": [0.001, 0.02]},
    "epochs": EPOCHS,
    "patience": 0,
}
POINT_NAMES = ("units_1", "learning_rate", "epochs")
ROWS = 700
SEED = 5
SEARCH_SECONDS = 600.0


@dataclass(frozen=True)
class Search:
    """A search, and how many epochs it trains at the least, however much pruning leaves out."""

    strategy: str
    pruning: str
    trials: int
    epochs: int


RANDOM_SEARCH = Search("random", "none", trials=40, epochs=40 * EPOCHS)
SHORT_RANDOM_SEARCH = Search("random", "none", trials=16, epochs=16 * EPOCHS)
TPE_SEARCH = Search("tpe", "asha", trials=60, epochs=1200)
SHORT_TPE_SEARCH = Search("tpe", "asha", trials=30, epochs=500)


@dataclass(frozen=True)
class TrialResult:
    """How a trial ended, and the validation loss of each epoch of its training."""

    state: str
    objective: float | None
    losses: list[float | None]


def make_database(settings: Settings) -> Database:
    """A new database with a dataset."""
    settings.data.mkdir(parents=True, exist_ok=True)
    upgrade_database(settings)
    database = Database(settings.url)
    with database.write() as session:
        factories.dataset(session, rows=ROWS)
    return database


def prepare_search(settings: Settings, search: Search) -> Database:
    """A new database with the search in it."""
    database = make_database(settings)
    with database.write() as session:
        factories.experiment(
            session,
            strategy=search.strategy,
            pruning=search.pruning,
            max_trials=search.trials,
            space=SPACE,
            seed=SEED,
        )
    return database


def has_ended(database: Database) -> bool:
    """Whether the search has ended."""
    with database.read() as session:
        return session.query(Experiment).one().finished_at is not None


def count_epochs(database: Database) -> int:
    """How many epochs are stored."""
    with database.read() as session:
        return session.scalar(select(func.sum(Training.epochs_trained))) or 0


def read_results(database: Database) -> dict[int, TrialResult]:
    """The result of every trial by its number."""
    results: dict[int, TrialResult] = {}
    with database.read() as session:
        for trial in session.query(Trial).order_by(Trial.number):
            assert trial.number not in results
            losses = session.scalars(
                select(Epoch.val_loss)
                .where(Epoch.training_id == trial.training_id)
                .order_by(Epoch.number)
            )
            results[trial.number] = TrialResult(trial.state, trial.objective, list(losses))
    return results


def read_epochs(database: Database) -> dict[int, list[int]]:
    """The numbers of the stored epochs of every training that has any."""
    numbers: dict[int, list[int]] = {}
    rows = select(Epoch.training_id, Epoch.number).order_by(Epoch.training_id, Epoch.number)
    with database.read() as session:
        for training, number in session.execute(rows):
            numbers.setdefault(training, []).append(number)
    return numbers


def count_endings(database: Database) -> dict[int, int]:
    """How often the log says that each completed trial ended. An ended one has three forecasts."""
    is_ending = LogLine.message.like("%epochs done%")
    is_finished = Trial.state.in_(FINISHED_TRIAL_STATES)
    is_completed = Trial.state == TrialState.COMPLETED
    with database.read() as session:
        ended = list(session.scalars(select(LogLine.trial_id).where(is_ending)))
        forecasts = session.scalars(select(Forecast.trial_id)).all()
        finished = session.scalars(select(Trial.id).where(is_finished)).all()
        completed = session.scalars(select(Trial.id).where(is_completed)).all()
    assert sorted(forecasts) == sorted([*finished] * 3)  # validation, test, future
    return {trial: ended.count(trial) for trial in completed}


def run_undisturbed(settings: Settings, search: Search) -> dict[int, TrialResult]:
    """The results of the same search without kills."""
    database = prepare_search(settings, search)
    _run_to_end(settings, database)
    return read_results(database)


def retrain(settings: Settings, database: Database) -> dict[int, list[float | None]]:
    """The losses of the trials in a database, trained again for as long, without kills."""
    with database.read() as session:
        points = [_point_of(trial) for trial in session.query(Trial).order_by(Trial.number)]
    alone = make_database(settings)
    space = {name: value for name, value in SPACE.items() if name not in POINT_NAMES}
    with alone.write() as session:
        factories.experiment(session, strategy="manual", points=points, space=space, seed=SEED)
    _run_to_end(settings, alone)
    return {number: result.losses for number, result in read_results(alone).items()}


def _point_of(trial: Trial) -> dict[str, Any]:
    """The parameters that make a trial, with the epochs it was trained."""
    point = {name: trial.parameters[name] for name in POINT_NAMES}
    point["epochs"] = trial.training.epochs_trained
    return point


def _run_to_end(settings: Settings, database: Database) -> None:
    worker = Process("tests.faults.worker", settings, slots=2)
    with end_afterwards([worker]):
        wait_until(lambda: has_ended(database), "the end of the undisturbed search", SEARCH_SECONDS)
