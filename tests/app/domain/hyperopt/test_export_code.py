"""A space exported as hyperopt code is imported as the same space."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from app.domain.hyperopt.export_code import HyperoptExportError, write_hyperopt_code
from app.domain.hyperopt.import_code import parse_hyperopt_code
from app.domain.presets import PRESETS
from app.domain.search_space.space import SearchSpace, SpaceError
from tests.app.domain.spaces import documents

DECIDED_BY_A_LAYER = {
    "cell": {"fixed": "gru", "when": {"dropout_2": 0.0}},
    "dropout_2": {"choice": [0.0, 0.5]},
    "recurrent_layers": {"choice": [1, 2]},
}


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_preset_is_imported_as_it_was(preset):
    space = SearchSpace.parse(preset.space)

    imported = parse_hyperopt_code(write_hyperopt_code(space))

    assert imported.document() == space.document()


@settings(max_examples=150, deadline=None)
@given(documents())
@example(DECIDED_BY_A_LAYER)
def test_any_space_is_imported_with_the_same_combinations(document):
    try:
        space = SearchSpace.parse(document)
        code = write_hyperopt_code(space)
    except (SpaceError, HyperoptExportError):
        assume(False)
    generator = np.random.default_rng(1)

    imported = parse_hyperopt_code(code)

    for _ in range(10):
        assert imported.contains(space.sample(generator))
        assert space.contains(imported.sample(generator))


def test_conditions_with_too_many_branches_are_refused_with_a_message():
    space = SearchSpace.parse(
        {
            "units_1": {"integer": [1, 1024], "step": 1},
            "cell": {"choice": ["lstm", "gru"], "when": {"units_1": [3, 4]}},
        }
    )

    with pytest.raises(HyperoptExportError, match="units_1, which has too many values"):
        write_hyperopt_code(space)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("dropout_1", {"uniform": [0.4, 0.5], "step": 0.1}),
        ("dropout_1", {"uniform": [0.2, 0.3], "step": 0.1}),
        ("dropout_1", {"uniform": [0.1, 0.7], "step": 0.2}),
        ("dropout_1", {"uniform": [0.15, 0.45], "step": 0.15}),
        ("dropout_1", {"uniform": [0.05, 0.95], "step": 0.3}),
        ("dropout_1", {"uniform": [0.123, 0.579], "step": 0.003}),
        ("dropout_1", {"uniform": [0.1, 0.9], "step": 0.8}),
        ("units_1", {"integer": [7, 50], "step": 9}),
        ("units_1", {"loguniform": [7, 50], "step": 9}),
        ("units_1", {"loguniform": [8, 64], "step": 8}),
        ("learning_rate", {"loguniform": [0.001, 0.1], "step": 0.0005}),
        ("learning_rate", {"loguniform": [0.0015, 0.1], "step": 0.001}),
    ],
)
def test_an_exported_range_with_a_step_is_imported_with_the_same_values(
    name: str, entry: object
) -> None:
    dimension = SearchSpace.parse({name: entry}).dimensions[name]

    imported = parse_hyperopt_code(write_hyperopt_code(SearchSpace({name: dimension})))

    other = imported.dimensions[name]
    values = [dimension.value_at(index) for index in range(dimension.count)]
    assert [other.value_at(index) for index in range(other.count)] == values
