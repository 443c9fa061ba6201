"""Errors by step beside those of naive forecasts, and the origins that are worst."""

import numpy as np
import pytest

from app.db.models import Forecast
from app.domain import horizons
from app.domain.horizons import origins, step_values
from app.domain.step_errors import LAST_KNOWN, measure_naive_steps
from app.domain.terms import Part
from app.errors import Invalid
from app.queue.evaluations import pack_forecast
from app.services import datasets, more_scores, several_steps
from tests import factories

HORIZON = 3


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def make_trial(session, horizon=HORIZON):
    """A trial on monthly sales, whose forecasts are 0.25 too high."""
    factories.dataset(session, content=factories.monthly_csv())
    experiment = factories.experiment(session, horizon=horizon)
    trial = factories.completed_trial(session, experiment)
    session.flush()
    more_scores.store(session, more_scores.compute_missing(session, experiment.id))
    session.refresh(trial)
    return trial


def replace_forecast(session, trial, change):
    """Change what is stored of the test part: change(actual) is what was predicted."""
    experiment = trial.experiment
    values = datasets.series(session, experiment.dataset).target_values
    part = experiment.split.parts(len(values))[Part.TEST]
    actual = step_values(values, origins(part, experiment.horizon), experiment.horizon)
    stored = session.get_one(Forecast, (trial.id, "test"))
    stored.predicted = pack_forecast(change(actual))


def test_naive_forecasts_are_measured_on_the_origins_of_the_trial(session):
    trial = make_trial(session)

    comparison = several_steps.compare_steps(session, trial, Part.TEST)

    for item in comparison.items:
        assert item["rmse"] == pytest.approx(0.25, rel=1e-4)
        assert item["skill"] == pytest.approx(1 - item["rmse"] / item["naive_rmse"], rel=1e-4)
    assert [item["step"] for item in comparison.items] == [1, 2, 3]
    assert comparison.season == 12
    assert comparison.seasonal_naive.rmse[2] < comparison.naive.rmse[2]


def test_a_series_without_a_season_has_no_seasonal_naive_forecast(session):
    experiment = factories.experiment(session, horizon=HORIZON)
    trial = factories.completed_trial(session, experiment)

    scored = more_scores.compute_missing(session, experiment.id)
    more_scores.store(session, scored)
    session.refresh(trial)
    comparison = several_steps.compare_steps(session, trial, Part.TEST)

    assert comparison.season == LAST_KNOWN
    assert comparison.seasonal_naive is None
    assert comparison.items[0]["seasonal_naive_rmse"] is None


def test_the_baselines_say_which_of_several_seasons_it_is(session):
    trial = make_trial(session)
    board = factories.board(session, trial.experiment, seasonal_naive=1.0)
    board.baselines[0].settings = {"season": 24}
    session.flush()

    assert several_steps.find_season(session, trial.experiment) == 24


def test_the_worst_origins_say_what_was_expected_and_what_happened(session):
    trial = make_trial(session)

    def spoil(actual):
        predicted = actual + 0.25
        predicted[4] += 10
        return predicted

    replace_forecast(session, trial, spoil)
    forecasts = several_steps.load_forecasts(session, trial, Part.TEST)

    worst = several_steps.list_worst(forecasts, n_wanted=2, apart=1)[0]

    assert worst.origin == forecasts.part_rows.start + 4
    assert worst.rmse == pytest.approx(10.25, rel=1e-5)
    assert worst.predicted == pytest.approx(worst.actual + 10.25, rel=1e-5)
    assert worst.dates[0] == forecasts.all_dates[worst.origin]
    assert worst.known_until < worst.dates[0]
    assert forecasts.find_index(worst.origin) == 4
    with pytest.raises(Invalid):
        forecasts.find_index(worst.origin + 500)


def test_thinned_forecasts_keep_the_rows_of_their_origins(session, monkeypatch):
    monkeypatch.setattr(horizons, "MAX_STORED_VALUES", 4 * HORIZON)
    trial = make_trial(session)

    forecasts = several_steps.load_forecasts(session, trial, Part.TEST)
    worst = several_steps.list_worst(forecasts, n_wanted=5, apart=4)

    every_origin = origins(forecasts.part_rows, HORIZON)
    naive = measure_naive_steps(forecasts.values, every_origin, LAST_KNOWN, HORIZON)
    assert several_steps.compare_steps(session, trial, Part.TEST).naive.rmse.tolist() == (
        naive.rmse.tolist()
    )
    assert forecasts.interval == 3
    assert len(forecasts.first_rows) == 4
    first_rows = sorted(origin.origin for origin in worst)
    assert np.diff(first_rows).min() >= 4
    for origin in worst:
        assert origin.actual == pytest.approx(forecasts.values[origin.origin :][:HORIZON])
