"""A program chooses a series of a file with several, or takes all."""

from app.db.models import Dataset
from app.services import datasets
from tests.app.domain.csv_reading.series_files import CASES, csv_of, days, panel_csv, wide_csv

STOCKS = (CASES / "A06_all_stocks_panel.csv").read_bytes()


def send(client, content, headers=None, **fields):
    files = {"file": ("stocks.csv", content)}
    return client.post("/api/datasets", files=files, data=fields, headers=headers)


def values_of(database, dataset_id):
    with database.read() as session:
        series = datasets.series(session, session.get(Dataset, dataset_id))
        return series.target_values


def test_a_panel_is_refused_with_its_series_to_choose_from(client):
    answer = send(client, STOCKS)

    assert answer.status_code == 422
    [problem] = answer.json()["detail"]
    assert problem["loc"] == ["body", "key"]
    assert [choice["value"] for choice in problem["choices"]] == [
        "AAL", "AAPL", "ABC", "*wide", "*",
    ]  # fmt: skip
    assert client.get("/api/datasets").json()["total"] == 0


def test_the_chosen_series_is_stored(client, database):
    answer = send(client, STOCKS, key="ABC", target="close")

    described = answer.json()
    assert answer.status_code == 201
    assert described["rows"] == 400
    assert described["first_at"].startswith("2013-02-08")
    assert described["features"] == ["open", "high", "low", "close", "volume"]
    last_line = STOCKS.decode().splitlines()[1200].split(",")
    assert values_of(database, described["id"])[-1] == float(last_line[4])


def test_an_offered_value_with_two_columns_is_taken_as_it_is_offered(client, database):
    rows = [
        (date, city, gas, 100 * len(city) + day)
        for city in ("Bonn", "Berlin")
        for gas in ("no2", "o3")
        for day, date in enumerate(days())
    ]
    content = csv_of(("date", "city", "parameter", "value"), rows).encode()

    [problem] = send(client, content).json()["detail"]
    offered = problem["choices"][2]["value"]
    answer = send(client, content, key=offered)

    assert offered == "Berlin | no2"
    assert answer.status_code == 201
    assert values_of(database, answer.json()["id"])[0] == 600.0


def test_all_series_become_datasets_and_a_repeated_request_makes_no_more(client, database):
    headers = {"Idempotency-Key": "all of them"}

    first = send(client, panel_csv(), headers, key="*").json()
    again = send(client, panel_csv(), headers, key="*").json()

    assert first == again
    ids = [first["id"], *first["others"]]
    assert client.get("/api/datasets").json()["total"] == 2
    assert [values_of(database, dataset_id)[0] for dataset_id in ids] == [100.0, 200.0]


def test_a_line_of_a_transposed_table_is_stored(client, database):
    [problem] = send(client, wide_csv()).json()["detail"]
    answer = send(client, wide_csv(), key="Brazil")

    assert problem["choices"][1] == {"value": "Brazil", "label": "Brazil (40 values)"}
    assert answer.json()["date"] == "date"
    assert values_of(database, answer.json()["id"])[-1] == 239.0


def test_a_series_that_is_not_there_is_refused_with_those_that_are(client):
    [problem] = send(client, panel_csv(), key="IBM").json()["detail"]

    assert problem["loc"] == ["body", "key"]
    assert 'no series whose "Name" is "IBM". It has: AAL, MSFT.' in problem["msg"]
    assert [choice["value"] for choice in problem["choices"]] == ["AAL", "MSFT"]
