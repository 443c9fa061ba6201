"""hyperopt itself, given the code Foretune writes, draws what Foretune's space allows."""

import numpy as np
import pytest

from app.domain.hyperopt.export_code import write_hyperopt_code
from app.domain.presets import PRESETS
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS

SPACES = {name: preset.space for name, preset in PRESETS.items()} | {"endless": ENDLESS}


def flat(drawn):
    """Names and values of a draw, those in chosen branches among them."""
    found = {}
    for name, value in drawn.items():
        found |= (
            flat(value)
            if isinstance(value, dict)
            else {name: value.item() if hasattr(value, "item") else value}
        )
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SPACES)
def test_hyperopt_draws_from_the_space_that_was_written(name):
    from hyperopt.pyll.stochastic import sample

    space = SearchSpace.parse(SPACES[name])
    names: dict[str, object] = {}
    exec(write_hyperopt_code(space), names)
    for seed in range(30):
        values = flat(sample(names["space"], rng=np.random.default_rng(seed)))
        for dimension in space.searched:
            if dimension.name in values and space.is_active(dimension.name, values):
                value = values[dimension.name]
                whole = (
                    round(value)
                    if dimension.is_integer and not isinstance(value, str | bool)
                    else value
                )
                assert dimension.contains(whole), (dimension, value)
        assert {
            dimension.name
            for dimension in space.searched
            if space.is_active(dimension.name, values)
        } <= set(values)
