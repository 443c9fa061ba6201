"""What is stored is loaded as plain arrays: no pickle, and no model but the one a bundle was packed with."""

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
LOADERS = re.compile(
    r"\b(import pickle|from pickle|joblib|dill|shelve|marshal|allow_pickle=True|load_weights|model_from)\b"
)


class Trap:
    """Says so when it is unpickled."""

    sprung = False

    def __reduce__(self):
        return (setattr, (Trap, "sprung", True))


def pickled() -> list[bytes]:
    """A trap as a pickle, as an npy and as the arrays of an npz."""
    npy, npz = io.BytesIO(), io.BytesIO()
    trap = np.array([Trap()], dtype=object)
    np.save(npy, trap, allow_pickle=True)
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
@pytest.mark.parametrize("place", range(3))
def test_a_pickle_in_the_database_is_refused_and_not_opened(load, place):
    with pytest.raises((ValueError, KeyError, OSError, TypeError)):
        load(pickled()[place])
    assert not Trap.sprung


def test_the_trap_works():
    pickle.loads(pickled()[0])
    assert Trap.sprung
    Trap.sprung = False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_loads_what_can_run_code(path):
    text = path.read_text()
    assert LOADERS.search(text) is None
    loads_models = "load_model(" in text
    assert not loads_models or path == ROOT / "worker/bundles/files/predict.py"


def test_a_bundle_loads_the_model_beside_it_and_safely_unless_it_brings_layers_of_its_own():
    text = (ROOT / "worker/bundles/files/predict.py").read_text()
    assert re.findall(r"load_model\(\s*([^,]+),", text) == ['HERE / "model.keras"']
    assert "safe_mode=custom_objects is None" in text
