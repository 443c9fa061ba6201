"""The list of experiments: what a query finds, and in which order."""

import pytest

from app.domain.terms import ExperimentState
from app.errors import Invalid
from app.schemas import ExperimentChange
from app.services import annotations, overviews
from app.services.experiment_listing import ExperimentQuery
from tests import factories


@pytest.fixture
def three(database):
    """Experiments "alpha" (no trial), "Beta_1" (archived) and "gamma" (starred, the better)."""
    with database.write() as session:
        dataset = factories.dataset(session, name="rainfall")
        alpha = factories.experiment(session, name="alpha", notes="a **plan**", tags=["daily"])
        beta = factories.experiment(session, name="Beta_1", tags=["daily", "old"])
        other = factories.dataset(session, rows=130, name="prices")
        gamma = factories.experiment(session, name="gamma")
        gamma.dataset_id = other.id
        gamma.state = ExperimentState.COMPLETED
        factories.completed_trial(session, beta, objective=2.0)
        factories.completed_trial(session, gamma, objective=1.0, units_1=3)
        annotations.change_experiment(session, beta, ExperimentChange(is_archived=True))
        annotations.change_experiment(session, gamma, ExperimentChange(is_starred=True))
        assert alpha.dataset_id == dataset.id
    return database


def names(database, **query) -> list[str]:
    with database.read() as session:
        listed = overviews.listing(session, query=ExperimentQuery(**query))
        assert listed.total == len(listed.items)
        return [overview.experiment.name for overview in listed.items]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["gamma", "alpha"]),
        ({"archived": "all"}, ["gamma", "Beta_1", "alpha"]),
        ({"archived": "only"}, ["Beta_1"]),
        ({"search": "PLAN alp"}, ["alpha"]),
        ({"search": "rain"}, ["alpha"]),
        ({"search": "dail"}, ["alpha"]),
        ({"search": "a_1", "archived": "all"}, ["Beta_1"]),
        ({"search": "a%"}, []),
        ({"tag": "daily", "archived": "all"}, ["Beta_1", "alpha"]),
        ({"tag": "dail", "archived": "all"}, []),
        ({"state": "completed"}, ["gamma"]),
        ({"starred": True}, ["gamma"]),
    ],
)
def test_a_query_finds_experiments(three, query, found):
    assert names(three, **query) == found


@pytest.mark.parametrize(
    ("sort", "descending", "order"),
    [
        ("name", False, ["alpha", "Beta_1", "gamma"]),
        ("name", True, ["gamma", "Beta_1", "alpha"]),
        ("validation_rmse", False, ["gamma", "Beta_1", "alpha"]),
        ("validation_rmse", True, ["Beta_1", "gamma", "alpha"]),
        ("trials", False, ["alpha", "gamma", "Beta_1"]),
        ("created_at", False, ["alpha", "Beta_1", "gamma"]),
    ],
)
def test_the_list_is_sorted_with_empty_values_last(three, sort, descending, order):
    query = {"archived": "all", "sort": sort, "descending": descending}

    assert names(three, **query) == order


def test_every_mistake_of_a_query_is_named(database):
    query = ExperimentQuery(state="done", sort="colour", archived="perhaps")

    with database.read() as session, pytest.raises(Invalid) as caught:
        overviews.listing(session, query=query)

    assert [problem.loc for problem in caught.value.problems] == [
        ("sort",),
        ("state",),
        ("archived",),
    ]
