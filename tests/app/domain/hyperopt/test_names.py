"""How people write hyperparameters and their values."""

import pytest

from app.domain.hyperopt.names import closest_name, resolve_name, resolve_value
from app.domain.search_space.catalogue import CATALOGUE


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("units_1", "units_1"),
        ("lr", "learning_rate"),
        ("Batch Size", "batch_size"),
        ("lstm2_nodes", "units_2"),
        ("nodes_lstm_2", "units_2"),
        ("lstm1_recurrent_dropouts", "recurrent_dropout_1"),
        ("recurrent_dropout_2", "recurrent_dropout_2"),
        ("dense2_nodes", "dense_units_2"),
        ("lstm9_nodes", None),
        ("colour", None),
    ],
)
def test_a_key_means_a_hyperparameter(written: str, name: str | None) -> None:
    assert resolve_name(written, CATALOGUE) == name


def test_the_most_similar_name_is_suggested() -> None:
    assert closest_name("unitz_1", CATALOGUE) == "units_1"
    assert closest_name("xyz", CATALOGUE) is None


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("optimizer", "RMS", "rmsprop"),
        ("recurrent_layers", "two", 2),
        ("optimizer", "lion", "lion"),
        ("units_1", 8, 8),
    ],
)
def test_a_value_is_spelled_as_in_the_catalogue(name: str, written: str, value: object) -> None:
    assert resolve_value(CATALOGUE[name], written) == value
