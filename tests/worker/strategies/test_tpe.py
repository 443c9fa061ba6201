"""TPE: told by hyperopt's own documents, better than random draws."""

import numpy as np
import pytest

from app.domain.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS, drawn, searched
from worker.strategies.base import Observation
from worker.strategies.tpe import TOLD, Suggester, decoded, encoded, telling


@pytest.mark.parametrize(
    "entry",
    [
        {"choice": [30, 8, 64]},
        {"integer": [3, 17]},
        {"integer": [8, 60], "step": 8},
        {"loguniform": [8, 512]},
        {"loguniform": [10, 500], "step": 7},
    ],
)
def test_every_value_is_told_and_understood_as_itself(entry):
    dimension = SearchSpace.parse({"units_1": entry}).dimensions["units_1"]
    values = [dimension.value_at(place) for place in range(dimension.count)]
    assert [decoded(dimension, encoded(dimension, value)) for value in values] == values


def test_suggestions_from_beyond_the_ends_are_brought_within():
    dimension = SearchSpace.parse({"units_1": {"integer": [3, 17]}}).dimensions["units_1"]
    assert decoded(dimension, -1.0) == 3
    assert decoded(dimension, 99.0) == 17


@pytest.mark.parametrize("entry", [{"integer": [1, 8]}, {"loguniform": [10, 34], "step": 8}, {"loguniform": [1, 3]}])
def test_whichever_value_of_a_short_range_is_good_is_suggested(entry):
    space = SearchSpace.parse({"units_1": entry, "dropout_1": {"uniform": [0.0, 0.5]}})
    dimension, generator = space.dimensions["units_1"], np.random.default_rng(0)
    for good in range(dimension.count):
        told = []
        for number in range(1, 25):
            units = dimension.value_at(number % dimension.count)
            point = space.settle({"units_1": units, "dropout_1": generator.uniform(0, 0.5)})
            told.append(Observation(number, point, abs(dimension.place_of(units) - good), "finished"))
        assert Suggester(space, told).suggest(25, generator)["units_1"] == dimension.value_at(good)


def test_what_is_best_alone_and_impossible_together_is_drawn_and_the_rest_kept():
    document = {name: {"choice": [True, False]} for name in ("stateful", "shuffle")}
    space = SearchSpace.parse({**document, "units_1": {"choice": [8, 16, 32, 64]}})
    good = [(True, False, 8), (False, True, 8)] * 10
    rows = [space.settle(dict(zip((*document, "units_1"), values, strict=True))) for values in good]
    poor = [space.settle({"stateful": False, "shuffle": False, "units_1": units}) for units in (16, 32, 64)] * 10
    told = [Observation(n, row, float(n > 20), "finished") for n, row in enumerate([*rows, *poor], start=1) if row]
    generator = np.random.default_rng(0)
    found = [Suggester(space, told).suggest(99, generator) for _ in range(10)]
    assert all(row and row["units_1"] == 8 for row in found)


def test_what_is_inactive_in_a_trial_is_left_out_of_its_document():
    space = SearchSpace.parse(ENDLESS)
    history = drawn(ENDLESS, 30)
    documents = Suggester(space, history).trials.trials
    for row, document in zip(history, documents, strict=True):
        told = {name for name, values in document["misc"]["vals"].items() if values}
        assert ("recurrent_dropout_1" in told) == (row.parameters["cell"] == "gru")
        assert told == set(space.varying(row.parameters))


def test_pending_and_failed_trials_are_told_as_the_worst():
    (point,) = (row.parameters for row in drawn(ENDLESS, 1))
    rows = [
        Observation(1, point, 0.5, "finished"),
        Observation(2, point, None, "pending"),
        Observation(3, point, None, "failed"),
    ]
    documents = Suggester(SearchSpace.parse(ENDLESS), rows).trials.trials
    assert [document["result"]["loss"] for document in documents] == [0.5, np.inf, np.inf]


def test_of_many_trials_the_best_and_the_latest_are_told_in_order():
    rows = [Observation(n, {}, float(n), "finished") for n in range(1, 1001)]
    numbers = [row.number for row in telling(rows)]
    assert numbers == [*range(1, TOLD // 2 + 1), *range(1001 - TOLD // 2, 1001)]


def test_tpe_is_better_than_random_draws():
    best = {
        strategy: np.median([min(row.objective for row in searched(strategy, ENDLESS, 40, seed)) for seed in range(5)])
        for strategy in ("tpe", "random")
    }
    assert best["tpe"] < best["random"]
