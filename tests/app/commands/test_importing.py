"""import-csv takes the fields of the API, and prints what there is to choose from."""

import pytest
from typer.testing import CliRunner

from app.__main__ import main
from tests import factories
from tests.app.commands.processes import run, run_words
from tests.doubtful import doubtful_dates_csv

pytestmark = pytest.mark.slow


def test_a_csv_is_imported_and_counted_by_status(tmp_path):
    csv = tmp_path / "walk.csv"
    csv.write_bytes(factories.random_walk_csv())
    data = str(tmp_path / "data")

    imported = run("import-csv", str(csv), "--data", data)

    assert imported.returncode == 0
    assert "120 rows, target Close" in imported.stdout
    assert "1 datasets" in run_words("status", "--data", data)


def test_a_csv_that_cannot_be_used_is_refused_in_words(tmp_path):
    csv = tmp_path / "bad.csv"
    csv.write_text("a,b\nx,y\n")

    process = run("import-csv", str(csv), "--data", str(tmp_path / "data"))

    assert process.returncode == 1
    assert "No column holds numbers" in process.stdout.replace("\n", " ")


def import_csv(tmp_path, content: bytes, *options: str):
    csv = tmp_path / "prices.csv"
    csv.write_bytes(content)
    arguments = ["import-csv", str(csv), *options, "--data", str(tmp_path / "data")]
    return CliRunner().invoke(main, arguments)


def test_a_doubtful_csv_is_refused_with_the_options_that_settle_it(tmp_path):
    refused = import_csv(tmp_path, doubtful_dates_csv())
    imported = import_csv(tmp_path, doubtful_dates_csv(), "--date-format", "%d/%m/%Y")
    like_it = import_csv(tmp_path, doubtful_dates_csv(), "--like", "1")

    assert refused.exit_code == 1
    assert '--date-format "%d/%m/%Y"' in refused.output
    assert '--date-format "%m/%d/%Y"' in refused.output
    assert "day before month" in refused.output
    assert "55 rows, target Close" in imported.output
    assert "Dataset 2: 55 rows" in like_it.output


def test_options_that_may_be_repeated_and_a_negative_number_are_taken(tmp_path):
    options = ("--features", "Open", "--features", "Close", "--date", "none")

    imported = import_csv(
        tmp_path, factories.random_walk_csv(), *options, "--missing-numbers", "-999"
    )

    assert imported.exit_code == 0, imported.output
    assert "rows are numbered" in imported.output


def test_a_value_that_does_not_exist_is_refused_with_those_that_do(tmp_path):
    refused = import_csv(tmp_path, factories.random_walk_csv(), "--separator", "purple")

    assert refused.exit_code == 1
    assert '--separator "tab"' in refused.output
    assert '--separator ";"  semicolon' in refused.output
