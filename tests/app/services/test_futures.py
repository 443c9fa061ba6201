"""What comes next: dated, beside the naive forecast, with bands, or in words why not."""

from dataclasses import dataclass

import numpy as np
import pytest

from app.db.models import Delivery, Forecast
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.delivery import Member
from app.domain.terms import FUTURE, TrialState
from app.errors import NotFound
from app.queue.evaluations import pack_forecast, pack_future
from app.services import datasets, futures
from tests import factories
from tests.clock import now

NEXT_DAYS = ["2020-04-30", "2020-05-01", "2020-05-02"]


def add_future(session, trial, values):
    content = pack_future(np.array(values, float))
    session.add(Forecast(trial_id=trial.id, part=FUTURE, predicted=content))
    session.flush()


@dataclass(frozen=True)
class Delivered:
    """A member of a delivery that is trial 1 and a ridge regression."""

    members = (Member("trial 1", 0.5, 1, 1), Member("ridge", 0.5))

    @classmethod
    def add(cls, session, experiment, values):
        actual = datasets.series(session, experiment.dataset).target_values
        parts = experiment.split.parts(len(actual))
        delivery = Delivery(
            experiment_id=experiment.id,
            members=[member.to_document() for member in cls.members],
            future_forecast=pack_future(np.array(values, float)),
            finished_at=now(),
        )
        for part in ("validation", "test"):
            content = pack_forecast(actual[list(parts[part])] - 1)
            setattr(delivery, f"{part}_forecast", content)
        session.add(delivery)
        session.flush()


def test_the_rows_after_the_last_one_are_dated_and_have_bands(database):
    with database.write() as session:
        experiment = factories.experiment(session, horizon=3)
        trial = factories.completed_trial(session, experiment)
        add_future(session, trial, [50, 51, 52])

        view = futures.load_of_trial(session, trial)

        last_value = datasets.series(session, experiment.dataset).target_values[-1]
        assert (view.at == np.array(NEXT_DAYS, "datetime64[us]")).all()
        assert view.predicted.tolist() == [50, 51, 52]
        assert view.naive.tolist() == [last_value] * 3
        assert view.assumption == "Rows come every day; the next dates go on like this."
        # every forecast of the factory is 0.25 too high
        assert list(view.bands) == [0.8, 0.95]
        assert view.bands[0.8].lower == pytest.approx(view.predicted - 0.25, abs=1e-5)
        assert view.bands[0.8].upper == pytest.approx(view.predicted + 0.25, abs=1e-5)


def test_what_is_handed_over_comes_before_the_best_trial(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.completed_trial(session, experiment)
        add_future(session, trial, [50])

        of_trial = futures.load_of_best(session, experiment)
        experiment.deliver = "ensemble"
        experiment.finished_at = now()
        Delivered.add(session, experiment, [60])
        of_delivery = futures.load_of_best(session, experiment)

        assert (of_trial.source, of_trial.predicted.tolist()) == ("trial 1", [50])
        assert "ridge" in of_delivery.source
        assert of_delivery.predicted.tolist() == [60]
        assert of_delivery.bands[0.95].upper == pytest.approx([61])


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TrialState.COMPLETED, "earlier version of Foretune, .* train it longer"),
        (TrialState.STOPPED, "earlier version of Foretune, .* try it again"),
        (TrialState.RUNNING, "when the trial has been evaluated"),
    ],
)
def test_a_trial_without_a_stored_future_says_why(database, state, words):
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))
        trial.state = state

        with pytest.raises(NotFound, match=words):
            futures.load_of_trial(session, trial)


def test_a_forecast_that_is_no_number_is_not_shown(database):
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))
        add_future(session, trial, [float("nan")])

        with pytest.raises(NotFound, match="is not a number"):
            futures.load_of_trial(session, trial)


def shop_csv(future_rows):
    """60 days of sales, and rows to come of which the holidays are known."""
    lines = ["Date,Sales,Holiday"]
    for number in range(60 + future_rows):
        day = np.datetime64("2020-01-01") + number
        sales = f"{number * 7 % 11}.5" if number < 60 else ""
        lines.append(f"{day},{sales},{number % 7 // 6}")
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (0, "reads Holiday in the 3 rows after the last one, and the file has none of them."),
        (2, "reads Holiday in the 3 rows after the last one, and the file has only 2 of them."),
    ],
)
def test_rows_to_come_of_which_too_little_is_known_are_asked_for(database, given, words):
    with database.write() as session:
        cleaning = CleaningOptions(target="Sales", known_ahead=("Holiday",))
        factories.dataset(session, content=shop_csv(given), cleaning=cleaning)
        experiment = factories.experiment(session, horizon=3)
        trial = factories.completed_trial(session, experiment)
        add_future(session, trial, [np.nan] * 3)

        with pytest.raises(NotFound) as missing:
            futures.load_of_trial(session, trial)

        assert words in str(missing.value)
        assert "Holiday filled in and Sales left empty" in str(missing.value)


def test_the_dates_of_the_rows_to_come_are_the_files_own(database):
    content = shop_csv(3).replace(b"2020-03-03,", b"2020-03-08,")
    with database.write() as session:
        factories.dataset(session, content=content)
        experiment = factories.experiment(session, horizon=3)
        trial = factories.completed_trial(session, experiment)
        add_future(session, trial, [1, 2, 3])

        view = futures.load_of_trial(session, trial)

        assert [str(date)[:10] for date in view.at] == ["2020-03-01", "2020-03-02", "2020-03-08"]
        assert view.assumption == "The dates are those of the file's rows to forecast."
