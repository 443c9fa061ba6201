"""hyperopt itself draws what a space allows from the code that Foretune exports for it."""

import numpy as np
import pytest

from app.domain.hyperopt.export_code import write_hyperopt_code
from app.domain.presets import PRESETS
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS

DRAWS = 30
SPACES = {name: preset.space for name, preset in PRESETS.items()} | {"endless": ENDLESS}


def flatten_draw(draw):
    """Names and values of a draw, those inside chosen branches included."""
    values = {}
    for name, value in draw.items():
        if isinstance(value, dict):
            values |= flatten_draw(value)
        else:
            values[name] = value.item() if hasattr(value, "item") else value
    return values


def to_foretune(dimension, value):
    """A drawn value as Foretune has it: hyperopt draws whole numbers as floats."""
    if dimension.is_integer and not isinstance(value, str | bool):
        return round(value)
    return value


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SPACES)
def test_hyperopt_draws_from_the_space_that_was_exported(name):
    from hyperopt.pyll.stochastic import sample

    space = SearchSpace.parse(SPACES[name])
    module: dict[str, object] = {}

    exec(write_hyperopt_code(space), module)

    for seed in range(DRAWS):
        draw = sample(module["space"], rng=np.random.default_rng(seed))
        values = flatten_draw(draw)
        active = [
            dimension for dimension in space.searched if space.is_active(dimension.name, values)
        ]
        assert {dimension.name for dimension in active} <= set(values)
        for dimension in active:
            value = to_foretune(dimension, values[dimension.name])
            assert dimension.contains(value), (dimension, value)
