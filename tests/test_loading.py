"""Stored arrays are loaded without pickle; only a bundle loads a model, the one packed in it."""

import io
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from app.domain.csv_reading.series import Series
from worker import serialization

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("worker/**/*.py")])
FORECASTING = ROOT / "worker/bundles/files/forecasting.py"
LAMBDAS = ROOT / "worker/bundles/lambdas.py"  # decodes bytecode to compare it, and runs none
LOADERS_THAT_RUN_CODE = re.compile(
    r"\b(import pickle|from pickle|joblib|dill|shelve|marshal"
    r"|allow_pickle=True|load_weights|model_from)\b"
)


class Trap:
    """Says so when it is unpickled."""

    sprung = False

    def __reduce__(self):
        return (setattr, (Trap, "sprung", True))


def pickled_traps() -> list[bytes]:
    """A trap as a pickle, as an npy and as the arrays of an npz."""
    trap = np.array([Trap()], dtype=object)
    npy = io.BytesIO()
    np.save(npy, trap, allow_pickle=True)
    npz = io.BytesIO()
    np.savez(npz, training=trap, weight_000=trap, dates=trap, values=trap, allow_pickle=True)
    return [pickle.dumps(Trap()), npy.getvalue(), npz.getvalue()]


@pytest.mark.parametrize(
    "load",
    [
        serialization.unpack,
        serialization.unpack_weights,
        serialization.unpack_checkpoint,
        Series.from_bytes,
    ],
)
@pytest.mark.parametrize("index", range(3))
def test_a_pickle_in_the_database_is_refused_and_not_opened(load, index):
    with pytest.raises((ValueError, KeyError, OSError, TypeError)):
        load(pickled_traps()[index])

    assert not Trap.sprung


def test_the_trap_works():
    pickle.loads(pickled_traps()[0])

    assert Trap.sprung
    Trap.sprung = False


def test_no_source_loads_what_can_run_code():
    paths = sorted({*SOURCES} - {LAMBDAS})
    texts = {path: path.read_text() for path in paths}

    assert paths
    assert [path for path, text in texts.items() if LOADERS_THAT_RUN_CODE.search(text)] == []
    assert [path for path, text in texts.items() if "load_model(" in text] == [FORECASTING]


def test_a_bundle_loads_the_model_beside_it_and_safely_unless_it_has_lambda_layers():
    text = FORECASTING.read_text()

    assert re.findall(r"load_model\(\s*([^,]+),", text) == ['folder / "model.keras"']
    assert "safe_mode=not has_lambda_layers(network)" in text


def test_bytecode_that_is_compared_is_never_run():
    called = set(
        re.findall(r"\b(exec|eval|FunctionType|__import__|load_model)\(", LAMBDAS.read_text())
    )

    assert called == set()
