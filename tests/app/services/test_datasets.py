"""Datasets are made from CSVs whole or not at all, listed, read back and forgotten."""

import numpy as np
import pytest

from app.db.models import Dataset
from app.errors import Conflict, Invalid, NotFound
from app.samples import IBM
from app.services import datasets
from tests import factories


def create(session, content=None, **options):
    upload = {
        "name": "walk",
        "filename": "walk.csv",
        "content": content or factories.random_walk_csv(),
    }
    return datasets.create_from_csv(session, **(upload | options))


def problems_of(session, content=None, **options):
    """The messages by field for a CSV that is refused."""
    with pytest.raises(Invalid) as caught:
        create(session, content, **options)
    return {problem.loc: problem.message for problem in caught.value.problems}


def test_a_csv_becomes_a_dataset_with_its_series(database):
    with database.write() as session:
        dataset_id = create(session).id

    with database.read() as session:
        dataset = datasets.get(session, dataset_id)
        series = datasets.series(session, dataset)
        assert dataset.rows == 120
        assert dataset.target == "Close"
        assert dataset.features == ["Open", "Close", "Volume"]
        assert str(dataset.first_at) == "2020-01-01 00:00:00+00:00"
        assert str(dataset.last_at) == "2020-04-29 00:00:00+00:00"
        assert dataset.dialect["columns"] == ["Date", "Open", "Close", "Volume"]
        assert dataset.fingerprint == series.fingerprint
        assert len(series.dates) == 120


def test_target_date_and_features_can_be_chosen(database):
    text = "When,Paid,Open,Close\n" + "".join(
        f"{2000 + n},{n % 28 + 1:02d}.01.{1990 + n},{n},{n * n}\n" for n in range(40)
    )
    with database.write() as session:
        dataset = create(session, text.encode(), target="Open", date="Paid", features=["Close"])

        assert dataset.target == "Open"
        assert dataset.features == ["Open", "Close"]
        assert dataset.date_column == "Paid"
        assert str(dataset.first_at.date()) == "1990-01-01"


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"target": "Shut"}, "target", "not found"),
        ({"features": ["Open", "Shut"]}, "features", "not found"),
        ({"date": "Shut"}, "date", "The columns are: Date, Open, Close, Volume."),
        ({"date": "Open"}, "date", "do not read as dates"),
        ({"missing": "guess"}, "missing", "none of refuse, fill, interpolate, drop, bound"),
        ({"duplicates": "both"}, "duplicates", "none of refuse, first, last"),
    ],
)
def test_what_does_not_fit_the_file_is_refused_at_its_field_and_nothing_is_stored(
    database, options, field, words
):
    with database.write() as session:
        problems = problems_of(session, **options)

        assert words in problems[(field,)]
        assert session.query(Dataset).count() == 0


def test_repeated_dates_are_refused_unless_a_choice_was_made(database):
    broken = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-04,")
    with database.write() as session:
        problems = problems_of(session, broken)
        dataset = create(session, broken, duplicates="last")

        assert "lines 5, 6" in problems[("duplicates",)]
        assert dataset.rows == 119


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("  A   name ", "A name"),
        ("", "walk.csv"),
        ("\u202ereversed\x00", "reversed"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 10_000, "x" * 200),
        ("\ud800", "walk.csv"),
    ],
)
def test_names_are_kept_printable_and_of_one_line(database, name, stored):
    with database.write() as session:
        assert create(session, name=name).name == stored


def test_datasets_are_listed_newest_first_by_pages(database):
    with database.write() as session:
        for number in range(3):
            create(session, name=f"walk {number}")

        page = datasets.listing(session, page=1, size=2)

        assert [dataset.name for dataset in page.items] == ["walk 2", "walk 1"]
        assert page.total == 3


@pytest.mark.parametrize("number", [1, 0, -1, 2**63, -(2**70), 10**30])
def test_a_dataset_that_is_not_there_is_said_not_to_be(database, number):
    with database.read() as session, pytest.raises(NotFound):
        datasets.get(session, number)


def test_a_dataset_in_use_must_not_be_deleted_and_an_unused_one_may(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        unused = create(session, name="unused")

        with pytest.raises(Conflict, match="1 experiment uses this dataset"):
            datasets.refuse_if_used(session, experiment.dataset)
        datasets.refuse_if_used(session, unused)


def test_the_sample_is_added_once(database):
    with database.write() as session:
        first = datasets.add_sample(session, IBM)
        second = datasets.add_sample(session, IBM)

        assert first.id == second.id
        assert first.rows == 3270
        assert first.target == "Close"
        assert first.notes == ['"Close" is the target, because of its name.']
        assert first.features == ["Open", "High", "Low", "Close", "Volume"]


def test_a_series_in_memory_is_found_by_its_content(database):
    n_datasets = datasets.MAX_CACHED_SERIES + 2
    with database.write() as session:
        ids = [
            create(session, factories.random_walk_csv(seed=seed)).id for seed in range(n_datasets)
        ]

        for dataset_id in [*ids, *ids]:
            dataset = datasets.get(session, dataset_id)
            series = datasets.series(session, dataset)
            assert series.fingerprint == dataset.fingerprint
        oldest = datasets.series(session, datasets.get(session, ids[0]))
        assert np.isfinite(oldest.values).all()
