"""A space as hyperopt code: it reads back as the same space, and hyperopt itself draws from that space."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from app.domain.hyperopt.export_code import NoCodeError, hyperopt_code
from app.domain.hyperopt.import_code import space_of_hyperopt
from app.domain.presets import PRESETS
from app.domain.search_space.space import SearchSpace, SpaceError
from tests.app.domain.spaces import documents

ODD = {
    "cell": {"fixed": "gru", "when": {"dropout_2": 0.0}},
    "dropout_2": {"choice": [0.0, 0.5]},
    "recurrent_layers": {"choice": [1, 2]},
}


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_preset_reads_back_as_it_was(preset):
    space = SearchSpace.parse(preset.space)
    assert space_of_hyperopt(hyperopt_code(space)).document() == space.document()


@settings(max_examples=150, deadline=None)
@given(documents())
@example(ODD)
def test_any_space_reads_back_with_the_same_combinations(document):
    try:
        space = SearchSpace.parse(document)
        code = hyperopt_code(space)
    except (SpaceError, NoCodeError):
        assume(False)
    back, generator = space_of_hyperopt(code), np.random.default_rng(1)
    for _ in range(10):
        assert back.contains(space.sample(generator))
        assert space.contains(back.sample(generator))


def test_conditions_with_too_many_branches_are_refused_in_words():
    space = SearchSpace.parse(
        {
            "units_1": {"integer": [1, 1024], "step": 1},
            "cell": {"choice": ["lstm", "gru"], "when": {"units_1": [3, 4]}},
        }
    )
    with pytest.raises(NoCodeError, match="units_1, which has too many values"):
        hyperopt_code(space)
