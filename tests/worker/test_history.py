"""What strategies are told: a search's own trials, and before them the results it starts from."""

from app.db.models import Experiment, Trial
from app.domain.warm_start import EarlierResult
from tests import factories
from worker.history import before
from worker.suggestions import Asking

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4, 5]}}


def test_results_from_elsewhere_are_trials_before_the_first():
    found = before([EarlierResult({"units_1": 2}, 3.0), EarlierResult({"units_1": 4}, 1.0)])
    assert [(row.number, row.parameters["units_1"], row.objective, row.state) for row in found] == [
        (-1, 2, 3.0, "finished"),
        (0, 4, 1.0, "finished"),
    ]
    assert before([]) == []


def test_a_grid_that_starts_from_results_tries_only_what_is_left(database):
    asked = {"space": SPACE, "strategy": "grid", "max_trials": 9}
    with database.write() as session:
        first = factories.experiment(session, **asked)
        factories.judged(session, first, 1, units_1=2)
        factories.judged(session, first, 2, units_1=4)
        first.exhausted = True
        made = factories.experiment(
            session, **asked, start_from=[first.id], pasted_results="units_1,objective\n5,2"
        ).id
    asking = Asking(database, print)
    while asking.propose():
        pass
    with database.read() as session:
        (only,) = session.query(Trial).where(Trial.experiment_id == made)
        assert (only.number, only.parameters["units_1"]) == (1, 3)
        assert session.get(Experiment, made).exhausted
