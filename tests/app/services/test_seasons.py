"""The seasons of a dataset: stored with it, shown, corrected, and taken by experiments."""

import pytest

from app.errors import Invalid
from app.services import datasets, experiments, seasons
from tests import factories

YEARLY = {"season_lags": "season", "calendar": "cyclic"}


def monthly_dataset(session):
    return factories.dataset(session, content=factories.monthly_csv())


def space_of(**changes):
    return {**factories.TINY, "units_1": {"choice": [2, 3]}, **changes}


def test_a_dataset_is_stored_with_its_seasons(database):
    with database.write() as session:
        monthly = monthly_dataset(session)
        walk = factories.dataset(session)

        assert monthly.season_lengths == [12]
        assert walk.season_lengths == []
        assert seasons.describe(session, monthly) == (
            "Seasons: 12 rows (a year), found in the dates and the autocorrelation."
        )
        assert seasons.describe(session, walk).startswith("No season was found")


def test_the_seasons_of_a_dataset_of_an_earlier_version_are_detected_when_asked(database):
    with database.write() as session:
        dataset = monthly_dataset(session)
        dataset.season_lengths = None

        assert seasons.lengths_of(session, dataset) == (12,)


def test_an_experiment_keeps_the_seasons_its_dataset_had(database):
    with database.write() as session:
        dataset = monthly_dataset(session)
        experiment = factories.experiment(session, space=space_of(**YEARLY))

        seasons.correct(dataset, [6.0])

        assert experiment.seasons == (12,)
        assert experiment.season_lengths == [12]
        later = experiments.create(session, factories.request(dataset.id, space=space_of()))
        assert later.seasons == (6,)
        assert "6 rows, as set here. Found in the series: 12 rows (a year)" in seasons.describe(
            session, dataset
        )


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ([2, 3, 4], "at most 2 seasons"),
        ([1], "between 2 and 60 rows"),
        ([61], "between 2 and 60 rows"),
        ([12, 12.2], "named once"),
        ([float("nan")], "is not possible"),
    ],
)
def test_impossible_seasons_are_refused_at_their_field(database, lengths, words):
    with database.write() as session:
        dataset = monthly_dataset(session)

        with pytest.raises(Invalid, match=words) as caught:
            seasons.correct(dataset, lengths)

        assert caught.value.problems[0].loc == ("season_lengths",)


def test_a_text_becomes_lengths_and_back():
    assert seasons.parse_lengths(" 24, 168 ") == (24, 168)
    assert seasons.parse_lengths("None") == ()
    assert seasons.format_lengths((7, 365.25)) == "7, 365.25"
    assert seasons.format_lengths(()) == "none"
    with pytest.raises(Invalid, match="separated by commas"):
        seasons.parse_lengths("a day")


def test_inputs_that_the_dataset_lacks_are_refused_before_a_search(database):
    numbers = "Sales\n" + "\n".join(str(row % 5 * row) for row in range(60))
    with database.write() as session:
        dataset = datasets.create_from_csv(
            session, name="numbers", filename="numbers.csv", content=numbers.encode()
        )
        seasons.correct(dataset, [])

        with pytest.raises(Invalid) as caught:
            experiments.create(session, factories.request(dataset.id, space=space_of(**YEARLY)))

    locations = {problem.loc for problem in caught.value.problems}
    assert locations == {("space", "season_lags"), ("space", "calendar")}
