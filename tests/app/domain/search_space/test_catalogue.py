"""The catalogue: which hyperparameters there are, and that each is described and possible."""

from app.domain.search_space.catalogue import CATALOGUE
from app.domain.search_space.parameters import parameter_problems

NAMES = (
    *("cell", "recurrent_layers", "units_1", "dropout_1", "input_dropout_1", "recurrent_dropout_1"),
    *("units_2", "dropout_2", "input_dropout_2", "recurrent_dropout_2"),
    *("units_3", "dropout_3", "input_dropout_3", "recurrent_dropout_3"),
    *("dense_layers", "dense_units_1", "dense_units_2", "output_activation"),
    *("optimizer", "learning_rate", "batch_size", "epochs", "patience", "stateful", "shuffle"),
    *("time_steps", "target", "scaling", "calendar", "season_lags"),
)


def test_every_hyperparameter_has_a_label_a_help_text_and_a_possible_default():
    for row in CATALOGUE.values():
        assert row.label
        assert row.help.endswith(".")
        assert parameter_problems({row.name: row.default}) == []


def test_the_catalogue_has_the_names_that_other_modules_rely_on():
    assert tuple(CATALOGUE) == NAMES
