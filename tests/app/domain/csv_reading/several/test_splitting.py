"""Each series of a file, as a file of its own, has the values it has in the whole."""

import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.splitting import split_file
from app.domain.csv_reading.table import read_table
from tests.app.domain.csv_reading.series_files import panel_csv, series_of, wide_csv


@pytest.mark.parametrize("text", [panel_csv(("A", "B")), "Prices\n\n" + panel_csv(("A", "B"))])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_a_panel_have_the_series_of_the_whole(text, encoding):
    content = text.encode(encoding)

    files = split_file(content, detect_dialect(content))

    assert [file.name for file in files] == ["A", "B"]
    for file in files:
        series, _ = make_series(read_table(file.content, file.dialect), CleaningOptions())
        expected, _ = series_of(content, key=(file.name,))
        assert series.fingerprint == expected.fingerprint
        assert file.content.decode(encoding).count(f",{file.name}") == 40


def test_files_of_a_transposed_table_have_a_line_each():
    content = wide_csv().encode()

    files = split_file(content, detect_dialect(content))

    assert [file.content.decode().count("\n") for file in files] == [2, 2]
    series, _ = make_series(read_table(files[1].content, files[1].dialect), CleaningOptions())
    assert series.target_values[[0, -1]].tolist() == [200.0, 239.0]


def test_a_row_over_several_lines_stays_whole():
    content = panel_csv(("A", '"B\nC"')).encode()

    files = split_file(content, detect_dialect(content))

    assert files[1].name == "B C"
    assert read_table(files[1].content, files[1].dialect).numbers["close"].iloc[-1] == 239.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (panel_csv(("A",)), "only one series"),
        (panel_csv([f"N{number}" for number in range(51)], 31), "51 series; at most 50"),
    ],
)
def test_one_series_is_not_split_and_neither_are_too_many(text, words):
    content = text.encode()

    with pytest.raises(SeriesError, match=words):
        split_file(content, detect_dialect(content))
