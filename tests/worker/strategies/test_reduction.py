"""The reduction strategy: draws from what is left of the space, and ends when that is tried."""

from app.domain.reduction.steps import Reduction, ReductionState, reduced_space, take_due_steps
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, drawn
from worker.strategies import Observation, suggest
from worker.strategies.base import parameters_key
from worker.strategies.reduction import ended_trials

SPACE = SearchSpace.parse(COUNTED)
EAGER = ReductionState(Reduction("spearman", 5, None, 0.2))


def bad_sgd(parameters) -> float:
    return 9.0 if parameters["optimizer"] == "sgd" else 1.0 + parameters.get("units_2", 0) / 100


def search_to_the_end() -> list[Observation]:
    observations: list[Observation] = []
    for number in range(1, 37):
        parameters = suggest("reduction", SPACE, 3, [], observations, number, EAGER)
        if parameters is None:
            break
        observations.append(Observation(number, parameters, bad_sgd(parameters), "finished"))
    return observations


def test_what_was_dropped_is_not_drawn_again_and_the_search_ends_early():
    observations = search_to_the_end()

    steps = take_due_steps(SPACE, EAGER, ended_trials(observations)).steps

    first_cut = next(step for step in steps if step.is_cut)
    later = observations[first_cut.n_finished :]
    assert first_cut.evidence.dropped == ("sgd",)
    assert all(row.parameters["optimizer"] != "sgd" for row in later)
    assert len(observations) < 30


def test_every_combination_that_is_left_is_tried():
    observations = search_to_the_end()

    steps = take_due_steps(SPACE, EAGER, ended_trials(observations)).steps

    left = {parameters_key(row) for row in reduced_space(SPACE, steps).grid()}
    tried = {parameters_key(row.parameters) for row in observations}
    assert left <= tried


def test_steps_that_were_stored_stand_without_the_trials_they_were_taken_on():
    stored = take_due_steps(SPACE, EAGER, ended_trials(search_to_the_end()))

    reduced = [suggest("reduction", SPACE, seed, [], [], 1, stored) for seed in range(30)]
    whole = [suggest("reduction", SPACE, seed, [], [], 1, EAGER) for seed in range(30)]

    assert all(row["optimizer"] != "sgd" for row in reduced)
    assert any(row["optimizer"] == "sgd" for row in whole)


def test_trials_that_are_still_running_are_no_evidence():
    history = drawn(COUNTED, 20)
    pending = [Observation(row.number, row.parameters, None, "pending") for row in history]

    assert ended_trials(pending) == []
