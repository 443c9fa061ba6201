"""500 broken CSVs: each is saved right, or refused naming the line or the column."""

import re

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.config import Settings
from app.db.models import Dataset
from app.db.upgrade import upgrade_database
from app.domain.csv_reading.series import Series
from app.main import create_app

pytestmark = pytest.mark.slow
HEADER = ["Date", "Open", "Close"]
ROWS = [
    [str(np.datetime64("2020-01-01") + n), f"{n * 7 % 11}.5", str(n * 3 % 17)] for n in range(45)
]
NUMBERS = [
    "1e999",
    "-1e999",
    "9" * 400,
    "inf",
    "-Infinity",
    "nan",
    "1e308",
    "0x1F",
    "1_000",
    "1.2.3",
    "--1",
    "٣",
    "1e-320",
]
DATES = [
    "31/12/2020",
    "2020-02-31",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "soon",
    "",
    "2020-01-01T00:00Z",
    "1577836800",
]
TEXTS = [
    '"',
    '"open',
    'a"b"c',
    "\x00",
    "\x0b",
    "\x1a",
    "\ufeff",
    "\u202e",
    "\u2028",
    "=cmd()",
    "<script>",
    "'",
    "#",
    "\\",
    "\r",
]
HEADERS = [
    ["Date", "Close", "Close"],
    ["x"] * 3,
    [""] * 3,
    ["Date", "", "\x07"],
    ["Close"],
    ["\u202eDate", "<b>", "=1+1"],
]
ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "cp1252",
    "cp037",
    "shift_jis",
]
BOMS = [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf" * 2, b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00"]
WHOLE = (  # what is wrong with all of a file has no line
    "file is empty|no lines with text|no rows|a header and no rows|a compressed|"
    "a binary workbook|a PDF|a web page"
    "|rows? (are|is) left|rows is too|not the name of"
)
PLACE = re.compile(
    rf'\blines? \d|column|"[^"]+" (has|holds|is|never)|No cell of|cells of|begins with|{WHOLE}',
    re.IGNORECASE,
)


def written(header, rows, separator=","):
    return "\n".join(separator.join(row) for row in ([header] if header else []) + rows) + "\n"


@st.composite
def cells_put_in(draw):
    """A good file in which some cells became something else."""
    rows = [list(row) for row in ROWS]
    for _ in range(draw(st.integers(1, 6))):
        row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, 2))
        rows[row][column] = draw(st.sampled_from((DATES if column == 0 else NUMBERS) + TEXTS))
    return written(
        draw(st.sampled_from([HEADER, None, *HEADERS])), rows, draw(st.sampled_from(",;\t|"))
    ).encode()


@st.composite
def encoded_oddly(draw):
    """A good file in some encoding, behind some mark, with some bytes in it."""
    content = draw(st.sampled_from(BOMS)) + written(["Datum", "Öffnung", "Kurs"], ROWS).encode(
        draw(st.sampled_from(ENCODINGS)), "replace"
    )
    place = draw(st.integers(0, len(content)))
    return content[:place] + draw(st.binary(max_size=4)) + content[place:]


@st.composite
def shaped_oddly(draw):
    """Too many columns, one column, lines of many lengths, one line without end."""
    start, end = written(HEADER, ROWS[:20]), written(None, ROWS[20:])
    wide = draw(st.sampled_from([400, 501, 10_000]))
    shapes = [
        written([f"c{n}" for n in range(wide)], [["1"] * wide] * 31),
        start + "1," * wide + "\n" + end,
        written(["Close"], [[row[2]] for row in ROWS]),
        written(["Date"], [[row[0]] for row in ROWS]),
        start + "\n".join("," * draw(st.integers(0, 5)) for _ in range(4)) + "\n" + end,
        start + "x" * draw(st.sampled_from([90_000, 3_000_000])) + end,
        "1," * 1_500_000,
        start + '"' + "x\n" * 100_000,
        start.replace("\n", "\r"),
        written(
            HEADER,
            [
                [row[0] if n % 2 else row[0][8:] + row[0][4:8] + row[0][:4], *row[1:]]
                for n, row in enumerate(ROWS)
            ],
        ),
        written(HEADER, ROWS[: draw(st.integers(0, 31))]),
        written(HEADER, [ROWS[n // 2] for n in range(90)]),
    ]
    return draw(st.sampled_from(shapes)).encode()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("files"))
    upgrade_database(settings)
    with TestClient(
        create_app(settings), base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        yield client


def check(client, content):
    answer = client.post(
        "/api/datasets", files={"file": ("x.csv", content)}, data={"missing": "refuse"}
    )
    if answer.status_code != 201:
        assert answer.status_code in (413, 422), answer.text
        said = [problem["msg"] for problem in answer.json()["detail"]]
        assert said
        assert all(PLACE.search(words) for words in said), said
        return
    with client.app.state.database.write() as session:
        dataset = session.get(Dataset, answer.json()["id"])
        series = Series.from_bytes(dataset.series)
        session.delete(dataset)
    assert len(series.dates) >= 30
    assert np.isfinite(series.values).all()
    assert (np.diff(series.dates) > np.timedelta64(0)).all()


FEW = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


@given(content=cells_put_in())
@settings(FEW, max_examples=240)
def test_a_file_with_odd_cells_is_saved_or_refused_at_its_place(client, content):
    check(client, content)


@given(content=encoded_oddly())
@settings(FEW, max_examples=160)
def test_a_file_in_an_odd_encoding_is_saved_or_refused_at_its_place(client, content):
    check(client, content)


@given(content=shaped_oddly())
@settings(FEW, max_examples=100)
def test_a_file_of_an_odd_shape_is_saved_or_refused_at_its_place(client, content):
    check(client, content)


@given(content=st.one_of(cells_put_in(), encoded_oddly(), shaped_oddly()))
@settings(FEW, max_examples=40)
def test_the_page_of_an_upload_shows_every_broken_file(client, content):
    page = client.post("/datasets", files={"file": ("x.csv", content)})

    assert page.status_code == 200
    assert "x.csv" in page.text
    assert client.get(f"{page.url.path}/charts/series").status_code == 200

    saved = client.post(page.url.path, data={"name": "x"}, follow_redirects=False)

    assert saved.status_code in (303, 422)
    assert (
        saved.status_code == 303
        or 'small class="error"' in saved.text
        or 'role="alert"' in saved.text
    )
