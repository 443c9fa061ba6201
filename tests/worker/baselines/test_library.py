"""Loading statsforecast's models."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from worker.baselines.library import load_models

models = load_models()
assert load_models() is models
print(models.AutoETS.__name__, "fugue" in sys.modules, "pyarrow" in sys.modules)
"""


@pytest.mark.slow
def test_the_models_are_loaded_without_what_is_for_clusters():
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )

    assert ended.stdout.split() == ["AutoETS", "False", "False"]
