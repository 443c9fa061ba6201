"""When trials ran: rows of slots, packed rows, and what is left out."""

from datetime import timedelta

import pytest

from app.domain.terms import TrialState
from app.services import timelines
from app.services.timelines import Run, load_timeline, pack
from tests import factories
from tests.clock import now

pytestmark = pytest.mark.each_database
START = now()


def make_run(number: int, start: float, end: float) -> Run:
    return Run(
        trial_id=number,
        number=number,
        state=TrialState.COMPLETED,
        objective=1.0,
        started_at=START + timedelta(seconds=start),
        ended_at=START + timedelta(seconds=end),
        worker_id=None,
        slot=None,
    )


def numbers_of(rows) -> list[list[int]]:
    return [[run.number for run in row.runs] for row in rows]


def run_search(session, placed):
    """Completed trials of four seconds each, one after the other: (worker, slot) of each."""
    experiment = factories.experiment(session, max_trials=40)
    for number, (worker_id, slot) in enumerate(placed, 1):
        trial = factories.completed_trial(session, experiment, number, units_1=1 + number)
        trial.started_at = START + timedelta(seconds=5 * number)
        trial.finished_at = trial.started_at + timedelta(seconds=4)
        trial.worker_id = worker_id
        trial.slot = slot
    session.flush()
    return experiment


def test_runs_are_packed_into_the_fewest_rows_without_an_overlap():
    runs = [make_run(1, 0, 10), make_run(2, 1, 4), make_run(3, 4, 6), make_run(4, 5, 7)]

    rows = pack([*runs, make_run(5, 10, 11)])

    assert numbers_of(rows) == [[1, 5], [2, 3], [4]]


def test_each_slot_of_each_worker_has_a_row_and_older_trials_are_packed(database):
    placed = [("b", 2), ("b", 1), ("b", 2), ("a", 1), ("a", None), (None, None)]
    with database.write() as session:
        timeline = load_timeline(session, run_search(session, placed))

    assert [(row.worker_id, row.slot) for row in timeline.rows] == [
        ("b", 1),
        ("b", 2),
        ("a", 1),
        (None, None),
    ]
    assert numbers_of(timeline.rows) == [[2], [1, 3], [4], [5, 6]]
    assert {run.seconds for run in timeline.runs} == {4.0}


def test_a_running_trial_ends_now_and_a_queued_one_is_left_out(database):
    with database.write() as session:
        experiment = run_search(session, [("a", 1), ("a", 1)])
        running = factories.trial(session, experiment, 3)
        running.state = TrialState.RUNNING
        running.started_at = now() - timedelta(seconds=60)
        running.slot = 2
        queued = factories.trial(session, experiment, 4, units_1=9)
        session.flush()

        timeline = load_timeline(session, experiment)

    by_number = {run.number: run for run in timeline.runs}
    assert queued.number not in by_number
    assert 60 <= by_number[3].seconds < 120


def test_of_many_trials_the_latest_are_drawn(database, monkeypatch):
    monkeypatch.setattr(timelines, "MAX_BARS", 2)
    with database.write() as session:
        timeline = load_timeline(session, run_search(session, [("a", 1)] * 4))

    assert numbers_of(timeline.rows) == [[3, 4]]
    assert timeline.n_begun == 4
