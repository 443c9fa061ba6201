"""What was said of a file is kept with its dataset."""

from app.services import datasets
from app.services.csv_corrections import list_corrected, read_corrections
from app.services.preparation import find_shape
from tests import factories
from tests.doubtful import doubtful_dates_csv


def create(session, content: bytes, **fields):
    return datasets.create_from_csv(
        session, name="prices", filename="prices.csv", content=content, **fields
    )


def test_corrections_are_stored_as_they_were_sent(database):
    with database.write() as session:
        corrected = create(session, doubtful_dates_csv(), date_format="%m/%d/%Y", missing="drop")
        plain = create(session, factories.random_walk_csv())

        assert read_corrections(corrected) == {"date_format": ["%m/%d/%Y"], "missing": ["drop"]}
        assert read_corrections(plain) == {}


def test_the_newest_corrected_dataset_of_the_same_shape_is_found(database):
    with database.write() as session:
        create(session, doubtful_dates_csv(), date_format="%m/%d/%Y")
        newest = create(session, doubtful_dates_csv(), date_format="%d/%m/%Y")
        create(session, factories.random_walk_csv(), target="Open")
        longer = doubtful_dates_csv() + b"01/02/2005,5\n"

        corrected = list_corrected(session)

        assert corrected[find_shape(longer)] is newest
        assert find_shape(factories.signed_csv()) not in corrected
        assert len(corrected) == 2


def test_the_shape_of_a_file_is_its_separator_and_its_columns():
    shape = find_shape(b"a,b\n1,2\n3,4\n")

    assert find_shape(b"a,b\n7,8\n9,9\n5,5\n") == shape
    assert find_shape(b"a;b\n1;2\n3;4\n") != shape
    assert find_shape(b"a,c\n1,2\n3,4\n") != shape
    assert find_shape(b"\x00\x01\x02") == ""


def test_a_damaged_dialect_has_no_corrections(database):
    with database.write() as session:
        dataset = create(session, factories.random_walk_csv(), target="Open")
        for damaged in ({}, {"corrections": 5}, {"corrections": {"target": 7, "colour": ["x"]}}):
            dataset.dialect = damaged

            assert read_corrections(dataset) == {}
