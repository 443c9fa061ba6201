"""Named views: what they keep of a query, for whom, and how they are replaced."""

import pytest

from app.errors import Conflict, Invalid
from app.schemas import ViewRequest
from app.services import experiments, named_views
from app.services.named_views import MAX_VIEWS
from tests import factories


def names_of(session, experiment_id):
    return [view.name for view in named_views.list_views(session, experiment_id)]


def test_a_view_keeps_the_parts_of_a_query_that_say_what_is_shown():
    query = (
        "?picked=1,2&page=3&trial=4&sort=objective&search=a+%3C+1&columns=b&columns=c&tab=curves"
    )

    kept = named_views.normalize_query(query)

    assert kept == "tab=curves&search=a+%3C+1&sort=objective&columns=b&columns=c"
    with pytest.raises(Invalid):
        named_views.normalize_query("a=1&" * 1000)


def test_a_view_is_of_one_experiment_or_of_all_and_goes_with_its_experiment(database):
    with database.write() as session:
        first = factories.experiment(session)
        second = factories.experiment(session)
        for name, is_for_all in (("wide", False), ("Narrow", False), ("best", True)):
            named_views.save(session, first.id, ViewRequest(name=name, is_for_all=is_for_all))

        again = named_views.save(session, first.id, ViewRequest(name="wide", query="size=25"))

        assert names_of(session, first.id) == ["Narrow", "wide", "best"]
        assert names_of(session, second.id) == ["best"]
        assert again.query == "size=25"

        experiments.delete(session, first)
        session.flush()

        assert names_of(session, first.id) == ["best"]


def test_the_number_of_views_is_limited(database):
    with database.write() as session:
        made = factories.experiment(session)
        for number in range(MAX_VIEWS):
            named_views.save(session, made.id, ViewRequest(name=f"view {number}"))

        named_views.save(session, made.id, ViewRequest(name="view 1", query="size=25"))
        with pytest.raises(Conflict):
            named_views.save(session, made.id, ViewRequest(name="one more"))
