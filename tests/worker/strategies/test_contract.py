"""What holds for every strategy."""

import json
import math
import subprocess
import sys
from dataclasses import astuple, replace
from statistics import median
from typing import Any

import pytest
from scipy.spatial.distance import pdist

from app.domain.search_space.encoding import SpaceEncoder
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import STRATEGIES
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
from worker.strategies.base import parameters_key

EVERY = sorted(STRATEGY_CLASSES)
WITH_SPACE = [name for name in EVERY if not STRATEGIES[name].needs_points]
CONTINUOUS = [name for name in WITH_SPACE if not STRATEGIES[name].enumerates_space]
KEEPING_SPACE = [name for name in WITH_SPACE if not STRATEGIES[name].shrinks_space]
WITHOUT_REPEATS = [name for name in EVERY if not STRATEGIES[name].repeats]
UNTRIED = [name for name in WITH_SPACE if not STRATEGIES[name].repeats]
UNTRIED_CONTINUOUS = [name for name in CONTINUOUS if not STRATEGIES[name].repeats]
THOROUGH = [name for name in KEEPING_SPACE if not STRATEGIES[name].repeats]
LEARNING = [name for name in KEEPING_SPACE if STRATEGIES[name].learns]


def document_for(strategy: str) -> dict[str, Any]:
    return ENDLESS if strategy in CONTINUOUS else COUNTED


def ask(
    strategy: str, observations: list[Observation], number: int, seed: int = 1, space: Any = None
) -> Any:
    parsed = SearchSpace.parse(space or document_for(strategy))
    return suggest(strategy, parsed, seed, POINTS, observations, number)


def as_earlier_results(history: list[Observation]) -> list[Observation]:
    """The same as results from before a search, the last of them number 0."""
    return [replace(row, number=row.number - len(history)) for row in history]


def as_json(value: Any) -> str:
    return json.dumps([astuple(row) for row in value] if isinstance(value, list) else value)


@pytest.mark.parametrize("strategy", EVERY)
def test_the_same_seed_gives_the_same_answers(strategy):
    first = searched(strategy, document_for(strategy), 16)
    second = searched(strategy, document_for(strategy), 16)

    assert first == second


@pytest.mark.parametrize("strategy", CONTINUOUS)
def test_another_seed_gives_other_answers(strategy):
    history = drawn(ENDLESS, 15)

    assert ask(strategy, history, 16, seed=1) != ask(strategy, history, 16, seed=2)


@pytest.mark.parametrize("strategy", CONTINUOUS)
def test_each_trial_number_gives_another_answer(strategy):
    history = drawn(ENDLESS, 15)

    assert ask(strategy, history, 16) != ask(strategy, history, 17)


def test_a_restart_changes_nothing():
    searches = {}
    for strategy in EVERY:
        document = document_for(strategy)
        trials = searched(strategy, document, 14)
        history = [finished(row.number, row.parameters) for row in trials]
        searches[strategy] = (document, history)
    asked = {
        strategy: (document, as_json(history)) for strategy, (document, history) in searches.items()
    }
    program = f"""
import json
from app.domain.search_space.space import SearchSpace
from worker.strategies import Observation, suggest
from tests.worker.strategies.searches import POINTS
answers = {{}}
for strategy, (document, rows) in json.loads({json.dumps(asked)!r}).items():
    history = [Observation(*row) for row in json.loads(rows)]
    space = SearchSpace.parse(document)
    answers[strategy] = suggest(strategy, space, 1, POINTS, history, 15)
print(json.dumps(answers))
"""

    restarted = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    answers = json.loads(restarted.stdout)
    for strategy, (_, history) in searches.items():
        answer = json.loads(as_json(ask(strategy, history, 15)))
        assert answers[strategy] == answer, strategy


@pytest.mark.parametrize("strategy", WITH_SPACE)
def test_bounds_and_conditions_are_respected(strategy):
    space = SearchSpace.parse(document_for(strategy))

    trials = searched(strategy, document_for(strategy), 25)

    assert len(trials) == 25
    assert all(space.contains(row.parameters) for row in trials)


@pytest.mark.parametrize("strategy", EVERY)
def test_earlier_results_teach_as_much_as_own_trials(strategy):
    history = drawn(document_for(strategy), 30)

    assert ask(strategy, as_earlier_results(history), 31) == ask(strategy, history, 31)


@pytest.mark.parametrize("strategy", THOROUGH)
def test_what_was_tried_elsewhere_is_not_suggested_again(strategy):
    *others, last = list(SearchSpace.parse(COUNTED).grid())
    history = [finished(number, point) for number, point in enumerate(others, start=1)]

    assert ask(strategy, as_earlier_results(history), 1, space=COUNTED) == last


@pytest.mark.parametrize("strategy", LEARNING)
def test_a_search_that_starts_from_results_begins_better_than_one_that_does_not(strategy):
    def median_of_first(results):
        parameters = [
            ask(strategy, results, number, seed) for seed in range(2) for number in range(1, 5)
        ]
        return median(map(objective, parameters))

    results = as_earlier_results(drawn(ENDLESS, 60))

    assert median_of_first(results) < 0.9 * median_of_first([])


@pytest.mark.parametrize("strategy", WITHOUT_REPEATS)
def test_what_is_being_tried_is_not_suggested_again(strategy):
    history = searched(strategy, document_for(strategy), 14)
    first = ask(strategy, history, 15)
    pending = Observation(15, first, None, "pending")

    second = ask(strategy, [*history, pending], 15)

    assert second not in (first, None)


@pytest.mark.parametrize("strategy", ["tpe", "gp"])
def test_pending_trials_move_the_next_suggestion_away(strategy):
    history = drawn(ENDLESS, 30)
    first = ask(strategy, history, 40)
    rate = first["learning_rate"]
    crowd = [
        Observation(30 + n, {**first, "learning_rate": rate * (1 + n / 1000)}, None, "pending")
        for n in range(1, 6)
    ]

    second = ask(strategy, [*history, *crowd], 40)

    assert second != first


def mean_distance(points: list[Any]) -> float:
    """The mean distance between two of the points."""
    return float(pdist(SpaceEncoder(SearchSpace.parse(ENDLESS)).encode(points)).mean())


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["tpe", "gp"])
def test_eight_in_flight_lie_farther_apart_than_eight_that_know_nothing_of_each_other(strategy):
    aware = []
    unaware = []
    for seed in range(2):
        history = drawn(ENDLESS, 30, seed)
        in_flight = list(history)
        for number in range(31, 39):
            parameters = ask(strategy, in_flight, number, seed)
            in_flight.append(Observation(number, parameters, None, "pending"))
        aware.append(mean_distance([row.parameters for row in in_flight[30:]]))
        unaware.append(
            mean_distance([ask(strategy, history, number, seed) for number in range(31, 39)])
        )

    assert sum(aware) > 1.1 * sum(unaware)


@pytest.mark.parametrize("strategy", THOROUGH)
def test_a_countable_space_is_tried_completely_and_never_twice(strategy):
    trials = searched(strategy, COUNTED, 50)

    assert len(trials) == 36
    assert len({parameters_key(row.parameters) for row in trials}) == 36
    assert ask(strategy, trials, 37, space=COUNTED) is None


@pytest.mark.parametrize("strategy", WITH_SPACE)
def test_nothing_is_suggested_once_every_combination_has_been_tried(strategy):
    points = list(SearchSpace.parse(COUNTED).grid())
    history = [finished(number, point) for number, point in enumerate(points, start=1)]

    assert ask(strategy, as_earlier_results(history), 1, space=COUNTED) is None
    assert ask(strategy, history, 37, space=COUNTED) is None


@pytest.mark.parametrize("strategy", UNTRIED)
@pytest.mark.parametrize("state", ["finished", "pending", "failed"])
def test_the_last_untried_point_is_found_whatever_became_of_the_others(strategy, state):
    *others, last = list(SearchSpace.parse(COUNTED).grid())
    value = 1.0 if state == "finished" else None
    history = [
        Observation(number, point, value, state) for number, point in enumerate(others, start=1)
    ]

    assert ask(strategy, history, 36, space=COUNTED) == last


@pytest.mark.parametrize("strategy", UNTRIED_CONTINUOUS)
def test_an_untried_point_is_found_where_only_rare_ones_are_left(strategy):
    document = {
        "units_1": {"integer": [1, 300]},
        "dropout_1": {"uniform": [0.1, 0.5], "when": {"units_1": 64}},
    }
    space = SearchSpace.parse(document)
    common = [space.to_parameters({"units_1": units}) for units in range(1, 301) if units != 64]
    history = [
        Observation(number, point, 1.0, "finished") for number, point in enumerate(common, start=1)
    ]

    parameters = ask(strategy, history, 300, space=document)

    assert parameters["units_1"] == 64


@pytest.mark.parametrize("strategy", EVERY)
@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, 1e308, 0.0, 5e-324])
def test_extreme_objectives_are_tolerated(strategy, value):
    history = drawn(document_for(strategy), 20)
    extreme = [Observation(row.number, row.parameters, value, "finished") for row in history[::2]]
    failed = [Observation(row.number, row.parameters, None, "failed") for row in history[1:4:2]]

    assert ask(strategy, [*extreme, *failed, *history[5::2]], 21) is not None
    assert ask(strategy, extreme, 21) is not None


@pytest.mark.parametrize("strategy", WITH_SPACE)
def test_trials_from_outside_the_space_are_tolerated(strategy):
    space = SearchSpace.parse(document_for(strategy))
    beyond = {
        "learning_rate": 1.0,
        "batch_size": 999,
        "units_1": 1,
        "recurrent_layers": 3,
        "optimizer": "adam",
    }
    outside = [finished(row.number, {**row.parameters, **beyond}) for row in drawn(COUNTED, 12)]

    parameters = ask(strategy, outside, 13)

    assert space.contains(parameters)


@pytest.mark.parametrize("strategy", WITH_SPACE)
def test_a_space_without_anything_to_search_has_one_trial(strategy):
    (trial,) = searched(strategy, {"units_1": 8}, 3)

    assert trial.parameters["units_1"] == 8


@pytest.mark.slow
@pytest.mark.parametrize("strategy", CONTINUOUS)
def test_five_hundred_trials_are_replayed(strategy):
    history = drawn(ENDLESS, 500)

    parameters = ask(strategy, history, 501)

    tried = {parameters_key(row.parameters) for row in history}
    assert SearchSpace.parse(ENDLESS).contains(parameters)
    assert parameters_key(parameters) not in tried


@pytest.mark.parametrize("library", ["hyperopt", "scipy", "skopt", "tensorflow"])
def test_importing_the_strategies_imports_nothing_heavy(library):
    program = f"import sys, worker.strategies; sys.exit({library!r} in sys.modules)"

    imported = subprocess.run([sys.executable, "-c", program], check=False)

    assert imported.returncode == 0
