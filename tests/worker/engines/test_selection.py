"""The engine follows from the network and the machine."""

import pytest

from tests.worker.networks import tiny_config
from worker.engines.selection import choose_engine


@pytest.mark.parametrize(
    ("changes", "gpus", "has_compiler", "expected"),
    [
        ({}, 0, True, "native"),
        ({"cell": "gru"}, 0, True, "native"),
        ({"recurrent_dropout_1": 0.1}, 0, True, "native"),
        ({}, 1, True, "native"),
        ({"units_1": 64, "batch_size": 32}, 1, True, "native"),
        ({"units_1": 128, "batch_size": 32}, 1, True, "keras"),
        ({"units_1": 32, "batch_size": 256}, 1, True, "keras"),
        ({"recurrent_layers": 2, "units_2": 128, "batch_size": 32}, 1, True, "keras"),
        ({}, 2, False, "keras"),
        ({}, 0, False, "fused"),
        ({"cell": "gru"}, 0, False, "keras"),
        ({"recurrent_dropout_1": 0.1}, 0, False, "keras"),
    ],
)
def test_the_engine_follows_from_the_network_and_the_machine(changes, gpus, has_compiler, expected):
    choice = choose_engine(tiny_config(**changes), gpus=gpus, has_compiler=has_compiler)

    assert choice.engine.name == expected
    assert choice.reason.endswith(".")
