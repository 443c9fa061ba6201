"""A space around a trial: near its values, within what is allowed, its structure unchanged."""

from app.domain.search_space.neighbourhood import space_around
from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace

SEARCHED = {
    "cell": {"choice": ["lstm", "gru"]},
    "recurrent_layers": {"choice": [1, 2]},
    "units_1": {"choice": [8, 16, 32, 64]},
    "units_2": {"loguniform": [4, 64]},
    "dropout_1": {"uniform": [0.0, 0.4]},
    "learning_rate": {"loguniform": [0.0001, 0.1]},
    "batch_size": {"integer": [16, 128], "step": 16},
    "time_steps": {"loguniform": [10, 200]},
}
POINT = {
    "cell": "gru",
    "units_1": 16,
    "dropout_1": 0.05,
    "learning_rate": 0.01,
    "batch_size": 32,
    "time_steps": 60,
}


def test_numbers_are_searched_near_the_trial_and_everything_else_stays():
    space = SearchSpace.parse(SEARCHED)
    parameters = with_defaults(POINT)

    document = space_around(space, parameters, set(SEARCHED), {"time_steps": 100.0})

    assert document["cell"] == "gru"
    assert document["recurrent_layers"] == 1
    assert "units_2" not in document
    assert document["units_1"] == {"choice": [8, 16, 32]}
    assert document["dropout_1"] == {"uniform": [0.0, 0.15]}
    assert document["learning_rate"] == {"loguniform": [0.00316, 0.0316]}
    assert document["batch_size"] == {"integer": [16, 96], "step": 16}
    assert document["time_steps"] == {"loguniform": [19, 100]}
    assert SearchSpace.parse(document).contains(parameters)


def test_a_trial_of_a_search_that_varied_nothing_gets_ranges_on_logarithmic_scales():
    parameters = with_defaults({"units_1": 1000, "learning_rate": 0.5})

    document = space_around(SearchSpace.parse({}), parameters, (), {})

    assert document["units_1"] == {"loguniform": [317, 1024]}
    assert document["learning_rate"] == {"loguniform": [0.158, 1.0]}
    assert document["epochs"] == 20
    assert document["dropout_1"] == 0.0
