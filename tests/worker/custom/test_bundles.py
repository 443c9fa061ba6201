"""Bundles of custom models: they predict without the program, or say why they cannot."""

import base64
import io
import json
import marshal
import zipfile

import pytest
from sqlalchemy import select

from app.db.models import Artifact, Trial
from app.domain.terms import ArtifactKind, TrialState
from app.queue import artifacts
from worker.runs import bundling

pytestmark = pytest.mark.slow
STATEFUL = """
import keras


def network(x_train, y_train, x_val, y_val, params):
    model = keras.Sequential()
    model.add(keras.Input(batch_shape=(params["batch_size"], *x_train.shape[1:])))
    model.add(keras.layers.LSTM(params["units"], stateful=True))
    model.add(keras.layers.Dropout(0.2))
    model.add(keras.layers.Dense(1))
    model.compile(loss="mse", optimizer="rmsprop")
    history = model.fit(
        x_train,
        y_train,
        epochs=2,
        batch_size=params["batch_size"],
        shuffle=False,
        validation_data=(x_val, y_val),
    )
    return history, model


p = {"units": [3, 4], "batch_size": [4]}
"""
CUSTOM_LAYERS = """
import keras

HALF = 0.5


class Halved(keras.layers.Layer):
    def call(self, inputs):
        return inputs * HALF


class Unsaved(keras.layers.Layer):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, inputs):
        return self.function(inputs)


def build(hp):
    model = keras.Sequential([keras.layers.Flatten(), {layers}, keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer="sgd")
    hp.Choice("units", [1, 2])
    return model
"""


@pytest.fixture
def bundle_of(settings, database, work, get_trial, warm_python):
    """Runs a queued trial and makes its bundle; its content and its problem."""

    def make(trial_id):
        work()
        trial = get_trial(trial_id)
        assert (trial.state, trial.error) == (TrialState.COMPLETED, None)
        with database.write() as session:
            artifacts.request_bundle(session, session.get(Trial, trial_id))
        with database.write() as session:
            wish = artifacts.claim_bundle(session)
        bundling.make_bundle(settings.url, wish.row_id, wish.token, settings.data)
        with database.read() as session:
            bundle = session.get_one(Artifact, wish.row_id)
            return bundle.content, bundle.problem

    return make


def test_a_stateful_model_of_fixed_batches_is_bundled_and_predicts_row_by_row(
    queue_trial, bundle_of
):
    trial_id = queue_trial("mine", STATEFUL)

    content, problem = bundle_of(trial_id)

    assert problem is None
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {"model.keras", "predict.py", "settings.json", "trial.json"} <= set(archive.namelist())
    assert b'"custom_model": "mine"' in archive.read("trial.json")


def test_a_bundle_contains_the_custom_layers_of_its_model(queue_trial, bundle_of):
    source = CUSTOM_LAYERS.format(layers="Halved(), keras.layers.Lambda(lambda value: value + 1)")
    trial_id = queue_trial("mine", source, epochs=1, batch_size=16)

    content, problem = bundle_of(trial_id)

    assert problem is None
    custom_objects = zipfile.ZipFile(io.BytesIO(content)).read("network.py").decode()
    assert "HALF = 0.5" in custom_objects
    assert "def build" not in custom_objects
    assert "HAS_LAMBDA_LAYERS = True" in custom_objects


def test_a_model_of_custom_layers_without_lambdas_is_loaded_in_safe_mode(queue_trial, bundle_of):
    source = CUSTOM_LAYERS.format(layers="Halved()")
    trial_id = queue_trial("mine", source, epochs=1, batch_size=16)

    content, problem = bundle_of(trial_id)

    assert problem is None
    custom_objects = zipfile.ZipFile(io.BytesIO(content)).read("network.py").decode()
    assert "HAS_LAMBDA_LAYERS = False" in custom_objects


def test_code_that_was_put_into_a_stored_model_does_not_run(
    database, queue_trial, work, bundle_of, tmp_path
):
    source = CUSTOM_LAYERS.format(layers="keras.layers.Lambda(lambda value: value + 1)")
    trial_id = queue_trial("mine", source, epochs=1, batch_size=16)
    work()
    witness = tmp_path / "it-ran"
    with database.write() as session:
        query = select(Artifact).where(Artifact.kind == ArtifactKind.MODEL)
        model = session.scalars(query).one()
        model.content = with_other_lambda(model.content, witness)

    content, problem = bundle_of(trial_id)

    assert content is None
    assert "Python code that is not in mine.py" in problem
    assert not witness.exists()


def with_other_lambda(keras_file: bytes, witness) -> bytes:
    """The model, whose lambda makes a file when it runs."""
    function = eval(f"lambda value: __import__('pathlib').Path({str(witness)!r}).touch() or value")
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode()
    source = zipfile.ZipFile(io.BytesIO(keras_file))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                config = json.loads(content)
                for layer in config["config"]["layers"]:
                    if layer["class_name"] == "Lambda":
                        layer["config"]["function"]["config"]["code"] = code
                content = json.dumps(config).encode()
            target.writestr(name, content)
    return buffer.getvalue()


def test_a_model_that_keras_cannot_save_gets_no_bundle_but_a_reason(
    database, queue_trial, bundle_of
):
    source = CUSTOM_LAYERS.format(layers="Unsaved(abs)")
    trial_id = queue_trial("mine", source, epochs=1, batch_size=16)

    content, problem = bundle_of(trial_id)

    assert content is None
    assert "Keras cannot save this model" in problem
    with database.read() as session:
        model = session.scalars(select(Artifact).where(Artifact.kind == ArtifactKind.MODEL)).one()
        assert (model.content, model.size) == (None, None)
        assert model.problem == problem
        assert session.get(Trial, model.trial_id).objective is not None
