"""How people write hyperparameters and their values."""

import pytest

from app.domain.hyperopt.names import resolve_name, resolve_value, suggest_names
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
        *[(written, "learning_rate") for written in ("LearningRate", "init_lr", "learn_rate")],
        *[(written, "dropout_1") for written in ("dropout_rate", "drop_rate", "dropout_prob")],
        *[(written, "units_1") for written in ("n_units", "hidden_units", "lstm_hidden_size")],
        *[(written, "units_2") for written in ("units2", "layer_2_units", "second_neuron")],
        *[(written, "time_steps") for written in ("lookBack", "seq_len", "n_lags", "window_len")],
        *[(written, "recurrent_layers") for written in ("n_layers", "num_lstm_layers", "layers")],
        *[(written, "dense_layers") for written in ("num_dense_layers", "n_dense_layers")],
        ("dropout_rate_2", "dropout_2"),
        ("rec_dropout", "recurrent_dropout_1"),
        ("lstm_input_dropout", "input_dropout_1"),
        ("fc_units", "dense_units_1"),
        ("dense_1", "dense_units_1"),
        ("minibatch_size", "batch_size"),
        ("max_epochs", "epochs"),
        ("rnn_type", "cell"),
        ("kernel_size", None),
        ("units_0", None),
        ("units_1_2", None),
    ],
)
def test_a_key_means_a_hyperparameter(written: str, name: str | None) -> None:
    assert resolve_name(written, CATALOGUE) == name


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("unitz_1", ("units_1",)),
        ("unitz_2", ("units_2",)),
        ("dropuot", ("dropout_1",)),
        ("batch_sise", ("batch_size",)),
        ("n_hidden", ("units_1", "dense_units_1")),
        ("num_hidden_layers", ("recurrent_layers", "dense_layers")),
        ("activation", ("output_activation",)),
        ("weight_decay", ()),
        ("xyz", ()),
    ],
)
def test_the_names_that_may_be_meant_are_suggested(written: str, names: tuple[str, ...]) -> None:
    assert resolve_name(written, CATALOGUE) is None
    assert suggest_names(written, CATALOGUE) == names


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
