"""An experiment that names nothing but its dataset."""

import pytest

from app.errors import Invalid
from app.schemas import ExperimentRequest, SplitRequest
from app.services import experiments
from tests import factories


def test_an_experiment_of_nothing_but_a_dataset_is_the_default_search(database):
    with database.write() as session:
        dataset = factories.dataset(session)
        request = ExperimentRequest(name="a", dataset_id=dataset.id)

        experiment = experiments.create(session, request)

        assert experiment.time_budget_seconds == 120
        assert experiment.max_trials > 12
        assert len(experiment.space.searched) >= 5
        assert "rows to train on" in experiment.choice_reason
        assert experiment.strategy == "gp"


def test_what_a_request_says_stays(database):
    with database.write() as session:
        dataset = factories.dataset(session)
        request = ExperimentRequest(
            name="a", dataset_id=dataset.id, strategy="random", max_trials=4, time_budget_seconds=9
        )

        experiment = experiments.create(session, request)

        assert (experiment.strategy, experiment.max_trials) == ("random", 4)
        assert experiment.time_budget_seconds == 9
        assert experiment.space.searched


def test_windows_leave_room_for_the_rows_to_forecast(database):
    with database.write() as session:
        dataset = factories.dataset(session, content=factories.monthly_csv(120))
        request = ExperimentRequest(
            name="half",
            dataset_id=dataset.id,
            horizon=30,
            split=SplitRequest(train=0.5, validation=0.25, test=0.25),
        )

        experiment = experiments.create(session, request)

        assert "31 rows to train on" in experiment.choice_reason


def test_an_empty_space_is_one_fixed_network(database):
    with database.write() as session:
        dataset = factories.dataset(session)
        request = ExperimentRequest(name="a", dataset_id=dataset.id, space={})

        experiment = experiments.create(session, request)

        assert experiment.space.searched == []
        assert experiment.time_budget_seconds is None


def test_a_missing_dataset_is_refused_at_its_field(database):
    with database.write() as session, pytest.raises(Invalid) as refusal:
        experiments.create(session, ExperimentRequest(name="a", dataset_id=99))

    assert [problem.loc for problem in refusal.value.problems] == [("dataset_id",)]
