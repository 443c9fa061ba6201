"""Ways in which what is stored of one experiment can be damaged, each as statements of SQL.

`:id` is the experiment. They are written as somebody would type them into a database's shell.
"""

import json
from dataclasses import dataclass

from sqlalchemy import text

from app.db.engine import Database
from app.db.models import Experiment
from app.domain.terms import OPEN_EXPERIMENT_STATES
from app.services import experiments
from tests import factories

PYTHON_OF_TOMORROW = "match = lambda x: x ** ( :\n    yield from\n"
OF_EXPERIMENT = "experiment_id = :id"
OF_TRAININGS = "training_id IN (SELECT training_id FROM trials WHERE experiment_id = :id)"
OF_TRIALS = "trial_id IN (SELECT id FROM trials WHERE experiment_id = :id)"
OF_DATASET = "id = (SELECT dataset_id FROM experiments WHERE id = :id)"


@dataclass(frozen=True)
class Damage:
    """One kind of damage. `words` stand in the reason that people are told."""

    name: str
    statement: str
    words: str
    any_database: bool = False  # a database server refuses most of them

    def __str__(self) -> str:
        return self.name


def _of_experiment(name: str, values: str, words: str, any_database: bool = False) -> Damage:
    return Damage(name, f"UPDATE experiments SET {values} WHERE id = :id", words, any_database)


def _of_trials(name: str, values: str, words: str, any_database: bool = False) -> Damage:
    statement = f"UPDATE trials SET {values} WHERE {OF_EXPERIMENT}"
    return Damage(name, statement, words, any_database)


def _literal(document: object) -> str:
    return "'" + json.dumps(document).replace("'", "''") + "'"


KNOWN_PARAMETERS = {"units_1": 2, "time_steps": 4, "epochs": 2}
SPACE_OF_LATER = _literal({"attention_heads": {"choice": [1, 2]}})
NEW_PARAMETERS = _literal({**KNOWN_PARAMETERS, "attention_heads": 2})
TEXT_PARAMETERS = _literal({**KNOWN_PARAMETERS, "units_1": "many"})
CODE = PYTHON_OF_TOMORROW.replace("'", "''").replace(":", "\\:")

DAMAGES = (
    _of_experiment(
        "code that this Python cannot parse",
        f"custom_model_name = 'later', custom_model_source = '{CODE}'",
        "cannot read its later.py",
        any_database=True,
    ),
    _of_experiment(
        "code that is no custom model",
        "custom_model_name = 'later', custom_model_source = 'pass'",
        "cannot read its later.py",
        any_database=True,
    ),
    _of_experiment(
        "a hyperparameter of a later version",
        f"space = {SPACE_OF_LATER}",
        "attention_heads",
        any_database=True,
    ),
    _of_experiment("a space that is a list", "space = '[1, 2]'", "experiments.space", True),
    _of_experiment("a space that is null", "space = 'null'", "experiments.space", True),
    _of_experiment("a space that is cut off", "space = '{\"units_1\"\\: {'", "experiments.space"),
    _of_experiment("a space of bytes", "space = x'ff00'", "experiments.space"),
    _of_experiment("points that are cut off", "points = '[{'", "experiments.points"),
    _of_experiment("points of numbers", "points = '[7]'", "Point 1", any_database=True),
    _of_experiment("a strategy of later", "strategy = 'oracle'", '"oracle"', any_database=True),
    _of_experiment("a strategy without points", "strategy = 'manual'", "points", True),
    _of_experiment("a pruning of later", "pruning = 'bonsai'", '"bonsai"', any_database=True),
    _of_experiment("a metric of later", "objective = 'smape'", '"smape"', any_database=True),
    _of_experiment("a state of later", "state = 'dreaming'", '"dreaming"', any_database=True),
    _of_experiment("a seed of text", "seed = 'luck'", "experiments.seed"),
    _of_experiment("a negative seed", "seed = -1", "experiments.seed", any_database=True),
    _of_experiment("a relative metric", "objective = 'mase'", "nothing to divide", True),
    _of_experiment("a horizon of none", "horizon = 0", "experiments.horizon", any_database=True),
    _of_experiment("another horizon", "horizon = 2", "forecast of trial", any_database=True),
    _of_experiment("a maximum of text", "max_trials = 'lots'", "experiments.max_trials"),
    _of_experiment("no trials at all", "max_trials = 0", "experiments.max_trials", True),
    _of_experiment("a budget of text", "time_budget_seconds = 'long'", "time_budget_seconds"),
    _of_experiment("a used time of text", "seconds_used = 'long'", "experiments.seconds_used"),
    _of_experiment("a fraction of text", "train_fraction = 'most'", "experiments.train_fraction"),
    _of_experiment("no validation part", "validation_fraction = 0", "validation_fraction", True),
    _of_experiment("all rows in the train part", "train_fraction = 1", "no rows", True),
    _of_experiment("a size of text", "stored_bytes = 'big'", "experiments.stored_bytes"),
    _of_experiment("a time that is none", "created_at = 'once'", "experiments.created_at"),
    _of_experiment("a start that is none", "counted_until = 'once'", "experiments.counted_until"),
    _of_experiment("an end that is none", "finished_at = 12", "experiments.finished_at"),
    _of_experiment("a name that is no text", "name = x'fffe'", "experiments.name"),
    _of_experiment("pauses of text", "pauses = 'two'", "experiments.pauses"),
    _of_experiment(
        "a reduction method of later",
        "strategy = 'reduction', reduction_method = 'chatterjee'",
        '"chatterjee"',
        any_database=True,
    ),
    _of_experiment(
        "a reduction interval of text",
        "strategy = 'reduction', reduction_interval = 'often'",
        "experiments.reduction_interval",
    ),
    _of_trials("a trial's state of later", "state = 'dreaming'", '"dreaming"', True),
    _of_trials("a parameter of later", f"parameters = {NEW_PARAMETERS}", "attention_heads", True),
    _of_trials("a parameter of text", f"parameters = {TEXT_PARAMETERS}", "units_1", True),
    _of_trials("parameters without epochs", "parameters = '{}'", "no epochs", any_database=True),
    _of_trials("parameters in a list", "parameters = '[1]'", "trials.parameters", True),
    _of_trials("parameters that are cut off", "parameters = '{'", "trials.parameters"),
    _of_trials("an objective of text", "objective = 'good'", "trials.objective"),
    _of_trials("epochs of text", "epochs_trained = 'all'", "trials.epochs_trained"),
    _of_trials("a best epoch of text", "best_epoch = 'last'", "trials.best_epoch"),
    _of_trials("a score of text", "validation_rmse = 'good'", "trials.validation_rmse"),
    _of_trials("a trial's time that is none", "started_at = 'once'", "trials.started_at"),
    _of_trials("an error of bytes", "error = x'fffe', state = 'failed'", "trials.error"),
    _of_trials("interruptions of text", "interruptions = 'few'", "trials.interruptions"),
    Damage(
        "epochs without numbers",
        f"UPDATE epochs SET seconds = 'long', val_loss = 'low' WHERE {OF_TRAININGS}",
        "of epoch 1 is no number",
    ),
    Damage(
        "forecasts that are cut off",
        f"UPDATE forecasts SET predicted = substr(predicted, 1, 13) WHERE {OF_TRIALS}",
        "forecast of trial",
        any_database=True,
    ),
    Damage(
        "a forecast of an unknown part",
        f"UPDATE forecasts SET part = 'moon' WHERE part = 'test' AND {OF_TRIALS}",
        '"moon"',
        any_database=True,
    ),
    Damage(
        "a series of other bytes",
        f"UPDATE datasets SET series = source, fingerprint = 'x' WHERE {OF_DATASET}",
        "series",
        any_database=True,
    ),
    Damage(
        "columns that are cut off",
        f"UPDATE datasets SET features = '[' WHERE {OF_DATASET}",
        "datasets.features",
    ),
    Damage(
        "a dialect that is cut off",
        f"UPDATE datasets SET dialect = '{{' WHERE {OF_DATASET}",
        "datasets.dialect",
    ),
    Damage("rows of text", f"UPDATE datasets SET rows = 'all' WHERE {OF_DATASET}", "datasets.rows"),
    Damage(
        "a target that is gone",
        f"UPDATE datasets SET target = 'Gone' WHERE {OF_DATASET}",
        "series",
        any_database=True,
    ),
    Damage(
        "a date that is none",
        f"UPDATE datasets SET first_at = 'once', created_at = 'once' WHERE {OF_DATASET}",
        "datasets.first_at",
    ),
    Damage(
        "earlier results without numbers",
        "INSERT INTO warm_start_results (experiment_id, number, parameters, objective, is_pasted)"
        " VALUES (:id, 1, '{', 'good', 1)",
        "warm_start_results",
    ),
    Damage(
        "a step of reduction of text",
        "INSERT INTO reduction_steps (experiment_id, number, n_finished, n_considered, method,"
        " is_cut, dropped, kept, fraction, size_before, created_at)"
        " VALUES (:id, 1, 'some', 2, 'spearman', 0, '[', '[]', 0.5, 'x', '2026-01-01 00:00:00')",
        "reduction_steps",
    ),
)


def add_damaged(database: Database, damage: Damage, state: str | None = None) -> int:
    """An experiment with three trials, damaged; its id. `state`: see `add_experiment`."""
    experiment_id = add_experiment(database, state)
    apply(database, damage, experiment_id)
    return experiment_id


def add_experiment(database: Database, state: str | None = None) -> int:
    """An experiment with a dataset of its own and three trials, queued unless `state` is given."""
    with database.write() as session:
        dataset = factories.dataset(session, name="damaged", rows=130)
        request = factories.request(
            dataset.id,
            max_trials=9,
            strategy="tpe",
            pruning="asha",
            time_budget_seconds=3600,
        )
        experiment = experiments.create(session, request)
        factories.completed_trial(session, experiment, 1)
        factories.completed_trial(session, experiment, 2, objective=2.0, units_1=2)
        factories.trial(session, experiment, 3, units_1=4)
        if state is not None:
            experiment.state = state
            if state not in OPEN_EXPERIMENT_STATES:
                experiment.finished_at = experiment.created_at
        return experiment.id


def apply(database: Database, damage: Damage, experiment_id: int) -> None:
    """Damage an experiment behind everybody's back."""
    with database.engine.begin() as connection:
        connection.execute(text(damage.statement), {"id": experiment_id})


def state_of(database: Database, experiment_id: int) -> tuple[str, str | None]:
    """The state of an experiment, and its reason."""
    with database.read() as session:
        query = session.query(Experiment.state, Experiment.reason)
        state, reason = query.filter_by(id=experiment_id).one()
        return state, reason
