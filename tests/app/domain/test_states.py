"""The table of a trial's states is whole, and README draws it."""

from pathlib import Path

from app.domain.failure_causes import ADVICE, Cause, advice
from app.domain.states import ENDINGS, TRANSITIONS, drawing
from app.domain.terms import FINISHED, State

README = Path(__file__).parents[3] / "README.md"


def test_readme_draws_the_table():
    assert f"```mermaid\n{drawing()}\n```" in README.read_text()


def test_every_state_can_be_reached_and_every_ending_is_one_of_a_run():
    assert {transition.target for transition in TRANSITIONS} == set(State) - {State.PAUSED}
    assert set(ENDINGS) == FINISHED
    assert all(transition.sources == {State.RUNNING} for transition in ENDINGS.values())


def test_what_is_completed_stays_completed():
    assert not [
        transition.name for transition in TRANSITIONS if State.COMPLETED in transition.sources
    ]


def test_every_cause_of_a_failure_comes_with_a_next_step():
    assert set(ADVICE) == set(Cause)
    assert advice("diverged") == ADVICE[Cause.DIVERGED]
    assert advice("of an older version") == advice(None) == ADVICE[Cause.ERROR]
