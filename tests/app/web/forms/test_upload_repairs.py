"""The buttons that save say which repair they make, and only needed repairs are offered."""

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table
from app.web.forms.table_preview import TablePreview
from tests import factories
from tests.doubtful import doubtful_dates_csv

MISSING = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-05,,,\n2020-01-06,", 1)
INCOMPLETE = b"Date,Open,Close\n" + b"".join(
    b"2020-01-%02d,%s,%d\n" % (day, b"" if day in (3, 9) else b"%d" % day, day * day % 17)
    for day in range(1, 32)
)


def buttons_of(content: bytes, **cleaning) -> list[tuple[str, str, str]]:
    table = read_table(content, detect_dialect(content))
    preview = TablePreview.of(content, table, CleaningOptions(**cleaning), set())
    return [(button.label, button.field, button.value) for button in preview.save_buttons]


def test_a_file_without_faults_has_one_plain_button():
    assert buttons_of(factories.random_walk_csv()) == [("Save as a dataset", "", "")]
    assert buttons_of(doubtful_dates_csv()) == [("Save as a dataset", "", "")]


def test_missing_values_have_a_button_for_each_repair_with_their_number():
    assert buttons_of(INCOMPLETE) == [
        ("Fill 2 missing values and save", "missing", "fill"),
        ("Interpolate 2 missing values and save", "missing", "interpolate"),
        ("Leave out 2 rows and save", "missing", "drop"),
    ]


def test_a_chosen_repair_is_named_on_the_only_button():
    assert buttons_of(INCOMPLETE, missing="interpolate") == [
        ("Interpolate 2 missing values and save", "", "")
    ]
    assert buttons_of(INCOMPLETE, features=("Close",)) == [("Save as a dataset", "", "")]


def test_two_open_questions_are_not_answered_by_one_button():
    assert buttons_of(MISSING) == [("Save as a dataset", "", "")]
