"""Steps of the reduction strategy in the database: read as stored, and never changed."""

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


def reduction_search(session, **changes):
    return factories.experiment(
        session, strategy="reduction", max_trials=40, space=SPACE, **changes
    )


def test_what_was_asked_for_is_kept_with_the_experiment(database):
    asked = {"reduction_method": "kendall", "reduction_interval": 4, "reduction_window": None}
    with database.write() as session:
        experiment_id = reduction_search(session, reduction_threshold=0.55, **asked).id

    with database.read() as session:
        stored = reduction.reduction_of(session.get_one(Experiment, experiment_id))
    assert stored == Reduction("kendall", 4, None, 0.55)


def test_another_strategy_keeps_nothing_of_it(database):
    with database.write() as session:
        experiment = factories.experiment(session)

        assert (experiment.reduction_method, experiment.reduction_window) == (None, None)


def test_steps_are_read_as_they_were_stored(database):
    with database.write() as session:
        experiment_id = reduction_search(session).id

        reduction.record(session, experiment_id, STEPS)

    with database.read() as session:
        steps = reduction.load_state(session, experiment_id).steps
    assert list(steps) == STEPS
    assert steps[2].evidence.dropped[0] is True


def test_of_two_workers_that_take_a_step_at_once_the_first_stands(database):
    with database.write() as session:
        experiment = reduction_search(session)
        other_second = replace(STEPS[1], is_cut=False)
        reduction.record(session, experiment.id, STEPS[:2])

        reduction.record(session, experiment.id, [other_second, STEPS[2]])

        stored = reduction.load_state(session, experiment.id).steps
        assert list(stored) == STEPS[:2]  # the third followed from the other second


def test_stored_steps_reduce_the_space_of_the_next_draw(database):
    with database.write() as session:
        experiment = reduction_search(session, reduction_interval=6, reduction_threshold=0.2)
        space = experiment.space
        ended = [(row, float(row["units_1"])) for row in space.grid()]
        after = take_due_steps(space, reduction.load_state(session, experiment.id), ended)

        reduction.record(session, experiment.id, after.steps)

        assert reduction.load_state(session, experiment.id) == after
        assert after.steps[0].evidence.dropped == (4,)


def test_deleting_an_experiment_deletes_its_steps(database):
    with database.write() as session:
        experiment = reduction_search(session)
        reduction.record(session, experiment.id, STEPS)

        experiments.delete(session, experiment)

        assert session.query(ReductionStepRow).count() == 0


def test_a_search_that_tried_all_that_is_left_says_so(database):
    with database.write() as session:
        experiment = reduction_search(session)
        factories.completed_trial(session, experiment)
        proposals.exhaust(session, experiment.id)
        session.refresh(experiment)

        lifecycle.close_finished(session)

        assert experiment.reason == (
            "All 1 trials have ended."
            " What reduction left of the search space has no other combination."
        )
