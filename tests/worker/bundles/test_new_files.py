"""A bundle reads of a new file the series its model was trained on, or says why it cannot."""

import importlib.util
import sys

import pytest

from tests.app.domain.csv_reading.series_files import csv_of, panel_csv, table_of, wide_csv
from worker.bundles.bundle import FILES, PREDICT_SCRIPT


@pytest.fixture
def predict(monkeypatch):
    """The script of a bundle, as a module."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    specification = importlib.util.spec_from_file_location("predict", FILES / PREDICT_SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def read(predict, folder, text, dialect, columns=("close",)):
    file = folder / "new.csv"
    file.write_text(text)
    settings = {"columns": list(columns), "target": columns[0], "known_ahead": []}
    return predict.read_series(file, settings, dialect.document()).values


def test_the_same_series_of_a_new_panel_is_read(predict, tmp_path):
    dialect = table_of(panel_csv(), key=("MSFT",)).dialect
    new = panel_csv(("IBM", "MSFT", "AAL"), 50)

    values = read(predict, tmp_path, new, dialect)

    assert values["close"].tolist() == [200.0 + day for day in range(50)]
    assert str(values.index[-1].date()) == "2020-02-19"


def test_the_same_line_of_a_new_transposed_table_is_read(predict, tmp_path):
    dialect = table_of(wide_csv(), key=("Brazil",)).dialect
    new = wide_csv(("Chile", "Brazil"), [str(year) for year in range(1990, 2035)])

    values = read(predict, tmp_path, new, dialect, ("value",))

    assert values["value"].tolist() == [200.0 + year for year in range(45)]
    assert str(values.index[-1].date()) == "2034-01-01"


def test_all_series_stand_side_by_side_again(predict, tmp_path):
    dialect = table_of(panel_csv(), key=("*wide",)).dialect

    values = read(predict, tmp_path, panel_csv(("MSFT", "AAL")), dialect, ("AAL", "MSFT"))

    assert values.iloc[0].tolist() == [200.0, 100.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (panel_csv(("AAL", "IBM")), 'no series whose "Name" is "MSFT". It has: AAL, IBM.'),
        (
            csv_of(("date", "close"), [("2020-01-01", 1), ("2020-01-02", 2)]),
            'Column "Name", which names the series, not found. Add it, with the name',
        ),
    ],
)
def test_a_file_without_the_series_is_refused_in_words(predict, tmp_path, text, words):
    dialect = table_of(panel_csv(), key=("MSFT",)).dialect

    with pytest.raises(SystemExit, match="cannot be parsed like the CSV") as caught:
        read(predict, tmp_path, text, dialect)

    assert words in str(caught.value)


def test_several_series_are_not_mixed_for_a_model_of_one(predict, tmp_path):
    dialect = table_of(panel_csv(("AAL",))).dialect

    with pytest.raises(SystemExit, match="The file has 2 series") as caught:
        read(predict, tmp_path, panel_csv(), dialect)

    assert "trained on had one series" in str(caught.value)
