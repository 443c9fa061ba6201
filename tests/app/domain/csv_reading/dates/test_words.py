"""The names of months mean the same in all the languages that are known."""

import pytest

from app.domain.csv_reading.dates.words import MONTH_NAMES, fold, month_number
from tests.app.domain.csv_reading.written_dates import NAMES


@pytest.mark.parametrize("language", NAMES)
def test_the_months_of_a_language_are_in_their_order(language):
    numbers = [month_number(name) for name in NAMES[language].split()]

    assert numbers == list(range(1, 13))


def test_no_name_means_two_months():
    meanings = {}
    for month, names in enumerate(MONTH_NAMES, start=1):
        for name in names.split():
            meanings.setdefault(fold(name), set()).add(month)

    assert [name for name, months in meanings.items() if len(months) > 1] == []


def test_case_accents_and_points_do_not_matter():
    assert fold("Févr.") == fold("FEVR") == "fevr"
    assert month_number("ΜΑΪ́ΟΥ") == 5
    assert month_number("lipanj") == 0
