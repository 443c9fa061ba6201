"""Each of several series becomes a dataset of its own."""

import pytest

from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.services import datasets
from app.services.every_series import prepare_each
from tests import factories
from tests.several import panel_csv


def test_all_series_of_a_file_are_prepared_with_their_own_values():
    prepared = prepare_each(panel_csv(), {"key": ("*",)}, CleaningOptions())

    assert [one.series_name for one in prepared] == ["AAA", "BBB", "CCC"]
    assert [one.rows for one in prepared] == [40, 40, 40]
    assert len({one.fingerprint for one in prepared}) == 3
    assert [one.dialect.key for one in prepared] == [("AAA",), ("BBB",), ("CCC",)]


def test_all_series_are_stored_under_their_names(database):
    with database.write() as session:
        created = datasets.create_each_from_csv(
            session, name="stocks", filename="x.csv", content=panel_csv(), key="*"
        )
        last_values = [datasets.series(session, one).target_values[-1] for one in created]

        assert [one.name for one in created] == ["AAA, stocks", "BBB, stocks", "CCC, stocks"]
        assert last_values == [139.0, 239.0, 339.0]


def test_a_problem_names_its_series():
    broken = panel_csv().replace(b"2020-01-05,BBB,204", b"2020-01-05,BBB,")

    with pytest.raises(SeriesError) as caught:
        prepare_each(broken, {"key": ("*",)}, CleaningOptions())

    [problem] = caught.value.problems
    assert problem.field == "missing"
    assert problem.message.startswith('BBB: "Close" has no value in line')


def test_a_file_with_one_series_has_no_others():
    with pytest.raises(SeriesError, match="leave out the key"):
        prepare_each(factories.random_walk_csv(), {"key": ("*",)}, CleaningOptions())


def test_without_that_question_a_file_is_one_dataset():
    [prepared] = prepare_each(factories.random_walk_csv(), None, CleaningOptions())

    assert (prepared.rows, prepared.series_name) == (120, "")
