"""Programs in the four shapes, run as they are: epochs, forecasts, models, errors and ends."""

import io
import zipfile

import numpy as np
import pytest
from sqlalchemy import func, select, update

from app.db.models import Artifact, Epoch, LogLine, Training, Trial
from app.domain.terms import ArtifactKind, Part, TrialState
from app.services import trials
from tests.clock import now

PROGRAMS = {
    "talos_lstm": {"epochs": 3, "optimizer": "RMSprop", "batch_size": 20},
    "hyperas_gru": {"option": "deep", "epochs": 4},
    "tuner_dense": {"num_layers": 2, "epochs": 3},
    "hyperopt_lstm": {"layers": "count=2", "second": 2, "epochs": 5},
}
DENSE = """
import keras


def build(hp):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dropout(0.2), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(hp.Float("lr", 0.001, 0.1)))
    return model
"""
FITTED = """
import keras


def network(x_train, y_train, x_val, y_val, params):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(params["units"]), keras.layers.Dense({size})])
    model.compile(loss="mse", optimizer="sgd")
    {fit}


p = {{"units": [2, 3]}}
"""
UNSEEN = ", validation_data=(x_val, y_val)"
WIDE = "y_train[:, None].repeat(4, 1),"
FIT = "return model.fit(x_train, y_train, epochs=3, validation_data=(x_val, y_val)), model"


def epochs_of(database, trial):
    query = select(Epoch.train_loss, Epoch.val_loss).where(Epoch.training_id == trial.training_id)
    with database.read() as session:
        return session.execute(query.order_by(Epoch.number)).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_run_as_it_is_and_leaves_what_any_trial_leaves(
    database, search, work, looked_at, name
):
    trial_id = search(name, **PROGRAMS[name])
    work()
    trial = looked_at(trial_id)
    assert (trial.state, trial.error) == (TrialState.COMPLETED, None)
    assert trial.epochs_trained == PROGRAMS[name]["epochs"]
    assert trial.training.engine == "custom"
    with database.read() as session:
        epochs = session.scalars(select(Epoch).where(Epoch.training_id == trial.training_id)).all()
        here = session.get(Trial, trial_id)
        view = trials.forecast(session, here, Part.VALIDATION)
        kept = session.scalars(
            select(Artifact.content).where(Artifact.kind == ArtifactKind.MODEL)
        ).one()
        assert len(trials.forecast(session, here, Part.TEST).predicted) == 12
    assert trial.objective == pytest.approx(
        float(np.sqrt(np.mean((view.predicted - view.actual) ** 2)))
    )
    assert trial.objective == pytest.approx(min(epoch.objective for epoch in epochs), rel=1e-5)
    with zipfile.ZipFile(io.BytesIO(kept)) as keras_file:
        assert "config.json" in keras_file.namelist()


def test_more_epochs_of_a_build_go_on_from_the_checkpoint_as_if_never_ended(
    database, search, work, looked_at
):
    whole = search("dense", DENSE, epochs=4, batch_size=16, shuffle=True)
    work()
    losses = epochs_of(database, looked_at(whole))
    with database.write() as session:
        for table in (Epoch, Artifact):
            session.execute(table.__table__.delete())
        session.execute(
            update(Training).values(checkpoint=None, checkpoint_epoch=None, epochs_trained=0)
        )
    first = search("dense", epochs=2, batch_size=16, shuffle=True)
    work()
    second = search("dense", epochs=4, batch_size=16, shuffle=True)
    work()
    assert (
        looked_at(first).training_id
        == looked_at(second).training_id
        == looked_at(whole).training_id
    )
    with database.read() as session:
        told = session.scalars(select(LogLine.message).where(LogLine.trial_id == second)).all()
    assert "Resumed at epoch 2" in told
    assert np.allclose(losses, epochs_of(database, looked_at(second)), rtol=1e-6)


def test_a_fit_that_ends_by_itself_completes_the_trial(database, search, work, looked_at):
    trial_id = search("mine", FITTED.format(size=1, fit=FIT), epochs=50)
    work()
    trial = looked_at(trial_id)
    assert (trial.state, trial.epochs_trained) == (TrialState.COMPLETED, 3)
    with database.read() as session:
        told = session.scalars(select(LogLine.message).where(LogLine.trial_id == trial_id)).all()
    assert any("own fit ended after epoch 3" in line for line in told)


@pytest.mark.parametrize("fit", [FIT, f"try: {FIT}\n    except: return None"])
def test_a_fit_is_ended_after_the_epochs_of_the_trial(search, work, looked_at, fit):
    trial_id = search("mine", FITTED.format(size=1, fit=fit), epochs=2)
    work()
    trial = looked_at(trial_id)
    assert (trial.state, trial.epochs_trained) == (TrialState.COMPLETED, 2)


def test_a_stop_is_heard_after_the_epoch(database, search, work, looked_at):
    trial_id = search(
        "mine", FITTED.format(size=1, fit=FIT.replace("epochs=3", "epochs=5000")), epochs=5000
    )
    with database.write() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(stop_requested_at=now()))
    work()
    trial = looked_at(trial_id)
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
            FITTED.format(size=4, fit=FIT.replace("y_train,", WIDE).replace(UNSEEN, "")),
            "a forecast is one value",
        ),
        (
            "import nothing_of_this_name as n\n" + FITTED.format(size=1, fit="return n"),
            "mine.py, line 1: ModuleNotFound",
        ),
        (
            DENSE.replace("    model.compile", "    return model\n    model.compile"),
            "a model that is not compiled",
        ),
        (DENSE.replace("return model", "return 3"), "returned int where a Keras model is expected"),
        (DENSE.replace("Dense(1)", 'Dense("x")'), "mine.py, line 6: ValueError"),
    ],
)
def test_what_goes_wrong_in_a_file_fails_its_trial_in_words(search, work, looked_at, source, words):
    trial_id = search("mine", source)
    work()
    trial = looked_at(trial_id)
    assert (trial.state, trial.failure_cause) == (TrialState.FAILED, "custom model")
    assert words in trial.error
    assert "Traceback" in trial.traceback


def test_what_a_program_printed_stands_under_its_traceback(search, work, looked_at):
    trial_id = search(
        "mine", FITTED.format(size=1, fit='print("units are", params["units"]); return missing')
    )
    work()
    assert "The program printed:\nunits are " in looked_at(trial_id).traceback


def test_another_text_of_a_file_is_another_training(database, search):
    ids = [search("mine", DENSE, seed=seed) for seed in (0, 0, 1)] + [
        search("mine", DENSE + "# changed\n")
    ]
    with database.read() as session:
        found = [session.get(Trial, trial_id).training_id for trial_id in ids]
        assert session.scalar(select(func.count()).select_from(Training)) == 3
    assert found[0] == found[1] != found[2] != found[3] != found[0]
