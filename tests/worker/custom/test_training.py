"""Programs of all libraries, run as they are: epochs, forecasts, models, errors and ends."""

import io
import zipfile

import numpy as np
import pytest
from sqlalchemy import func, select, update

from app.db.models import Artifact, Epoch, LogLine, Training, Trial
from app.domain.terms import ArtifactKind, Part, TrialState
from app.services import trials
from tests.clock import now

pytestmark = pytest.mark.slow

PROGRAMS = {
    "talos_lstm": {"epochs": 3, "optimizer": "RMSprop", "batch_size": 20},
    "hyperas_gru": {"option": "deep", "epochs": 4},
    "tuner_dense": {"num_layers": 2, "epochs": 3},
    "hyperopt_lstm": {"layers": "count=2", "second": 2, "epochs": 5},
}
DENSE = """
from keras import Sequential, layers, optimizers


def build(hp):
    model = Sequential([layers.Flatten(), layers.Dropout(0.2), layers.Dense(1)])
    model.compile(loss="mse", optimizer=optimizers.Adam(hp.Float("lr", 0.001, 0.1)))
    return model
"""
FITTED = """
from keras import Sequential, layers


def network(x_train, y_train, x_val, y_val, params):
    model = Sequential([layers.Flatten(), layers.Dense(params["units"]), layers.Dense({size})])
    model.compile(loss="mse", optimizer="sgd")
    {fit}


p = {{"units": [2, 3]}}
"""
VALIDATION_DATA = ", validation_data=(x_val, y_val)"
FOUR_TARGETS = "y_train[:, None].repeat(4, 1),"
FIT = "return model.fit(x_train, y_train, epochs=3, validation_data=(x_val, y_val)), model"


def losses_of(database, trial):
    query = select(Epoch.train_loss, Epoch.val_loss).where(Epoch.training_id == trial.training_id)
    with database.read() as session:
        return session.execute(query.order_by(Epoch.number)).all()


def log_of(database, trial_id):
    query = select(LogLine.message).where(LogLine.trial_id == trial_id)
    with database.read() as session:
        return session.scalars(query).all()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_run_as_it_is_and_leaves_what_any_trial_leaves(
    database, queue_trial, work, get_trial, name
):
    trial_id = queue_trial(name, **PROGRAMS[name])

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.error) == (TrialState.COMPLETED, None)
    assert trial.epochs_trained == PROGRAMS[name]["epochs"]
    assert trial.training.engine == "custom"
    with database.read() as session:
        epochs = session.scalars(select(Epoch).where(Epoch.training_id == trial.training_id)).all()
        trial_row = session.get(Trial, trial_id)
        validation = trials.forecast(session, trial_row, Part.VALIDATION)
        test = trials.forecast(session, trial_row, Part.TEST)
        model = session.scalars(
            select(Artifact.content).where(Artifact.kind == ArtifactKind.MODEL)
        ).one()
    assert len(test.predicted) == 12
    rmse = float(np.sqrt(np.mean((validation.predicted - validation.actual) ** 2)))
    assert trial.objective == pytest.approx(rmse)
    assert trial.objective == pytest.approx(min(epoch.objective for epoch in epochs), rel=1e-5)
    best = epochs[trial.best_epoch - 1]
    assert trial.validation_mae == pytest.approx(best.mae, rel=1e-5)
    with zipfile.ZipFile(io.BytesIO(model)) as keras_file:
        assert "config.json" in keras_file.namelist()


def test_more_epochs_of_a_built_model_resume_from_the_checkpoint_as_if_never_ended(
    database, queue_trial, work, get_trial
):
    uninterrupted = queue_trial("dense", DENSE, epochs=4, batch_size=16, shuffle=True)
    work()
    losses = losses_of(database, get_trial(uninterrupted))
    with database.write() as session:
        for table in (Epoch, Artifact):
            session.execute(table.__table__.delete())
        session.execute(
            update(Training).values(checkpoint=None, checkpoint_epoch=None, epochs_trained=0)
        )

    first = queue_trial("dense", epochs=2, batch_size=16, shuffle=True)
    work()
    second = queue_trial("dense", epochs=4, batch_size=16, shuffle=True)
    work()

    training_ids = {get_trial(trial_id).training_id for trial_id in (uninterrupted, first, second)}
    assert len(training_ids) == 1
    assert "Resumed at epoch 2" in log_of(database, second)
    assert np.allclose(losses, losses_of(database, get_trial(second)), rtol=1e-6)


def test_a_fit_that_ends_by_itself_completes_the_trial(database, queue_trial, work, get_trial):
    trial_id = queue_trial("mine", FITTED.format(size=1, fit=FIT), epochs=50)

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.epochs_trained) == (TrialState.COMPLETED, 3)
    assert any("own fit ended after epoch 3" in line for line in log_of(database, trial_id))


@pytest.mark.parametrize("fit", [FIT, f"try: {FIT}\n    except: return None"])
def test_a_fit_is_ended_after_the_epochs_of_the_trial(queue_trial, work, get_trial, fit):
    trial_id = queue_trial("mine", FITTED.format(size=1, fit=fit), epochs=2)

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.epochs_trained) == (TrialState.COMPLETED, 2)


def test_a_stop_takes_effect_after_the_epoch(database, queue_trial, work, get_trial):
    fit = FIT.replace("epochs=3", "epochs=5000")
    trial_id = queue_trial("mine", FITTED.format(size=1, fit=fit), epochs=5000)
    with database.write() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(stop_requested_at=now()))

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.epochs_trained) == (TrialState.STOPPED, 1)
    assert trial.objective is not None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            FITTED.format(size=1, fit="return missing, model"),
            "mine.py, line 8: NameError: name 'missing' is not defined",
        ),
        (
            FITTED.format(size=1, fit="return None, model"),
            "mine.py: network ended without a model.fit.",
        ),
        (FITTED.format(size=1, fit="raise SystemExit(3)"), "mine.py, line 8: SystemExit: 3"),
        (
            FITTED.format(
                size=4, fit=FIT.replace("y_train,", FOUR_TARGETS).replace(VALIDATION_DATA, "")
            ),
            "a forecast is one value",
        ),
        (
            "import nothing_of_this_name as n\n" + FITTED.format(size=1, fit="return n.x"),
            "mine.py, line 9: ModuleNotFound",
        ),
        (
            DENSE.replace("    model.compile", "    return model\n    model.compile"),
            "a model that is not compiled",
        ),
        (DENSE.replace("return model", "return 3"), "returned int where a Keras model is expected"),
        (DENSE.replace("Dense(1)", 'Dense("x")'), "mine.py, line 6: ValueError"),
    ],
)
def test_what_goes_wrong_in_a_file_fails_its_trial_with_a_reason(
    queue_trial, work, get_trial, source, words
):
    trial_id = queue_trial("mine", source)

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.failure_cause) == (TrialState.FAILED, "custom model")
    assert words in trial.error
    assert "Traceback" in trial.traceback


def test_what_a_program_printed_stands_under_its_traceback(queue_trial, work, get_trial):
    fit = 'print("units are", params["units"]); return missing'
    trial_id = queue_trial("mine", FITTED.format(size=1, fit=fit))

    work()

    assert "The program printed:\nunits are " in get_trial(trial_id).traceback


def test_another_text_of_a_file_is_another_training(database, queue_trial):
    trial_ids = [queue_trial("mine", DENSE, seed=seed) for seed in (0, 0, 1)]
    trial_ids.append(queue_trial("mine", DENSE + "# changed\n"))

    with database.read() as session:
        first, same, other_seed, other_source = (
            session.get(Trial, trial_id).training_id for trial_id in trial_ids
        )
        n_trainings = session.scalar(select(func.count()).select_from(Training))

    assert n_trainings == 3
    assert first == same
    assert same != other_seed
    assert other_seed != other_source
    assert other_source != first
