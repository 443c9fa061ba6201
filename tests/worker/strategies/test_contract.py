"""What holds for every strategy."""

import math
import subprocess
import sys
from dataclasses import replace
from statistics import median
from typing import Any

import pytest
from scipy.spatial.distance import pdist

from app.domain.search_space.encoding import SpaceEncoder
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import (
    COUNTED,
    ENDLESS,
    POINTS,
    drawn,
    finished,
    objective,
    searched,
)
from worker.strategies import STRATEGY_CLASSES, Observation, suggest
from worker.strategies.base import key

EVERY = sorted(STRATEGY_CLASSES)
SEARCHING = [name for name in EVERY if name not in ("manual", "grid")]  # they know endless spaces
FINITE = [name for name in EVERY if name != "manual"]
LEARNING = ["evolution", "gp", "mutate", "tpe"]
THOROUGH = [name for name in FINITE if name != "reduction"]  # which drops combinations on purpose


def space_of(strategy: str) -> dict[str, Any]:
    return ENDLESS if strategy in SEARCHING else COUNTED


def ask(
    strategy: str, observations: list[Observation], number: int, seed: int = 1, space: Any = None
) -> Any:
    return suggest(
        strategy, SearchSpace.parse(space or space_of(strategy)), seed, POINTS, observations, number
    )


@pytest.mark.parametrize("strategy", EVERY)
def test_the_same_seed_gives_the_same_answers(strategy):
    assert searched(strategy, space_of(strategy), 16) == searched(strategy, space_of(strategy), 16)


@pytest.mark.parametrize("strategy", SEARCHING)
def test_another_seed_gives_other_answers(strategy):
    history = drawn(ENDLESS, 15)
    assert ask(strategy, history, 16, seed=1) != ask(strategy, history, 16, seed=2)


@pytest.mark.parametrize("strategy", SEARCHING)
def test_each_trial_number_gives_another_answer(strategy):
    history = drawn(ENDLESS, 15)
    assert ask(strategy, history, 16) != ask(strategy, history, 17)


@pytest.mark.parametrize("strategy", EVERY)
def test_a_restart_changes_nothing(strategy):
    history = [
        finished(row.number, row.parameters) for row in searched(strategy, space_of(strategy), 14)
    ]
    expected = ask(strategy, history, 15)
    program = f"""
import json
from app.domain.search_space.space import SearchSpace
from worker.strategies import Observation, suggest
from tests.worker.strategies.searches import POINTS
history = [Observation(*row) for row in json.loads({_json(history)!r})]
space = SearchSpace.parse(json.loads({_json(space_of(strategy))!r}))
print(json.dumps(suggest({strategy!r}, space, 1, POINTS, history, 15)))
"""
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == _json(expected)


@pytest.mark.parametrize("strategy", FINITE)
def test_bounds_and_conditions_are_respected(strategy):
    space = SearchSpace.parse(space_of(strategy))
    found = searched(strategy, space_of(strategy), 25)
    assert len(found) == 25
    assert all(space.contains(row.parameters) for row in found)


def known(history: list[Observation]) -> list[Observation]:
    """The same as results from before a search, the last of them number 0."""
    return [replace(row, number=row.number - len(history)) for row in history]


@pytest.mark.parametrize("strategy", EVERY)
def test_results_from_elsewhere_teach_as_much_as_own_trials(strategy):
    history = drawn(space_of(strategy), 30)
    assert ask(strategy, known(history), 31) == ask(strategy, history, 31)


@pytest.mark.parametrize("strategy", THOROUGH)
def test_what_was_tried_elsewhere_is_not_suggested_again(strategy):
    space = SearchSpace.parse(COUNTED)
    *others, last = list(space.grid())
    results = known([finished(number, point) for number, point in enumerate(others, start=1)])
    assert ask(strategy, results, 1, space=COUNTED) == last


@pytest.mark.parametrize("strategy", LEARNING)
def test_a_search_that_starts_from_results_begins_better_than_one_that_does_not(strategy):
    def first_few(results):
        found = [
            ask(strategy, results, number, seed) for seed in range(2) for number in range(1, 5)
        ]
        return median(objective(parameters) for parameters in found)

    assert first_few(known(drawn(ENDLESS, 60))) < 0.75 * first_few([])


@pytest.mark.parametrize("strategy", EVERY)
def test_what_is_being_tried_is_not_suggested_again(strategy):
    history = searched(strategy, space_of(strategy), 14)
    first = ask(strategy, history, 15)
    pending = Observation(15, first, None, "pending")
    assert ask(strategy, [*history, pending], 15) not in (first, None)


@pytest.mark.parametrize("strategy", ["tpe", "gp"])
def test_pending_trials_move_the_next_suggestion_away(strategy):
    history = drawn(ENDLESS, 30)
    first = ask(strategy, history, 40)
    near = [
        {**first, "learning_rate": first["learning_rate"] * (1 + place / 1000)}
        for place in range(1, 6)
    ]
    crowd = [
        Observation(30 + place, point, None, "pending") for place, point in enumerate(near, start=1)
    ]
    assert ask(strategy, [*history, *crowd], 40) != first


def spread(rows: list[Any]) -> float:
    """The mean distance between two of the points."""
    return float(pdist(SpaceEncoder(SearchSpace.parse(ENDLESS)).encode(rows)).mean())


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["tpe", "gp"])
def test_eight_in_flight_lie_farther_apart_than_eight_that_know_nothing_of_each_other(strategy):
    apart, alone = [], []
    for seed in range(2):
        history = drawn(ENDLESS, 30, seed)
        flying = list(history)
        for number in range(31, 39):
            flying.append(Observation(number, ask(strategy, flying, number, seed), None, "pending"))
        apart.append(spread([row.parameters for row in flying[30:]]))
        alone.append(spread([ask(strategy, history, number, seed) for number in range(31, 39)]))
    assert sum(apart) > 1.1 * sum(alone)


@pytest.mark.parametrize("strategy", THOROUGH)
def test_a_countable_space_is_tried_completely_and_never_twice(strategy):
    found = searched(strategy, COUNTED, 50)
    assert len(found) == 36
    assert len({key(row.parameters) for row in found}) == 36
    assert ask(strategy, found, 37, space=COUNTED) is None


@pytest.mark.parametrize("strategy", FINITE)
@pytest.mark.parametrize("state", ["finished", "pending", "failed"])
def test_the_last_fresh_point_is_found_whatever_became_of_the_others(strategy, state):
    space = SearchSpace.parse(COUNTED)
    *others, last = list(space.grid())
    history = [
        Observation(n + 1, point, 1.0 if state == "finished" else None, state)
        for n, point in enumerate(others)
    ]
    assert ask(strategy, history, 36, space=COUNTED) == last


@pytest.mark.parametrize("strategy", SEARCHING)
def test_a_fresh_point_is_found_where_only_rare_ones_are_left(strategy):
    document = {
        "units_1": {"integer": [1, 300]},
        "dropout_1": {"uniform": [0.1, 0.5], "when": {"units_1": 64}},
    }
    space = SearchSpace.parse(document)
    plain = [space.to_parameters({"units_1": units}) for units in range(1, 301) if units != 64]
    history = [Observation(n + 1, point, 1.0, "finished") for n, point in enumerate(plain) if point]
    found = ask(strategy, history, 300, space=document)
    assert found["units_1"] == 64


@pytest.mark.parametrize("strategy", EVERY)
@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, 1e308, 0.0, 5e-324])
def test_odd_objectives_are_tolerated(strategy, value):
    history = drawn(space_of(strategy), 20)
    odd = [Observation(row.number, row.parameters, value, "finished") for row in history[::2]]
    failed = [Observation(row.number, row.parameters, None, "failed") for row in history[1:4:2]]
    kept = [*odd, *failed, *history[5::2]]
    assert ask(strategy, kept, 21) is not None
    assert ask(strategy, odd, 21) is not None


@pytest.mark.parametrize("strategy", FINITE)
def test_trials_from_outside_the_space_are_tolerated(strategy):
    space = SearchSpace.parse(space_of(strategy))
    strange = {
        "learning_rate": 1.0,
        "batch_size": 999,
        "units_1": 1,
        "recurrent_layers": 3,
        "optimizer": "adam",
    }
    outside = [
        finished(n + 1, {**point, **strange})
        for n, point in enumerate(p.parameters for p in drawn(COUNTED, 12))
    ]
    found = ask(strategy, outside, 13)
    assert space.contains(found)


@pytest.mark.parametrize("strategy", FINITE)
def test_a_space_without_anything_to_search_has_one_trial(strategy):
    (only,) = searched(strategy, {"units_1": 8}, 3)
    assert only.parameters["units_1"] == 8


@pytest.mark.slow
@pytest.mark.parametrize("strategy", SEARCHING)
def test_five_hundred_trials_are_replayed(strategy):
    history = drawn(ENDLESS, 500)
    found = ask(strategy, history, 501)
    assert SearchSpace.parse(ENDLESS).contains(found)
    assert key(found) not in {key(row.parameters) for row in history}


@pytest.mark.parametrize("library", ["hyperopt", "scipy", "skopt", "tensorflow"])
def test_importing_the_strategies_imports_nothing_heavy(library):
    program = f"import sys, worker.strategies; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def _json(value: Any) -> str:
    import json
    from dataclasses import astuple

    return json.dumps([astuple(row) for row in value] if isinstance(value, list) else value)
