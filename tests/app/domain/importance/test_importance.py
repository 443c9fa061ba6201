"""Which hyperparameters matter: shares of what is known, chance told from effects, and values that are as good."""

from math import log10, nan

import numpy as np
import pytest

from app.domain.importance.importance import LEAST, MOST, influence, limit, steadied, thinned
from app.domain.search_space.space import SearchSpace

SPACE = SearchSpace.parse(
    {
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
        "units_1": {"integer": [8, 64]},
        "cell": {"choice": ["lstm", "gru"]},
        "batch_size": {"choice": [16, 32, 64, 128]},
    }
)


def rate_error(parameters) -> float:
    """Best at a learning rate of 0.003, and with gru."""
    return (
        1 + (log10(parameters["learning_rate"]) + 2.5) ** 2 + 0.2 * (parameters["cell"] == "lstm")
    )


def judged(count: int, function=rate_error, space=SPACE, seed: int = 0):
    generator = np.random.default_rng(seed)
    drawn = [space.sample(generator) for _ in range(count)]
    return [(parameters, function(parameters)) for parameters in drawn]


def of(found, name):
    return next(effect for effect in found.effects if effect.name == name)


def test_shares_add_up_and_the_most_telling_comes_first():
    found = influence(SPACE, judged(60))
    whole = (
        sum(effect.share for effect in found.effects)
        + sum(share for _, _, share in found.together)
        + found.rest
    )
    assert whole == pytest.approx(1)
    assert [effect.name for effect in found.effects][:2] == ["learning_rate", "cell"]
    assert found.effects[0].share > 0.8


def test_shares_are_those_of_the_whole_space_also_where_trials_crowd_around_the_best():
    everywhere, crowded = judged(60), sorted(judged(400), key=lambda row: row[1])[:40]
    whole = influence(SPACE, [*everywhere, *crowded])
    assert of(whole, "learning_rate").share == pytest.approx(
        of(influence(SPACE, everywhere), "learning_rate").share, abs=0.15
    )


def test_the_best_value_and_those_as_good_are_named():
    found = influence(SPACE, judged(60))
    rate = of(found, "learning_rate")
    assert 0.002 < rate.best < 0.005
    assert 0.0005 < rate.alike[0] < rate.best < rate.alike[-1] < 0.02
    assert (of(found, "cell").best, of(found, "cell").alike) == ("gru", ("gru",))
    assert of(found, "batch_size").alike == (16, 32, 64, 128)


def test_what_is_expected_around_the_best_trial_follows_the_objective():
    rows = judged(60)
    rate = of(influence(SPACE, rows), "learning_rate")
    best = min(rows, key=lambda row: row[1])[0]
    true = [rate_error({**best, "learning_rate": value}) for value in rate.values]
    near = [
        place
        for place, value in enumerate(true)
        if value < limit([objective for _, objective in rows])
    ]
    assert [rate.expected[place] for place in near] == pytest.approx(
        [true[place] for place in near], abs=0.1
    )


@pytest.mark.parametrize("count", [20, 80])
def test_chance_alone_is_seldom_taken_for_an_effect(count):
    alarms = []
    for seed in range(20):
        generator = np.random.default_rng([seed, 7])
        found = influence(
            SPACE, judged(count, lambda _, draw=generator: float(draw.normal()), seed=seed)
        )
        alarms += [effect.is_clear for effect in found.effects]
    assert np.mean(alarms) < 0.12


def test_an_end_that_is_best_is_told_only_where_more_is_possible():
    rising = lambda parameters: 10.0 - parameters["units_1"] / 8  # noqa: E731
    assert of(influence(SPACE, judged(40, rising)), "units_1").end == "high"
    space = SearchSpace.parse(
        {"dropout_1": {"uniform": [0.0, 0.5]}, "units_1": {"integer": [8, 64]}}
    )
    falling = lambda parameters: 1.0 + parameters["dropout_1"]  # noqa: E731
    found = of(influence(space, judged(40, falling, space)), "dropout_1")
    assert (found.best, found.end) == (0.0, None)  # no dropout is less than none


def test_a_trial_that_diverged_counts_as_the_worst():
    rows = [
        (row, None if row["learning_rate"] > 0.02 else 1.0 + 0.01 * (row["cell"] == "gru"))
        for row, _ in judged(50)
    ]
    found = influence(SPACE, rows)
    assert found.effects[0].name == "learning_rate"
    assert of(found, "learning_rate").alike[-1] < 0.05


def test_what_is_far_worse_than_usual_counts_as_no_worse_than_a_limit():
    assert steadied([1.0, 2.0, 3.0, 1e9, None, nan]).tolist() == [1, 2, 3, 7, 7, 7]


def test_where_half_of_all_trials_are_the_best_the_others_count_as_they_are():
    assert steadied([1.0, 1.0, 1.0, 2.0, 5.0]).tolist() == [1, 1, 1, 2, 5]


def test_nothing_is_told_of_few_trials_or_of_trials_that_are_all_alike():
    assert influence(SPACE, judged(LEAST - 1)) is None
    assert influence(SPACE, judged(40, lambda _: 2.5)) is None
    assert influence(SPACE, [(row, None) for row, _ in judged(40)]) is None
    fixed = SearchSpace.parse({"units_1": 8})
    assert influence(fixed, judged(40, rate_error, SPACE)) is None


def test_a_conditional_hyperparameter_is_judged_where_it_plays_a_part():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [4, 8, 16]}}
    )
    rows = judged(
        60, lambda row: 2.0 if row["recurrent_layers"] == 1 else 1 + row["units_2"] / 8, space
    )
    found = influence(space, rows)
    assert of(found, "units_2").best == 4
    assert of(found, "units_2").is_clear


def test_one_hyperparameter_alone_has_no_pairs():
    space = SearchSpace.parse({"units_1": {"integer": [8, 64]}})
    found = influence(space, judged(20, lambda row: float(row["units_1"]), space))
    assert found.together == ()
    assert found.effects[0].share > 0.9


def test_many_trials_are_thinned_evenly_and_the_best_is_among_them():
    rows = judged(3 * MOST)
    best = min(rows, key=lambda row: row[1])
    left = thinned(rows)
    assert MOST - 1 <= len(left) <= MOST
    assert (left[0] is rows[0], left[-1] is rows[-1], best in left) == (True, True, True)
    assert influence(SPACE, rows).best == best[0]
    assert len(thinned([(row, None) for row, _ in rows])) <= MOST
