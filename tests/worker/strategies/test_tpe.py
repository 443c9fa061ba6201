"""TPE: which trials are good, what is suggested from them, and better than random draws."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS, drawn, median_best
from worker.strategies import suggest
from worker.strategies.base import Observation, Search
from worker.strategies.tpe import MAX_TRIALS_FOR_DENSITIES, Tpe, split_by_score, trials_to_fit


@pytest.mark.parametrize(
    "entry", [{"integer": [1, 8]}, {"loguniform": [10, 34], "step": 8}, {"loguniform": [1, 3]}]
)
def test_whichever_value_of_a_short_range_is_good_is_suggested(entry):
    space = SearchSpace.parse({"units_1": entry, "dropout_1": {"uniform": [0.0, 0.5]}})
    dimension = space.dimensions["units_1"]
    generator = np.random.default_rng(0)
    for good_index in range(dimension.count):
        history = []
        for number in range(1, 25):
            units = dimension.value_at(number % dimension.count)
            point = space.to_parameters({"units_1": units, "dropout_1": generator.uniform(0, 0.5)})
            error = abs(dimension.index_of(units) - good_index)
            history.append(Observation(number, point, error, "finished"))

        suggested = [suggest("tpe", space, seed, [], history, 25)["units_1"] for seed in range(5)]

        assert suggested.count(dimension.value_at(good_index)) >= 3


def test_what_is_best_alone_and_impossible_together_is_drawn_and_the_rest_kept():
    space = SearchSpace.parse(
        {
            "stateful": {"choice": [True, False]},
            "shuffle": {"choice": [True, False]},
            "units_1": {"choice": [8, 16, 32, 64]},
        }
    )
    good = [
        space.to_parameters({"stateful": stateful, "shuffle": not stateful, "units_1": 8})
        for stateful in (True, False) * 10
    ]
    poor = [
        space.to_parameters({"stateful": False, "shuffle": False, "units_1": units})
        for units in (16, 32, 64) * 10
    ]
    history = [
        Observation(number, point, float(number > 20), "finished")
        for number, point in enumerate([*good, *poor], start=1)
    ]
    tpe = Tpe(Search(space, 0, []))
    tpe.tell(history)

    candidates = tpe._ranked_candidates(np.random.default_rng(0))

    assert all(space.contains(row) for row in candidates)
    assert [row["units_1"] for row in candidates[:5]] == [8] * 5


def test_an_inactive_value_is_not_encoded():
    space = SearchSpace.parse(ENDLESS)
    history = drawn(ENDLESS, 30)
    tpe = Tpe(Search(space, 0, []))

    points = tpe._encode([row.parameters for row in history])

    names = np.array([dimension.name for dimension in space.searched])
    for row, point in zip(history, points, strict=True):
        encoded = set(names[~np.isnan(point)])
        assert encoded == set(space.searched_values(row.parameters))


def test_pending_and_failed_trials_are_not_among_the_good():
    points = [row.parameters for row in drawn(ENDLESS, 6)]
    trials = [
        Observation(1, points[0], 1.5, "finished"),
        Observation(2, points[1], None, "pending"),
        Observation(3, points[2], None, "failed"),
        Observation(4, points[3], 4.5, "finished"),
        Observation(5, points[4], None, "pending"),
        Observation(6, points[5], 6.5, "finished"),
    ]

    good, others = split_by_score(trials)

    assert [row.number for row in good] == [1]
    assert [row.number for row in others] == [2, 3, 4, 5, 6]


def test_of_many_trials_the_best_and_the_latest_are_learnt_in_order():
    trials = [Observation(number, {}, float(number), "finished") for number in range(1, 1001)]

    numbers = [row.number for row in trials_to_fit(trials)]

    half = MAX_TRIALS_FOR_DENSITIES // 2
    assert numbers == [*range(1, half + 1), *range(1001 - half, 1001)]


@pytest.mark.slow
def test_tpe_is_better_than_random_draws():
    assert median_best("tpe", trials=40, seeds=5) < median_best("random", trials=40, seeds=5)


def test_what_many_in_flight_have_because_it_is_good_is_still_suggested():
    space = SearchSpace.parse(
        {
            "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
            "units_1": {"choice": [8, 16, 32, 64]},
            "learning_rate": {"loguniform": [1e-5, 1e-1]},
        }
    )
    suggested = []
    for seed in range(20):
        generator = np.random.default_rng(seed)
        history = []
        for number in range(1, 13):
            point = space.sample(generator)
            score = float(point["optimizer"] != "adam") + 0.1 * generator.random()
            history.append(Observation(number, point, score, "finished"))
        for number in range(13, 28):
            point = {**space.sample(generator), "optimizer": "adam"}
            history.append(Observation(number, point, None, "pending"))

        suggested.append(suggest("tpe", space, seed, [], history, 28)["optimizer"])

    assert suggested.count("adam") > 13
