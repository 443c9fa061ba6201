"""Every problem of a form at once, however late a check finds it."""

import pytest

from app.domain.search_space.parameters import CATALOGUE
from app.web.forms.experiment import blank_fields
from app.web.forms.labels import field_of
from app.web.forms.reading import read_form
from tests import factories


@pytest.fixture
def form(database):
    with database.write() as session:
        dataset_id = factories.dataset(session, rows=600).id
    return blank_fields() | {"name": "mine", "dataset_id": str(dataset_id)}


def wrong_fields(database, fields):
    with database.read() as session:
        problems = read_form(fields, CATALOGUE).find_all_problems(session, CATALOGUE, None)
    return [field_of(problem.loc, CATALOGUE) for problem in problems]


def test_problems_of_reading_of_types_of_the_space_and_of_the_data_are_found_together(
    database, form
):
    form |= {"seed": "x", "max_trials": "0", "pruning": "axe"}
    form |= {"space.units_1.kind": "choice", "space.units_1.choices": "2, three"}
    form |= {"space.time_steps.value": "9999"}

    names = wrong_fields(database, form)

    assert sorted(names) == [
        "max_trials",
        "pruning",
        "seed",
        "space.time_steps.kind",
        "space.units_1.kind",
    ]


def test_a_split_that_cannot_be_read_makes_no_rows_ahead_wrong(database, form):
    form |= {"train": "much", "horizon": "61"}

    assert wrong_fields(database, form) == ["train"]


def test_the_rest_is_checked_though_the_dataset_is_missing(database, form):
    form |= {"dataset_id": "77", "strategy": "guess"}

    assert sorted(wrong_fields(database, form)) == ["dataset_id", "strategy"]


def test_a_good_form_has_no_problem(database, form):
    assert wrong_fields(database, form) == []
