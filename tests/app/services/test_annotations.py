"""Notes, tags and stars: only what is given changes, and a filter finds tagged trials."""

import pytest
from sqlalchemy import func, select

from app.db.models import Experiment, ExperimentTag, Trial, TrialTag
from app.schemas import ExperimentChange, TrialChange
from app.services import annotations, experiments, trial_listing
from app.services.trial_listing import TrialQuery
from tests import factories

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


def test_only_what_is_given_changes(database):
    with database.write() as session:
        made = factories.experiment(session, name="first", tags=["b", "a", "b"], notes="why")
        assert made.tags == ["a", "b"]
        change = ExperimentChange(tags=["c", "a"], is_archived=True)

        annotations.change_experiment(session, made, change)

        session.flush()
        session.expire_all()
        assert (made.name, made.notes, made.tags) == ("first", "why", ["a", "c"])
        assert made.archived_at is not None
        archived_at = made.archived_at

        again = ExperimentChange(is_archived=True, is_starred=True, name="second", tags=[])
        annotations.change_experiment(session, made, again)

        assert made.archived_at == archived_at
        assert (made.name, made.is_starred, made.tags) == ("second", True, [])


def test_every_tag_of_an_experiment_is_listed_once(database):
    with database.write() as session:
        factories.experiment(session, tags=["fast", "daily"])
        factories.experiment(session, tags=["daily"])

        assert annotations.list_experiment_tags(session) == ["daily", "fast"]


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("tag=good", [1, 3]),
        ("tag!=good", [2]),
        ("tag=good starred=yes", [3]),
        ("starred=no", [1, 2]),
    ],
)
def test_trials_are_filtered_by_tag_and_star(database, search, numbers):
    with database.write() as session:
        made = factories.experiment(session, space=WIDE)
        trials = [factories.trial(session, made, number, units_1=number) for number in (1, 2, 3)]
        annotations.change_trial(session, trials[0], TrialChange(tags=["good"]))
        annotations.change_trial(session, trials[2], TrialChange(tags=["good"], is_starred=True))
        session.flush()

        page = trial_listing.listing(session, made.id, TrialQuery(search=search))

        assert [trial.number for trial in page.items] == numbers


def test_tags_go_with_what_is_deleted(database):
    with database.write() as session:
        made = factories.experiment(session, tags=["fast"])
        trial = factories.trial(session, made)
        annotations.change_trial(session, trial, TrialChange(tags=["good"]))
        session.flush()

        experiments.delete(session, made)

        for table in (Experiment, Trial, ExperimentTag, TrialTag):
            assert session.scalar(select(func.count()).select_from(table)) == 0
