"""What the pages of comparison show: columns with addresses, and charts against a baseline."""

from app.web import comparisons
from app.web.comparisons import ComparedTrials
from tests import factories

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


def test_columns_have_addresses_that_pin_and_remove(database):
    with database.write() as session:
        made = factories.experiment(session, space=WIDE)
        first, second = (
            factories.completed_trial(session, made, number, units_1=number + 1)
            for number in (1, 2)
        )

        def address(trials, pinned):
            numbers = [trial.number for trial in trials]
            return f"{numbers} {pinned.number if pinned else None}"

        columns = comparisons.list_columns(ComparedTrials((first, second), 1), address)

        assert [column.label for column in columns] == ["trial 1", "trial 2 (baseline)"]
        assert [column.pin_address for column in columns] == ["[1, 2] 1", "[1, 2] None"]
        assert [column.removal_address for column in columns] == ["[2] 2", "[1] None"]


def test_forecasts_are_drawn_against_the_pinned_one(database):
    with database.write() as session:
        made = factories.experiment(session, space=WIDE)
        trials = tuple(
            factories.completed_trial(session, made, number, units_1=number + 1)
            for number in (1, 2)
        )
        compared = ComparedTrials(trials, 0)

        figure = comparisons.draw(session, compared, "validation", "differences", 1)

        lines = {trace["name"]: trace["y"] for trace in figure["data"]}
        assert set(lines["trial 1 (baseline)"]) == {0.0}
        assert set(lines["trial 2"]) == {0.0}
        assert {round(value, 6) for value in lines["actual"]} == {-0.25}
        assert figure["layout"]["yaxis"]["title"]["text"] == "Close minus trial 1 (baseline)"
