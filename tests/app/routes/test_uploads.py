"""From a CSV to a dataset in the browser: nothing is saved before it reads right."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.cache import Cache
from app.db.models import Dataset, Upload
from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.series import Choice
from app.domain.csv_reading.table import read_table
from app.services import datasets
from app.services.file_reader import FileReader
from app.web.forms.upload import preview_upload
from tests import factories
from tests.doubtful import FIRST_DATES, LAST_DATES, OTHER_FORMAT, doubtful_dates_csv
from tests.several import panel_csv

FILES = sorted(Path("tests/cases").glob("*")) + sorted(Path("tests/cases/further").glob("*"))
CASES = [path for path in FILES if path.is_file() and path.suffix != ".md"]


@pytest.fixture
def upload(client):
    """The address of an upload of a plain CSV."""
    answer = client.post(
        "/datasets",
        files={"file": ("C:\\data\\walk.csv", factories.random_walk_csv())},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    return answer.headers["location"]


def test_an_upload_shows_how_the_file_reads_and_saves_nothing(client, database, upload):
    page = client.get(upload).text

    assert "walk.csv" in page
    assert "C:" not in page
    assert "120 rows, daily from 2020-01-01 to 2020-04-29, no gaps; target Close" in page
    assert 'name="missing"' not in page
    assert "<details>\n  <summary>\n    How the file is written" in page

    with database.read() as session:
        assert session.query(Dataset).count() == 0


def test_saving_makes_a_dataset_and_forgets_the_upload(client, database, upload):
    form = {"name": "My walk", "target": "Open", "features": ["Close", "Volume"]}
    answer = client.post(upload, data=form, follow_redirects=False)

    assert answer.headers["location"] == "/datasets/1"
    assert "My walk" in client.get("/datasets/1").text

    with database.read() as session:
        assert session.get(Dataset, 1).features == ["Open", "Close", "Volume"]
        assert session.query(Upload).count() == 0


def fields(page):
    """What a browser would send of the form on a page: texts by field."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    for name, options in re.findall(
        r'<select id="[^"]+" name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        inputs.append((name, chosen[1] if chosen else ""))
    sent = {}
    for name, text in inputs:
        sent.setdefault(name, []).append(html.unescape(text))
    return sent


def test_a_correction_is_read_again_from_the_query(client, upload):
    wrong = client.get(upload, params={"separator": ";"}).text

    assert "Are the separator and the decimal sign right?" in wrong
    assert "Date,Open,Close,Volume" in wrong  # how the file begins

    numbered = client.get(upload, params={"date": "none"}).text

    assert "numbered in the order of the file" in numbered


def test_what_was_not_corrected_follows_from_what_was(client):
    rows = "".join(
        f"{day // 28 + 1:02d}/{day % 28 + 1:02d}/2020;{day},{day % 7}5;{day}\n" for day in range(60)
    )
    location = client.post(
        "/datasets", files={"file": ("x.csv", rows.encode())}, follow_redirects=False
    ).headers["location"]
    first = fields(client.get(location).text)

    assert (first["separator"], first["decimal"]) == ([";"], [","])
    assert first["date"] == ["Column 1", ""]

    wrong = fields(client.get(location, params={**first, "separator": ","}).text)

    assert wrong["corrected"] == ["separator"]

    right = fields(client.get(location, params={**wrong, "separator": ";"}).text)

    assert (right["decimal"], right["date"]) == ([","], ["Column 1", ""])

    named = fields(client.get(location, params={**right, "has_header": "true"}).text)

    assert named["date"] == ["01/01/2020", ""]
    assert named["corrected"] == ["separator has_header"]

    numbered = fields(client.get(location, params={**named, "date": "none"}).text)

    assert set(numbered["corrected"][0].split()) == {"separator", "has_header", "date"}


def test_an_untouched_form_saves_what_the_page_showed(client, database):
    rows = "Datum;Kurs;Leer\n" + "".join(
        f"{day % 28 + 1:02d}.{day // 28 + 1:02d}.2020;{day},5;0\n" for day in range(60)
    )
    location = client.post(
        "/datasets", files={"file": ("x.csv", rows.encode())}, follow_redirects=False
    ).headers["location"]
    answer = client.post(
        location, data={**fields(client.get(location).text), "name": "x"}, follow_redirects=False
    )

    assert answer.status_code == 303

    with database.read() as session:
        assert session.get(Dataset, 1).features == ["Kurs"]
        assert session.get(Dataset, 1).dialect["decimal"] == ","


def test_a_target_that_another_separator_takes_away_is_forgotten_when_reading_again(client, upload):
    form = {**fields(client.get(upload).text), "target": "Volume", "features": ["Open", "Volume"]}
    kept = client.get(upload, params=form).text

    assert fields(kept)["target"] == ["Volume"]

    unnamed = client.get(upload, params={**form, "has_header": "false"}).text

    assert fields(unnamed)["target"] == ["Column 4"]


def test_no_ticked_feature_leaves_the_target_alone(client, database, upload):
    client.post(upload, data={**fields(client.get(upload).text), "name": "x", "target": "Close"})
    with database.read() as session:
        assert session.get(Dataset, 1).features == ["Close"]


def test_what_is_in_the_way_is_said_at_its_field_and_the_form_stays_filled(client):
    broken = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-04,")
    location = client.post(
        "/datasets", files={"file": ("w.csv", broken)}, follow_redirects=False
    ).headers["location"]
    answer = client.post(location, data={"name": "Kept name", "target": "Close"})

    assert answer.status_code == 422
    assert "lines 5, 6" in answer.text
    assert 'id="duplicates"' in answer.text
    assert 'value="Kept name"' in answer.text

    done = client.post(location, data={"name": "x", "duplicates": "last"}, follow_redirects=False)

    assert done.status_code == 303


def test_only_a_repair_that_is_needed_is_offered_and_filled_values_are_marked(client, database):
    incomplete = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-05,,,\n2020-01-06,")
    lines = incomplete.splitlines()
    del lines[6]  # which had the same date as the line before
    location = upload_of(client, b"\n".join(lines))
    page = client.get(location).text

    assert "Interpolate 3 missing values and save" in page
    assert 'id="duplicates"' not in page

    query = {**fields(page), "features": ["Open", "Volume"], "choose": "missing=interpolate"}
    chosen = client.get(location, params=query).text

    assert "3 values in 1 of 120 rows are filled" in chosen
    assert chosen.count("<mark") == 3
    assert fields(chosen)["missing"] == ["interpolate"]

    client.post(location, data={"name": "x", "missing": "interpolate"})
    dataset = client.get("/datasets/1").text
    figure = client.get("/datasets/1/charts/series").json()

    assert dataset.count("<mark") == 3
    assert "know the next row" in dataset
    assert figure["data"][1]["x"] == ["2020-01-05"]
    assert [shape for shape in figure["layout"]["shapes"] if shape.get("name") == "gap"] == []


def test_a_changed_field_opens_the_fields_about_how_the_file_is_written(client, upload):
    page = client.get(upload, params={"separator": ",", "corrected": "separator"}).text

    assert "<details open>\n  <summary>\n    How the file is written" in page


def test_an_upload_without_a_file_says_to_choose_one(client):
    answer = client.post("/datasets", files={"file": ("", b"")})

    assert answer.status_code == 422
    assert "Choose a CSV first" in answer.text


def test_an_empty_file_says_so(client):
    answer = client.post("/datasets", files={"file": ("empty.csv", b"")})

    assert answer.status_code == 422
    assert "The file is empty" in answer.text


def test_a_binary_file_is_shown_with_the_reason(client):
    answer = client.post("/datasets", files={"file": ("x.csv", b"\x00\x01\x02")})

    assert "binary" in answer.text


def test_the_target_is_drawn(client, upload):
    figure = client.get(f"{upload}/charts/series").json()

    assert len(figure["data"][0]["x"]) == 120


def test_the_file_is_read_once_for_its_page_with_the_chart_and_once_to_save_it(
    client, upload, monkeypatch
):
    reads = []
    monkeypatch.setattr(
        "app.web.forms.upload.read_table", lambda *given: reads.append(1) or read_table(*given)
    )
    address = html.unescape(re.search('data-chart-url="([^"]+)"', client.get(upload).text)[1])
    figure = client.get(address).json()

    assert len(figure["data"][0]["x"]) == 120
    assert len(reads) == 1

    client.app.state.upload_charts = Cache(max_items=8)

    assert client.get(address).json() == figure  # drawn anew
    assert len(reads) == 2

    monkeypatch.setattr(
        "app.services.preparation.read_table", lambda *given: reads.append(1) or read_table(*given)
    )
    client.post(upload, data={"name": "x"})

    assert len(reads) == 3


@pytest.fixture
def reader_process(client):
    """Lets every file be read as large ones are: in a process of its own."""
    client.app.state.file_reader = FileReader(small_bytes=0)
    yield client.app.state.file_reader
    client.app.state.file_reader.close()


def test_a_file_that_another_process_reads_is_shown_and_saved_alike(client, upload, reader_process):
    page = client.get(upload).text
    refused = client.post(upload, data={"name": "x", "target": "Shut"})
    client.post(upload, data={"name": "x", "target": "Open", "features": ["Close"]})
    other = client.post("/api/datasets", files={"file": ("w.csv", factories.random_walk_csv())})

    assert reader_process.pid is not None
    assert "120 rows, daily" in page
    assert 'Column "Shut" not found' in html.unescape(refused.text)
    assert client.get("/api/datasets/1").json()["features"] == ["Open", "Close"]
    assert other.json()["rows"] == 120


def test_a_file_that_takes_too_long_to_read_is_refused_with_the_limit(client, upload):
    client.app.state.file_reader = FileReader(seconds=0.001, small_bytes=0)
    page = client.get(upload)
    saved = client.post(upload, data={"name": "x"})
    sent = client.post("/api/datasets", files={"file": ("w.csv", factories.random_walk_csv())})

    for answer in (page, saved, sent):
        assert "was stopped after 0.001 seconds, the limit for one file" in answer.text
    assert (page.status_code, saved.status_code, sent.status_code) == (200, 422, 422)


def test_an_upload_can_be_thrown_away(client, database, upload):
    client.post(f"{upload}/delete")

    assert client.get(upload).status_code == 404


def test_the_sample_is_loaded_once(client, database):
    for _ in range(2):
        assert (
            client.post("/datasets/samples/ibm", follow_redirects=False).headers["location"]
            == "/datasets/1"
        )
    with database.read() as session:
        assert session.get(Dataset, 1).rows == 3270


def upload_of(client, content: bytes, name: str = "prices.csv") -> str:
    """The address of an upload."""
    answer = client.post("/datasets", files={"file": (name, content)}, follow_redirects=False)
    return answer.headers["location"]


def values_of(database, dataset_id: int = 1):
    """The dates and the target of a dataset."""
    with database.read() as session:
        series = datasets.series(session, session.get(Dataset, dataset_id))
        return series.dates.astype("datetime64[D]").astype(str).tolist(), series.target_values


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_every_problem_leads_to_a_field_of_the_page(client, case):
    location = upload_of(client, case.read_bytes(), case.name)

    for query in ({}, {"missing": "refuse"}, {"date": "Name"}, {"separator": "|"}):
        page = client.get(location, params=query).text
        for field in re.findall(r'<a href="#([^"]+)">', page):
            assert f'id="{field}"' in page, (query, field)


def test_a_date_column_chosen_by_hand_stays_with_all_fields_where_it_cannot_be_read(client):
    rows = "".join(f"2020-01-{day:02d},week {day} of many,{day}\n" for day in range(1, 32))
    location = upload_of(client, f"Day,Week,Close\n{rows}".encode())

    page = client.get(location, params={"date": "Week"}).text

    shown = fields(page)
    assert "such as &#34;week 1 of many&#34;, read as dates in no format" in page
    assert shown["date"] == ["Week", ""]
    assert shown["corrected"] == ["date"]
    for field in ("separator", "decimal", "thousands", "encoding", "has_header", "date_format"):
        assert f'id="{field}"' in page
    for column in ("Day", "Week", "Close"):
        assert f'<option value="{column}"' in page


def test_a_doubt_is_shown_with_what_was_taken_and_a_button_for_the_other_reading(client, database):
    location = upload_of(client, doubtful_dates_csv())
    first = client.get(location).text
    [taken] = fields(first)["date_format"]
    other = OTHER_FORMAT[taken]

    assert "What was decided for you" in first
    assert f'value="date_format={other}"' in first

    query = {**fields(first), "choose": f"date_format={other}"}
    second = client.get(location, params=query).text
    saved = client.post(location, data={**fields(second), "name": "x"}, follow_redirects=False)

    assert "your choice" in second
    assert saved.status_code == 303
    dates, _ = values_of(database)
    assert (dates[0], dates[-1]) == (FIRST_DATES[other], LAST_DATES[other])


def test_saving_confirms_a_doubt_as_it_was_shown(client, database):
    location = upload_of(client, doubtful_dates_csv())
    form = fields(client.get(location).text)

    client.post(location, data={**form, "name": "x"})

    dates, _ = values_of(database)
    assert dates[-1] == LAST_DATES[form["date_format"][0]]


def test_several_series_are_in_the_way_until_one_is_chosen(client, database):
    location = upload_of(client, panel_csv())
    page = client.get(location).text
    refused = client.post(location, data={**fields(page), "name": "x"})

    assert "What you must decide" in page
    assert refused.status_code == 422
    assert 'href="#key"' in refused.text

    chosen = client.get(location, params={**fields(page), "choose": "key=BBB"}).text
    client.post(location, data={**fields(chosen), "name": "x"})

    dates, values = values_of(database)
    assert (len(dates), values[0], values[-1]) == (40, 200.0, 239.0)


def test_every_series_can_be_saved_as_a_dataset_of_its_own(client, database):
    location = upload_of(client, panel_csv())
    page = client.get(location, params={"choose": "key=*"}).text

    saved = client.post(location, data={**fields(page), "name": "x"}, follow_redirects=False)

    assert saved.headers["location"] == "/datasets"
    assert [values_of(database, number)[1][0] for number in (1, 2, 3)] == [100.0, 200.0, 300.0]


def test_corrections_are_applied_to_the_next_file_of_the_same_shape_and_can_be_undone(
    client, database
):
    first = upload_of(client, doubtful_dates_csv())
    form = fields(client.get(first).text)
    [taken] = form["date_format"]
    query = {**form, "choose": f"date_format={OTHER_FORMAT[taken]}"}
    corrected = fields(client.get(first, params=query).text)
    client.post(first, data={**corrected, "name": "x", "target": "Close", "features": ["Close"]})

    second = upload_of(client, doubtful_dates_csv() + b"01/02/2005,5\n", "next.csv")
    page = client.get(second).text
    undone = client.get(second, params={"fresh": "true"}).text
    client.post(second, data={**fields(page), "name": "y", "target": "Close"})

    assert "Read as you corrected" in page
    assert "prices.csv" in page
    assert "date format 31/12/2021" in page or "date format 12/31/2021" in page
    assert fields(page)["date_format"] == [OTHER_FORMAT[taken]]
    assert "Read as you corrected" not in undone
    assert fields(undone)["date_format"] == [taken]
    assert values_of(database, 2)[0][0] == FIRST_DATES[OTHER_FORMAT[taken]]


def test_corrections_of_another_shape_are_not_applied(client):
    first = upload_of(client, doubtful_dates_csv())
    client.post(first, data={**fields(client.get(first).text), "name": "x"})

    page = client.get(upload_of(client, factories.random_walk_csv())).text

    assert "Read as you corrected" not in page


def test_a_wrong_number_for_missing_values_is_said_at_its_field(client):
    location = upload_of(client, factories.random_walk_csv())

    page = client.get(location, params={"missing_numbers": "many"}).text

    assert 'href="#missing_numbers"' in page
    assert "is no number" in page


def test_a_button_answers_what_is_to_be_done_about_missing_values(client, database):
    content = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-05,,,\n2020-01-06,", 1)
    location = upload_of(client, content.replace(b"2020-01-06,", b"2020-01-05,", 2))
    page = client.get(location).text

    assert 'value="missing=drop"' in page

    dropped = client.get(location, params={**fields(page), "choose": "missing=drop"}).text

    assert fields(dropped)["missing"] == ["drop"]


def test_the_chosen_features_stand_in_the_order_of_the_file():
    answers = {"target": ["Open"], "features": ["Volume", "Gone", "Open", "Close"]}

    preview = preview_upload(factories.random_walk_csv(), answers)

    assert preview.choices.features == ("Open", "Close", "Volume")


def test_what_only_a_person_can_decide_is_in_the_way_of_saving(client, database, monkeypatch):
    question = Finding(
        kind=FindingKind.AMBIGUOUS,
        column="",
        message="No column could be read as dates.",
        field="date",
        choices=(Choice("Open", "Open is the date"), Choice("none", "number the rows")),
    )

    def read_with_question(*arguments):
        table = read_table(*arguments)
        return replace(table, findings=(*table.findings, question))

    monkeypatch.setattr("app.web.forms.upload.read_table", read_with_question)
    rows = "".join(f"{row * row % 7}.5,{row * row % 97}\n" for row in range(40))
    location = upload_of(client, f"Open,Close\n{rows}".encode())
    form = {**fields(client.get(location).text), "name": "x", "target": "Close"}

    refused = client.post(location, data=form)
    settled = client.get(location, params={**form, "choose": "date=none"}).text
    saved = client.post(location, data={**form, **fields(settled)}, follow_redirects=False)

    assert refused.status_code == 422
    assert 'href="#date"' in refused.text
    assert saved.status_code == 303
    assert values_of(database)[0][0] == "1970-01-01"


def series_in(database):
    with database.read() as session:
        return datasets.series(session, session.get(Dataset, 1))


def shop_upload(client, future_rows):
    """The address of an upload whose last rows have no sales."""
    lines = ["Date,Sales,Holiday"]
    for number in range(60):
        date = f"2020-{1 + number // 28:02d}-{1 + number % 28:02d}"
        sales = f"{number * 7 % 11}.5" if number < 60 - future_rows else ""
        lines.append(f"{date},{sales},{number % 7 // 6}")
    return upload_of(client, "\n".join(lines).encode())


def test_rows_that_lack_only_the_target_are_taken_as_those_to_forecast(client, database):
    location = shop_upload(client, 4)
    page = client.get(location).text

    assert "The last 4 rows have no Sales: they are the rows to forecast" in page
    assert 'name="known_ahead" value="Holiday" checked' in page

    form = {**fields(page), "name": "Shop", "features": ["Holiday"], "known_ahead": ["Holiday"]}
    client.post(location, data=form)
    saved = client.get("/datasets/1").text

    assert "The file has 4 rows to forecast, in which it gives Holiday." in saved
    assert series_in(database).future_rows == 4


def test_nothing_is_known_ahead_where_its_tick_is_taken_away(client, database):
    location = shop_upload(client, 4)
    form = {**fields(client.get(location).text), "name": "Shop", "features": ["Holiday"]}

    refused = client.post(location, data=form).text
    client.post(location, data={**form, "missing": "drop"})

    assert "Choose to drop these rows" in refused
    assert (series_in(database).known_ahead, len(series_in(database).dates)) == ((), 56)


def test_a_last_row_without_a_target_is_asked_about(client, database):
    location = shop_upload(client, 1)
    page = client.get(location).text

    assert 'value="known_ahead=Holiday"' in page
    assert 'value="known_ahead=none"' in page
    assert 'name="shown_known_ahead"' not in page

    form = {**fields(page), "name": "Shop", "features": ["Holiday"]}
    refused = client.post(location, data=form).text
    answered = client.get(location, params={**form, "choose": "known_ahead=Holiday"}).text

    assert "Is it the row to forecast" in refused
    assert 'name="known_ahead" value="Holiday" checked' in answered
