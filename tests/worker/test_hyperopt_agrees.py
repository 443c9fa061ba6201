"""hyperopt itself, beside what Foretune exports for it and what Foretune chooses with it."""

from zlib import crc32

import numpy as np
import pytest

from app.domain.hyperopt.export_code import write_hyperopt_code
from app.domain.presets import PRESETS
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS
from worker.strategies import Observation, suggest

DRAWS = 30
TRIALS = 40
SPACES = {name: preset.space for name, preset in PRESETS.items()} | {"endless": ENDLESS}
SEARCHED = {
    "flat": {
        "learning_rate": {"loguniform": [1e-5, 1e-1]},
        "dropout_1": {"uniform": [0.0, 0.6]},
        "units_1": {"integer": [8, 128]},
        "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
        "time_steps": {"choice": [10, 20, 60]},
    },
    "steps": {
        "units_1": {"integer": [8, 64], "step": 8},
        "dense_units_1": {"integer": [5, 32], "step": 4},
        "dense_layers": 1,
        "dropout_1": {"uniform": [0.1, 0.5], "step": 0.1},
        "batch_size": {"loguniform": [16, 128], "step": 16},
        "patience": {"loguniform": [2, 30]},
        "epochs": {"loguniform": [7, 50], "step": 3},
    },
    "branches": {
        "recurrent_layers": {"choice": [1, 2, 3]},
        "units_2": {"integer": [8, 128]},
        "dropout_3": {"uniform": [0.0, 0.6]},
        "cell": {"choice": ["lstm", "gru"]},
        "recurrent_dropout_1": {"uniform": [0.0, 0.6], "when": {"cell": "gru"}},
        "optimizer": {"choice": ["sgd", "rmsprop", "adam"], "when": {"cell": "gru"}},
        "input_dropout_1": {"uniform": [0.0, 0.9], "when": {"optimizer": ["sgd", "rmsprop"]}},
    },
}


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
    """A drawn value as Foretune has it: hyperopt leaves rounding errors in multiples of a step."""
    if dimension.is_integer or dimension.is_listed or dimension.step is None:
        return value
    return round(value, 12)


def exported_space(space):
    module: dict[str, object] = {}
    exec(write_hyperopt_code(space), module)
    return module["space"]


def parameters_of(space, draw):
    values = flatten_draw(draw)
    for dimension in space.searched:
        if dimension.name in values:
            values[dimension.name] = to_foretune(dimension, values[dimension.name])
    return space.to_parameters(values)


def loss_of(parameters):
    """Lower for small numbers and short words; None for every tenth or so: such a trial fails."""
    fails = crc32(repr(parameters).encode()) % 10 == 0
    if fails:
        return None
    return sum(len(value) if isinstance(value, str) else value for value in parameters.values())


def searched_by_fmin(algorithm, space, seed):
    """The parameters of each trial, and its loss."""
    import hyperopt

    trials = []

    def evaluate(draw):
        parameters = parameters_of(space, draw)
        loss = loss_of(parameters)
        trials.append((parameters, loss))
        if loss is None:
            return {"status": hyperopt.STATUS_FAIL}
        return {"status": hyperopt.STATUS_OK, "loss": loss}

    hyperopt.fmin(
        evaluate,
        exported_space(space),
        algo=algorithm,
        max_evals=TRIALS,
        rstate=np.random.default_rng(seed),
        verbose=False,
        show_progressbar=False,
    )
    return trials


def searched_by_foretune(strategy, space, seed):
    trials = []
    observations = []
    for number in range(1, TRIALS + 1):
        parameters = suggest(strategy, space, seed, [], observations, number)
        loss = loss_of(parameters)
        trials.append((parameters, loss))
        state = "failed" if loss is None else "finished"
        observations.append(Observation(number, parameters, loss, state))
    return trials


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SPACES)
def test_hyperopt_draws_from_the_space_that_was_exported(name):
    from hyperopt.pyll.stochastic import sample

    space = SearchSpace.parse(SPACES[name])
    nodes = exported_space(space)

    for seed in range(DRAWS):
        draw = sample(nodes, rng=np.random.default_rng(seed))
        values = flatten_draw(draw)
        active = [
            dimension for dimension in space.searched if space.is_active(dimension.name, values)
        ]
        assert {dimension.name for dimension in active} <= set(values)
        for dimension in active:
            value = to_foretune(dimension, values[dimension.name])
            assert dimension.contains(value), (dimension, value)


@pytest.mark.parametrize("name", SEARCHED)
@pytest.mark.parametrize("module", ["tpe", "anneal", "rand"])
def test_every_trial_is_the_one_that_fmin_chooses_for_the_exported_space(name, module):
    import hyperopt

    strategy = f"hyperopt-{module.replace('rand', 'random')}"
    algorithm = getattr(hyperopt, module).suggest
    space = SearchSpace.parse(SEARCHED[name])

    theirs = searched_by_fmin(algorithm, space, seed=7)
    ours = searched_by_foretune(strategy, space, seed=7)

    assert ours == theirs
    assert 0 < [loss for _, loss in ours].count(None) < TRIALS / 2


def test_hyperopt_counts_a_trial_without_result_as_one_that_failed():
    import hyperopt

    space = SearchSpace.parse(SEARCHED["flat"])
    trials = searched_by_fmin(hyperopt.tpe.suggest, space, seed=3)
    losses = [loss for _, loss in trials]
    failed = []
    pending = []
    for number, (parameters, loss) in enumerate(trials, start=1):
        state = "finished" if loss is not None else "failed"
        failed.append(Observation(number, parameters, loss, state))
        state = "finished" if loss is not None else "pending"
        pending.append(Observation(number, parameters, loss, state))

    after_failed = suggest("hyperopt-tpe", space, 3, [], failed, TRIALS + 1)
    after_pending = suggest("hyperopt-tpe", space, 3, [], pending, TRIALS + 1)

    assert None in losses
    assert after_failed == after_pending
