"""The address of the list of experiments, and links that change one thing of it."""

from app.services.experiment_listing import ExperimentQuery
from app.web.views.experiment_table import COLUMNS, ExperimentTable

NAME = COLUMNS[0]


def table(*items: tuple[str, str]) -> ExperimentTable:
    values = dict(items)
    query = ExperimentQuery(
        sort=values.get("sort", ""), descending=values.get("descending") == "true"
    )
    return ExperimentTable(query, 1, items)


def test_a_column_sorts_up_then_down_then_not():
    plain = table(("tag", "a b"), ("page", "3"))
    ascending = table(("tag", "a"), ("sort", "name"))
    descending = table(("sort", "name"), ("descending", "true"))

    assert plain.sort_link(NAME) == "/experiments?tag=a+b&sort=name"
    assert ascending.sort_link(NAME) == "/experiments?tag=a&sort=name&descending=true"
    assert descending.sort_link(NAME) == "/experiments"
    assert descending.direction(NAME) == "descending"
    assert plain.direction(NAME) is None


def test_links_keep_the_rest_of_the_query():
    listed = table(("search", "x"), ("page", "2"))

    assert listed.page_link(3) == "/experiments?search=x&page=3"
    assert listed.tag_link("new") == "/experiments?search=x&tag=new"
    assert listed.address == "/experiments?search=x&page=2"
