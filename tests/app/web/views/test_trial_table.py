"""The trial table: its columns and its links."""

import csv
import io
from urllib.parse import parse_qsl, urlsplit

from app.db.models import Experiment, Trial
from app.services.trial_listing import TrialQuery
from app.web.views.trial_columns import Column
from app.web.views.trial_csv import write_csv
from app.web.views.trial_table import (
    TableRequest,
    TrialTable,
    build_table,
    varied_parameters,
)
from tests.clock import now

SPACE = {
    "units_1": {"choice": [8, 16]},
    "cell": "lstm",
    "learning_rate": {"loguniform": [1e-4, 1e-2]},
}


def experiment(**changes) -> Experiment:
    usual = {"strategy": "tpe", "objective": "rmse", "space_document": SPACE, "points": []}
    return Experiment(**{**usual, **changes})


def table(*query_items, **query) -> TrialTable:
    columns = tuple(text for name, text in query_items if name == "columns")
    request = TableRequest(TrialQuery(**query), columns, query_items)
    return build_table(request, experiment())


def query_of(link: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(link).query)


def find_column(of: TrialTable, name: str) -> Column:
    return next(column for column in of.available_columns if column.name == name)


def test_the_usual_columns_are_measures_and_what_varies():
    assert table().names == (
        *("objective", "difference", "curve", "validation_skill", "epochs_trained", "duration"),
        *("units_1", "learning_rate"),
    )


def test_columns_that_do_not_exist_are_left_out():
    asked = table(("columns", "best_epoch"), ("columns", "traceback"))

    assert asked.names == ("best_epoch",)


def test_sorting_keeps_every_chosen_column_and_begins_at_the_first_page():
    third_page = table(("columns", "objective"), ("columns", "cell"), ("page", "3"), page=3)

    link = third_page.sort_link(find_column(third_page, "cell"))

    assert query_of(link) == [
        ("columns", "objective"),
        ("columns", "cell"),
        ("sort", "parameters.cell"),
    ]


def test_sorting_by_the_same_column_again_reverses_the_order():
    ascending = table(("sort", "objective"), sort="objective")
    descending = table(
        ("sort", "objective"), ("descending", "true"), sort="objective", descending=True
    )
    column = find_column(ascending, "objective")

    assert ascending.direction(column) == "ascending"
    assert ("descending", "true") in query_of(ascending.sort_link(column))
    assert query_of(descending.sort_link(column)) == [("sort", "objective")]


def test_the_export_keeps_the_filter_and_forgets_the_page():
    filtered = table(("search", "units_1>=16"), ("state", "failed"), ("page", "2"))

    assert query_of(filtered.export_link) == [("search", "units_1>=16"), ("state", "failed")]


def test_a_manual_search_varies_what_differs_between_its_points():
    points = [
        {"units_1": 8, "cell": "lstm"},
        {"units_1": 16, "cell": "lstm"},
        {"units_1": 8, "cell": "lstm"},
    ]

    assert varied_parameters(experiment(strategy="manual", points=points)) == ["units_1"]


def test_numbers_are_right_aligned_and_the_first_hyperparameter_is_marked():
    classes = table().classes

    assert classes["number"] == "n"
    assert classes["state"] == ""
    assert classes["objective"] == "n"
    assert classes["units_1"] == "n parameter first"
    assert classes["learning_rate"] == "n parameter"


def test_more_scores_are_columns_on_request_and_in_the_export():
    asked = table(("columns", "test_mase"), ("columns", "validation_coverage_80"))
    trial = Trial(number=1, state="completed", more_scores={"test": {"mase": 0.9}})
    trial.tag_text = ""

    text = "".join(write_csv([[trial]], asked.names, now()))
    lines = list(csv.reader(io.StringIO(text)))

    assert [column.title for column in asked.columns] == [
        "MASE on test",
        "held by the 80 % band on validation",
    ]
    assert lines[0][2:4] == ["test_mase", "validation_coverage_80"]
    assert lines[1][2:4] == ["0.9", ""]
