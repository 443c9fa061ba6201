"""A person chooses a series of a file with several on the page of the upload."""

import html
import re

import pytest

from app.db.models import Dataset
from app.services import datasets
from tests.app.domain.csv_reading.series_files import csv_of, days, panel_csv, wide_csv
from tests.pages import text_of


def upload(client, content):
    answer = client.post(
        "/datasets", files={"file": ("stocks.csv", content)}, follow_redirects=False
    )
    assert answer.status_code == 303
    return answer.headers["location"]


def options_of(page, name):
    """What a list of the page offers, and what is chosen in it."""
    select = re.search(rf'<select id="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)[1]
    options = re.findall(r'<option value="([^"]*)"( selected)?', select)
    values = [html.unescape(value) for value, _ in options]
    chosen = [html.unescape(value) for value, selected in options if selected]
    return values, chosen


def stored(database):
    with database.read() as session:
        return [
            (dataset.name, dataset.rows, datasets.series(session, dataset).target_values[0])
            for dataset in session.query(Dataset).order_by(Dataset.id)
        ]


def test_the_page_asks_for_the_series_and_offers_all(client):
    page = client.get(upload(client, panel_csv())).text

    values, chosen = options_of(page, "key")
    assert "The file has 2 series, told apart by" in text_of(page)
    assert values == ["", "AAL", "MSFT", "*wide", "*"]
    assert chosen in ([], [""])


def test_nothing_is_saved_before_a_series_is_chosen(client, database):
    address = upload(client, panel_csv())

    answer = client.post(address, data={"target": "close"})

    assert answer.status_code == 422
    assert "Choose one of them" in answer.text
    assert stored(database) == []


@pytest.mark.parametrize("content", [panel_csv(("AAL", "Brazil")), wide_csv(("AAL", "Brazil"))])
def test_a_chosen_series_is_shown_and_saved(client, database, content):
    address = upload(client, content)

    page = client.get(address, params={"choose": "key=Brazil"}).text
    target = "close" if "close" in content else "value"
    client.post(address, data={"key": "Brazil", "target": target, "name": "mine"})

    assert options_of(page, "key")[1] == ["Brazil"]
    assert "40 rows" in text_of(page)
    assert [(rows, first) for _, rows, first in stored(database)] == [(40, 200.0)]


def test_a_series_named_by_two_columns_stays_chosen(client, database):
    rows = [
        (date, city, gas, 100 * len(city) + day)
        for city in ("Bonn", "Berlin")
        for gas in ("no2", "o3")
        for day, date in enumerate(days())
    ]
    address = upload(client, csv_of(("date", "city", "parameter", "value"), rows))

    page = client.get(address, params={"choose": "key=Berlin | no2"}).text
    client.post(address, data={"key": "Berlin | no2", "target": "value"})

    assert options_of(page, "key")[1] == ["Berlin | no2"]
    assert [(rows, first) for _, rows, first in stored(database)] == [(40, 600.0)]


def test_all_series_are_saved_and_the_list_shows_them(client, database):
    address = upload(client, panel_csv())

    page = client.get(address, params={"choose": "key=*"})
    form = {"key": "*", "target": "close", "features": ["close"], "name": "stocks"}
    answer = client.post(address, data=form, follow_redirects=False)

    assert page.status_code == 200
    assert answer.headers["location"] == "/datasets"
    assert [(rows, first) for _, rows, first in stored(database)] == [(40, 100.0), (40, 200.0)]
    for name, _, _ in stored(database):
        assert name in client.get("/datasets").text
