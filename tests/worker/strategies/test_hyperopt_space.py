"""A space for hyperopt: its nodes, and parameters as values under its labels and back."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from app.domain.hyperopt.export_branches import HyperoptExportError
from app.domain.search_space.space import SearchSpace, SpaceError
from tests.app.domain.spaces import documents
from tests.worker.strategies.searches import ENDLESS
from worker.strategies.hyperopt_space import HyperoptSpace, OutsideSpace, hyperopt_space

STEPS = {
    "units_1": {"integer": [5, 60], "step": 8},
    "dropout_1": {"uniform": [0.1, 0.4], "step": 0.1},
    "batch_size": {"loguniform": [16, 128], "step": 16},
}


def as_hyperopt_stores(values):
    return {label: [value] for label, value in values.items()}


@settings(max_examples=60, deadline=None)
@given(documents())
@example(ENDLESS)
@example(STEPS)
def test_what_is_encoded_is_decoded_as_it_was(document):
    try:
        space = SearchSpace.parse(document)
        assume(space.searched)
        converted = HyperoptSpace(space)
    except (SpaceError, HyperoptExportError):
        assume(False)
    generator = np.random.default_rng(1)

    for _ in range(10):
        parameters = space.sample(generator)
        values = converted.encode(parameters)

        assert space.to_parameters(converted.decode(as_hyperopt_stores(values))) == parameters
        assert set(values) <= set(converted.domain.params)


def test_multiples_of_a_step_are_encoded_to_the_last_digit():
    space = SearchSpace.parse(STEPS)
    parameters = space.to_parameters({"units_1": 13, "dropout_1": 0.3, "batch_size": 48})

    values = HyperoptSpace(space).encode(parameters)

    assert values == {"units_1": 1.0, "dropout_1": 3 * 0.1, "batch_size": 48.0}


def test_a_number_beyond_an_end_is_decoded_as_the_end():
    space = SearchSpace.parse({"learning_rate": {"loguniform": [1e-4, 1e-1]}, **STEPS})
    beyond = {"learning_rate": [0.1 + 1e-15], "units_1": [6.0], "dropout_1": [0.4000000000001]}

    parameters = HyperoptSpace(space).decode({**beyond, "batch_size": [128.0]})

    assert parameters["learning_rate"] == 0.1
    assert parameters["units_1"] == 53
    assert parameters["dropout_1"] == 0.4


@pytest.mark.parametrize(
    "value", [{"units_1": 7}, {"dropout_1": 0.55}, {"cell": "rnn"}, {"recurrent_layers": 3}]
)
def test_parameters_from_outside_the_space_are_refused(value):
    space = SearchSpace.parse({**ENDLESS, "dropout_1": {"uniform": [0.0, 0.5]}})
    parameters = space.sample(np.random.default_rng(0))

    with pytest.raises(OutsideSpace):
        HyperoptSpace(space).encode({**parameters, **value})


def test_a_space_is_converted_once():
    first = hyperopt_space(SearchSpace.parse(ENDLESS))
    second = hyperopt_space(SearchSpace.parse(ENDLESS))

    assert first is second
