"""The tables of states are complete, and app/queue/README.md draws them."""

from pathlib import Path

import pytest

from app.domain.states import EXPERIMENT_TRANSITIONS, RUN_ENDINGS, TRIAL_TRANSITIONS, state_diagram
from app.domain.terms import FINISHED_TRIAL_STATES, ExperimentState, TrialState

README = Path(__file__).parents[3] / "app/queue/README.md"


@pytest.mark.parametrize("transitions", [TRIAL_TRANSITIONS, EXPERIMENT_TRANSITIONS])
def test_readme_draws_the_table(transitions):
    assert f"```mermaid\n{state_diagram(transitions)}\n```" in README.read_text()


def test_every_state_can_be_reached_and_every_ending_is_one_of_a_run():
    assert {transition.target for transition in TRIAL_TRANSITIONS} == set(TrialState)
    assert set(RUN_ENDINGS) == FINISHED_TRIAL_STATES
    assert all(transition.sources == {TrialState.RUNNING} for transition in RUN_ENDINGS.values())


def test_every_state_of_an_experiment_can_be_reached_and_left():
    targets = {transition.target for transition in EXPERIMENT_TRANSITIONS}
    sources = {source for transition in EXPERIMENT_TRANSITIONS for source in transition.sources}

    assert targets == sources == set(ExperimentState)


def test_an_experiment_runs_again_only_by_way_of_the_queue():
    into_running = [
        transition
        for transition in EXPERIMENT_TRANSITIONS
        if transition.target == ExperimentState.RUNNING
    ]

    assert [transition.name for transition in into_running] == ["start"]
    assert into_running[0].sources == {ExperimentState.QUEUED}


@pytest.mark.parametrize("transitions", [TRIAL_TRANSITIONS, EXPERIMENT_TRANSITIONS])
def test_transitions_have_names_of_their_own_and_change_something(transitions):
    names = [transition.name for transition in transitions]

    assert len(set(names)) == len(names)
    assert not any(transition.target in transition.sources for transition in transitions)


def test_what_is_completed_stays_completed():
    assert not [
        transition.name
        for transition in TRIAL_TRANSITIONS
        if TrialState.COMPLETED in transition.sources
    ]
