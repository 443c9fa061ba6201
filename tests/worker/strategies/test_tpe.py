"""TPE: densities over a space, and better than random draws."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS, drawn, searched
from worker.strategies import suggest
from worker.strategies.base import Observation, Search
from worker.strategies.parzen import Density, decoded, encoded
from worker.strategies.tpe import TOLD, Tpe, split, telling


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


@pytest.mark.parametrize(
    "entry", [{"integer": [1, 8]}, {"loguniform": [10, 34], "step": 8}, {"loguniform": [1, 3]}]
)
def test_whichever_value_of_a_short_range_is_good_is_suggested(entry):
    space = SearchSpace.parse({"units_1": entry, "dropout_1": {"uniform": [0.0, 0.5]}})
    dimension, generator = space.dimensions["units_1"], np.random.default_rng(0)
    for good in range(dimension.count):
        told = []
        for number in range(1, 25):
            units = dimension.value_at(number % dimension.count)
            point = space.to_parameters({"units_1": units, "dropout_1": generator.uniform(0, 0.5)})
            told.append(
                Observation(number, point, abs(dimension.index_of(units) - good), "finished")
            )
        asked = [suggest("tpe", space, seed, [], told, 25)["units_1"] for seed in range(5)]
        assert asked.count(dimension.value_at(good)) >= 3


def test_what_is_best_alone_and_impossible_together_is_drawn_and_the_rest_kept():
    document = {name: {"choice": [True, False]} for name in ("stateful", "shuffle")}
    space = SearchSpace.parse({**document, "units_1": {"choice": [8, 16, 32, 64]}})
    good = [(True, False, 8), (False, True, 8)] * 10
    rows = [
        space.to_parameters(dict(zip((*document, "units_1"), values, strict=True)))
        for values in good
    ]
    poor = [
        space.to_parameters({"stateful": False, "shuffle": False, "units_1": units})
        for units in (16, 32, 64)
    ] * 10
    told = [
        Observation(n, row, float(n > 20), "finished")
        for n, row in enumerate([*rows, *poor], start=1)
        if row
    ]
    tpe = Tpe(Search(space, 0, []))
    tpe.tell(told)
    found = tpe._ranked(np.random.default_rng(0))
    assert all(space.contains(row) for row in found)
    assert [row["units_1"] for row in found[:5]] == [8] * 5


def test_what_is_inactive_in_a_trial_says_nothing_there():
    space = SearchSpace.parse(ENDLESS)
    history = drawn(ENDLESS, 30)
    tpe = Tpe(Search(space, 0, []))
    points = tpe._points([row.parameters for row in history])
    for row, point in zip(history, points, strict=True):
        told = {
            dimension.name
            for dimension, value in zip(space.searched, point, strict=True)
            if not np.isnan(value)
        }
        assert told == set(space.searched_values(row.parameters))


def test_pending_and_failed_trials_are_not_among_the_good():
    points = [row.parameters for row in drawn(ENDLESS, 6)]
    states = ["finished", "pending", "failed", "finished", "pending", "finished"]
    rows = [
        Observation(n, point, 0.5 + n if state == "finished" else None, state)
        for n, (point, state) in enumerate(zip(points, states, strict=True), start=1)
    ]
    good, others = split(rows)
    assert [row.number for row in good] == [1]
    assert [row.number for row in others] == [2, 3, 4, 5, 6]


def density_of(dimensions, points):
    return Density(dimensions, points, width=0.1, weights=[1.0] * len(points))


@pytest.mark.parametrize("entry", [{"uniform": [0.0, 0.5]}, {"choice": [0.0, 0.1, 0.3]}])
def test_a_density_is_one_in_all(entry):
    (dimension,) = SearchSpace.parse({"dropout_1": entry}).searched
    points = np.array([[encoded(dimension, value)] for value in (0.0, 0.1, 0.1, 0.3)] + [[np.nan]])
    density = Density([dimension], points, width=0.1, weights=[1.0, 0.3, 1.0, 1.0, 0.3])
    if dimension.is_listed:
        assert np.exp(density.logs(np.array([[0.0], [1.0], [2.0]]))[0]).sum() == pytest.approx(1)
        return
    places = (np.arange(4000) + 0.5) / 4000
    assert np.exp(density.logs(places[:, None])[0]).mean() == pytest.approx(1, rel=1e-3)


def test_draws_follow_the_density():
    (dimension,) = SearchSpace.parse({"dropout_1": {"uniform": [0.0, 0.5]}}).searched
    density = Density(
        [dimension], np.array([[0.02], [0.7], [0.75]]), width=0.1, weights=[0.3, 1.0, 1.0]
    )
    drawn_at = density.draw(np.random.default_rng(0), 40_000)[:, 0]
    counts, edges = np.histogram(drawn_at, bins=20, range=(0, 1))
    fine = (np.arange(2000) + 0.5) / 2000
    expected = np.exp(density.logs(fine[:, None])[0]).reshape(20, 100).mean(axis=1) / 20
    np.testing.assert_allclose(counts / 40_000, expected, atol=0.008)
    assert len(edges) == 21


def test_apart_the_dimensions_are_those_of_one_each_multiplied():
    dimensions = SearchSpace.parse(
        {"dropout_1": {"uniform": [0.0, 0.5]}, "units_1": {"choice": [8, 16]}}
    ).searched
    points = np.array([[0.1, 0.0], [0.8, 1.0], [np.nan, 1.0]])
    both = density_of(dimensions, points)
    asked = np.array([[0.1, 1.0], [0.8, np.nan], [0.4, 0.0]])
    alone = [
        density_of([dimension], points[:, [place]]) for place, dimension in enumerate(dimensions)
    ]
    for one in alone:
        one.width = both.width
    expected = alone[0].logs(asked[:, [0]])[0]
    active = ~np.isnan(asked[:, 1])
    expected[active] += alone[1].logs(asked[active][:, [1]])[0]
    np.testing.assert_allclose(both.logs(asked)[1], expected)


def test_drawn_apart_what_two_trials_have_is_combined():
    dimensions = SearchSpace.parse(
        {"units_1": {"choice": [8, 16, 32]}, "units_2": {"choice": [8, 16, 32]}}
    ).searched
    density, generator = (
        density_of(dimensions, np.array([[0.0, 0.0], [2.0, 2.0]] * 10)),
        np.random.default_rng(0),
    )
    mixed = {
        draw.__name__: np.mean([set(row) == {0.0, 2.0} for row in draw(generator, 1000)])
        for draw in (density.draw, density.draw_apart)
    }
    assert mixed["draw_apart"] > 0.35 > 0.15 > mixed["draw"]


def test_of_many_trials_the_best_and_the_latest_are_told_in_order():
    rows = [Observation(n, {}, float(n), "finished") for n in range(1, 1001)]
    numbers = [row.number for row in telling(rows)]
    assert numbers == [*range(1, TOLD // 2 + 1), *range(1001 - TOLD // 2, 1001)]


def test_tpe_is_better_than_random_draws():
    best = {
        strategy: np.median(
            [
                min(row.objective for row in searched(strategy, ENDLESS, 40, seed))
                for seed in range(5)
            ]
        )
        for strategy in ("tpe", "random")
    }
    assert best["tpe"] < best["random"]


def test_what_many_in_flight_have_because_it_is_good_is_still_suggested():
    units = {"units_1": {"choice": [8, 16, 32, 64]}, "learning_rate": {"loguniform": [1e-5, 1e-1]}}
    space = SearchSpace.parse({"optimizer": {"choice": ["sgd", "rmsprop", "adam"]}, **units})
    asked = []
    for seed in range(20):
        generator, told = np.random.default_rng(seed), []
        for number in range(1, 13):
            row = space.sample(generator)
            score = float(row["optimizer"] != "adam") + 0.1 * generator.random()
            told.append(Observation(number, row, score, "finished"))
        for number in range(13, 28):
            told.append(
                Observation(
                    number, {**space.sample(generator), "optimizer": "adam"}, None, "pending"
                )
            )
        asked.append(suggest("tpe", space, seed, [], told, 28)["optimizer"])
    assert asked.count("adam") > 13
