"""Looks of the reduction strategy in the database: they come back as they were, and the first of two stands."""

from dataclasses import replace

from app.db.models import Experiment, ReductionStepRow
from app.domain.reduction.steps import Evidence, Reduction, ReductionStep, take_due_steps
from app.queue import lifecycle, proposals, reduction
from app.services import experiments
from tests import factories

SPACE = {
    **factories.TINY,
    "units_1": {"choice": [2, 3, 4]},
    "scaling": {"choice": ["minmax", "standard"]},
}
EVIDENCE = Evidence("learning_rate", (0.1, 0.3), (1e-5, 0.1), 0.625, 0.0125, 4, 6, 2.5, 1.25)
STEPS = [
    ReductionStep(1, 5, 5, "kendall", None, False, None, None, 1.0),
    ReductionStep(2, 10, 9, "kendall", EVIDENCE, True, 10**40, 10**39, 0.1),
    ReductionStep(
        3,
        15,
        9,
        "kendall",
        replace(EVIDENCE, parameter="stateful", dropped=(True,), kept=(False,)),
        False,
        4,
        4,
        0.1,
    ),
]


def reducing(session, **changes):
    return factories.experiment(
        session, strategy="reduction", max_trials=40, space=SPACE, **changes
    )


def test_what_was_asked_for_is_kept_with_the_experiment(database):
    asked = {"reduction_method": "kendall", "reduction_interval": 4, "reduction_window": None}
    with database.write() as session:
        made = reducing(session, reduction_threshold=0.55, **asked).id
    with database.read() as session:
        found = reduction.reduction_of(session.get_one(Experiment, made))
    assert found == Reduction("kendall", 4, None, 0.55)


def test_another_strategy_keeps_nothing_of_it(database):
    with database.write() as session:
        made = factories.experiment(session)
        assert (made.reduction_method, made.reduction_window) == (None, None)


def test_looks_come_back_as_they_were(database):
    with database.write() as session:
        made = reducing(session).id
        reduction.record(session, made, STEPS)
    with database.read() as session:
        found = reduction.load_state(session, made).steps
    assert list(found) == STEPS
    assert found[2].evidence.dropped[0] is True


def test_of_two_workers_that_look_at_once_the_first_stands(database):
    with database.write() as session:
        made = reducing(session)
        reduction.record(session, made.id, STEPS[:2])
        reduction.record(session, made.id, [replace(STEPS[1], is_cut=False), STEPS[2]])
        assert (
            list(reduction.load_state(session, made.id).steps) == STEPS[:2]
        )  # the third was made from another second


def test_looks_that_were_stored_thin_the_space_of_the_next_draw(database):
    with database.write() as session:
        made = reducing(session, reduction_interval=6, reduction_threshold=0.2)
        space = made.space
        ended = [(row, float(row["units_1"])) for row in space.grid()]
        after = take_due_steps(space, reduction.load_state(session, made.id), ended)
        reduction.record(session, made.id, after.steps)
        assert reduction.load_state(session, made.id) == after
        assert after.steps[0].evidence.dropped == (4,)


def test_deleting_an_experiment_forgets_its_looks(database):
    with database.write() as session:
        made = reducing(session)
        reduction.record(session, made.id, STEPS)
        experiments.delete(session, made)
        assert session.query(ReductionStepRow).count() == 0


def test_a_search_that_tried_all_that_is_left_says_so(database):
    with database.write() as session:
        made = reducing(session)
        factories.completed_trial(session, made)
        proposals.exhaust(session, made.id)
        session.refresh(made)
        lifecycle.settle(session)
        assert (
            made.reason
            == "All 1 trials have ended. What reduction left of the search space has no other combination."
        )
