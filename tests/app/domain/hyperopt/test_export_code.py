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
