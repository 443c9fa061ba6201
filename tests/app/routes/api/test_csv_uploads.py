"""A program says what a person says in the form, and is told what there is to choose from."""

import pytest

from app.db.models import Dataset
from app.services import datasets
from app.services.csv_fields import OPTIONS
from tests import factories
from tests.doubtful import FIRST_DATES, LAST_DATES, doubtful_dates_csv, doubtful_numbers_csv

COLUMNS = ["Date", "Open", "Close", "Volume"]


def send(client, content, headers=None, **fields):
    files = {"file": ("prices.csv", content)}
    return client.post("/api/datasets", files=files, data=fields, headers=headers)


def problems_of(answer):
    """The problems by field."""
    assert answer.status_code == 422
    return {problem["loc"][1]: problem for problem in answer.json()["detail"]}


def values_of(database, dataset_id=1):
    """The dates and the target of a dataset."""
    with database.read() as session:
        series = datasets.series(session, session.get(Dataset, dataset_id))
        return series.dates.astype("datetime64[D]").astype(str).tolist(), series.target_values


def test_doubtful_dates_are_refused_with_both_readings_and_nothing_is_stored(client):
    problem = problems_of(send(client, doubtful_dates_csv()))["date_format"]

    readings = {choice["value"]: choice["label"] for choice in problem["choices"]}
    assert set(readings) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert "day before month" in readings["%d/%m/%Y"]
    assert "month before day" in readings["%m/%d/%Y"]
    assert client.get("/api/datasets").json()["total"] == 0


@pytest.mark.parametrize("date_format", ["%d/%m/%Y", "%m/%d/%Y"])
def test_each_offered_reading_of_dates_is_what_is_stored(client, database, date_format):
    answer = send(client, doubtful_dates_csv(), date_format=date_format)

    dates, values = values_of(database)
    assert answer.status_code == 201
    assert (dates[0], dates[-1]) == (FIRST_DATES[date_format], LAST_DATES[date_format])
    assert len(dates) == 55
    assert values[0] == 0


@pytest.mark.parametrize(("decimal", "first"), [(",", 1.1), (".", 1100.0)])
def test_each_offered_reading_of_numbers_is_what_is_stored(client, database, decimal, first):
    offered = problems_of(send(client, doubtful_numbers_csv()))["decimal"]["choices"]

    send(client, doubtful_numbers_csv(), decimal=decimal)

    _, values = values_of(database)
    assert {choice["value"] for choice in offered} == {",", "."}
    assert values[0] == pytest.approx(first)


def test_the_thousands_sign_settles_a_doubt_about_the_decimal_one(client, database):
    send(client, doubtful_numbers_csv(), thousands=",")

    _, values = values_of(database)
    assert values[0] == 1100.0


@pytest.mark.parametrize("field", [name for name in OPTIONS if name != "date_format"])
def test_a_value_that_does_not_exist_is_refused_with_those_that_do(client, field):
    problem = problems_of(send(client, factories.random_walk_csv(), **{field: "purple"}))[field]

    assert '"purple" is none of' in problem["msg"]
    assert [choice["value"] for choice in problem["choices"]] == list(OPTIONS[field])


@pytest.mark.parametrize(
    ("fields", "field", "words", "offered"),
    [
        ({"date": "Shut"}, "date", '"Shut" not found', [*COLUMNS, "none"]),
        ({"date": "Open"}, "date", "do not read as dates", [*COLUMNS, "none"]),
        ({"date": ["Date", "Shut"]}, "date", '"Shut" not found', [*COLUMNS, "none"]),
        ({"target": "Shut"}, "target", '"Shut" not found', ["Open", "Close", "Volume"]),
        ({"features": "Open,Shut"}, "features", '"Shut" not found', ["Open", "Close", "Volume"]),
        ({"key_columns": "Shut"}, "key_columns", '"Shut" not found', COLUMNS),
    ],
)
def test_a_column_that_does_not_exist_is_refused_with_those_that_do(
    client, fields, field, words, offered
):
    problem = problems_of(send(client, factories.random_walk_csv(), **fields))[field]

    assert words in problem["msg"]
    assert [choice["value"] for choice in problem["choices"]] == offered


def test_a_date_format_that_no_cell_has_is_refused(client):
    answer = send(client, factories.random_walk_csv(), date_format="%d.%m.%Y")

    assert "No cell of" in problems_of(answer)["date_format"]["msg"]


def test_numbers_without_dates_are_numbered_only_where_that_is_said(client, database):
    answer = send(client, factories.random_walk_csv(), date="none")

    dates, _ = values_of(database)
    assert answer.json()["date"] is None
    assert (dates[0], len(dates)) == ("1970-01-01", 120)


def test_the_corrections_of_a_dataset_are_taken_where_they_are_asked_for(client, database):
    send(client, doubtful_dates_csv(), date_format="%m/%d/%Y")

    unasked = send(client, doubtful_dates_csv())
    asked = send(client, doubtful_dates_csv(), like="1")
    overridden = send(client, doubtful_dates_csv(), like="1", date_format="%d/%m/%Y")

    assert "date_format" in problems_of(unasked)
    assert (asked.status_code, overridden.status_code) == (201, 201)
    assert values_of(database, 2)[0][-1] == LAST_DATES["%m/%d/%Y"]
    assert values_of(database, 3)[0][-1] == LAST_DATES["%d/%m/%Y"]


def test_an_example_that_does_not_exist_is_refused_at_its_field(client):
    answer = send(client, factories.random_walk_csv(), like="7")

    assert problems_of(answer)["like"]["msg"] == "Dataset 7 not found."


def test_what_is_open_and_what_is_broken_is_said_at_once(client):
    broken = doubtful_dates_csv().replace(b"02/03/2000,1\n", b"02/03/2000,\n")

    assert set(problems_of(send(client, broken))) == {"date_format", "missing"}


@pytest.mark.parametrize("field", ["duplicates", "target", "separator", "missing_numbers", "like"])
def test_a_repeated_request_with_another_field_is_another_request(client, field):
    value = {"duplicates": "last", "target": "Open", "separator": ",", "missing_numbers": "-1"}
    send(client, factories.random_walk_csv())
    headers = {"Idempotency-Key": "one"}

    first = send(client, factories.random_walk_csv(), headers)
    again = send(client, factories.random_walk_csv(), headers)
    other = send(client, factories.random_walk_csv(), headers, **{field: value.get(field, "1")})

    assert again.json()["id"] == first.json()["id"]
    assert other.json()["id"] != first.json()["id"]


def test_the_documentation_lists_the_fields_and_their_values(client):
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/api/datasets"]["post"]
    body = operation["requestBody"]["content"]
    refusal = operation["responses"]["422"]["content"]["application/json"]
    name = body["multipart/form-data"]["schema"]["$ref"].rsplit("/", 1)[1]
    fields = document["components"]["schemas"][name]["properties"]

    assert fields["separator"]["enum"] == list(OPTIONS["separator"])
    assert "one text with commas" in fields["date"]["description"]
    assert "choices" in document["components"]["schemas"]["Problem"]["properties"]
    assert "choices" in refusal["example"]["detail"][0]
