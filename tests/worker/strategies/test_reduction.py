"""The reduction strategy: draws from what is left of the space, and ends when that is tried."""

from app.domain.reduction.steps import Reduction, ReductionState, reduced_space, take_due_steps
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, drawn
from worker.strategies import Observation, suggest
from worker.strategies.base import key
from worker.strategies.reduction import ended

SPACE = SearchSpace.parse(COUNTED)
EAGER = ReductionState(Reduction("spearman", 5, None, 0.2))


def bad_sgd(parameters) -> float:
    return 9.0 if parameters["optimizer"] == "sgd" else 1.0 + parameters.get("units_2", 0) / 100


def played(trials: int) -> list[Observation]:
    """A search played through; it ends when nothing fresh is left."""
    observations: list[Observation] = []
    for number in range(1, trials + 1):
        found = suggest("reduction", SPACE, 3, [], observations, number, EAGER)
        if found is None:
            break
        observations.append(Observation(number, found, bad_sgd(found), "finished"))
    return observations


def test_what_was_dropped_is_not_drawn_again_and_the_search_ends_early():
    observations = played(36)
    steps = take_due_steps(SPACE, EAGER, ended(observations)).steps
    first = next(step for step in steps if step.is_cut)
    assert first.evidence.dropped == ("sgd",)
    assert all(row.parameters["optimizer"] != "sgd" for row in observations[first.n_finished :])
    assert len(observations) < 30


def test_every_combination_that_is_left_is_tried():
    observations = played(36)
    left = reduced_space(SPACE, take_due_steps(SPACE, EAGER, ended(observations)).steps)
    assert {key(row) for row in left.grid()} <= {key(row.parameters) for row in observations}


def test_looks_that_were_stored_stand_without_the_trials_they_were_made_from():
    stored = take_due_steps(SPACE, EAGER, ended(played(36)))
    drawn_now = [suggest("reduction", SPACE, seed, [], [], 1, stored) for seed in range(30)]
    assert all(row["optimizer"] != "sgd" for row in drawn_now)
    assert any(
        suggest("reduction", SPACE, seed, [], [], 1, EAGER)["optimizer"] == "sgd"
        for seed in range(30)
    )


def test_trials_that_are_still_running_are_no_evidence():
    pending = [
        Observation(row.number, row.parameters, None, "pending") for row in drawn(COUNTED, 20)
    ]
    assert ended(pending) == []
