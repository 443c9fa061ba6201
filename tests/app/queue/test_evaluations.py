"""Forecasts as they are stored: one row ahead as ever, more rows in less space."""

import numpy as np

from app.domain.horizons import stored_origins
from app.domain.terms import FUTURE, Part
from app.queue.evaluations import count_bytes, load, pack_forecast, replace, unpack_forecast
from tests import factories

GENERATOR = np.random.default_rng(0)


def test_one_row_ahead_is_stored_as_float64_as_in_earlier_versions():
    predicted = GENERATOR.normal(size=(7, 1))

    content = pack_forecast(predicted)

    assert content == predicted[:, 0].astype("<f8").tobytes()
    assert np.array_equal(unpack_forecast(content, 1), predicted)


def test_several_rows_ahead_are_stored_as_float32_from_some_of_very_many_origins():
    part = range(100, 1600)
    predicted = GENERATOR.normal(size=(1101, 400)).astype(np.float32)

    content = pack_forecast(predicted)

    unpacked = unpack_forecast(content, 400)
    kept = np.array(stored_origins(part, 400)) - part.start
    assert len(kept) < 1101
    assert len(content) == 4 * 400 * len(kept) == count_bytes(part, 400)
    assert np.array_equal(unpacked, predicted[kept])


def test_an_evaluation_is_read_back_as_it_was_stored_with_its_future(database):
    with database.write() as session:
        experiment = factories.experiment(session, horizon=3)
        trial = factories.completed_trial(session, experiment)
        evaluation = load(session, trial)
        changed = vars(evaluation) | {"future": np.array([1.0, 2.0, 3.1])}

        replace(session, trial.id, type(evaluation)(**changed))

        session.flush()
        again = load(session, trial)
        assert again.future.tolist() == [1.0, 2.0, 3.1]
        assert again.forecasts[Part.TEST].shape == (10, 3)
        assert FUTURE not in again.forecasts
        for part, predicted in evaluation.forecasts.items():
            assert np.array_equal(again.forecasts[part], predicted)
