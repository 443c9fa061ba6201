"""What is known ahead enters the windows for the rows to forecast, and nothing else does."""

import numpy as np
import pytest

from tests.worker.networks import COLUMNS, HOURS, PARTS, tiny_config, tiny_parameters, tiny_series
from worker.extra_inputs import KnownAhead
from worker.training import Training
from worker.windows import WindowConfig, prepare

HORIZON = 3
ORIGIN = 200


def data_of(series, future=None, horizon=HORIZON, **changes):
    """A series whose column "open" is known ahead, with rows of it after the last one."""
    known = series[:, 1:2]
    if future is not None:
        known = np.vstack([known, np.reshape(future, (-1, 1))])
    config = WindowConfig.from_parameters(tiny_parameters(**changes), horizon)
    known_ahead = KnownAhead(("open",), known)
    dates = HOURS[: len(series)]
    return prepare(series, 0, config, PARTS, COLUMNS, dates=dates, known_ahead=known_ahead)


def window(data, origin):
    return data.inputs[origin - 5 : origin]


def test_the_rows_of_a_window_hold_what_is_known_of_each_row_to_forecast():
    data = data_of(tiny_series(), scaling="standard")

    known = window(data, ORIGIN)[:, len(COLUMNS)]

    scale = data.settings["input_scale"][len(COLUMNS)]
    offset = data.settings["input_offset"][len(COLUMNS)]
    expected = tiny_series()[ORIGIN - 5 + HORIZON : ORIGIN + HORIZON, 1]
    np.testing.assert_allclose(known * scale + offset, expected, rtol=1e-6)
    assert (scale, offset) == (
        pytest.approx(tiny_series()[:160, 1].std()),
        pytest.approx(tiny_series()[:160, 1].mean()),
    )


@pytest.mark.parametrize("target", ["level", "difference"])
@pytest.mark.parametrize("horizon", [1, HORIZON, 12])
def test_nothing_but_what_is_known_ahead_reaches_a_window_from_its_origin_on(target, horizon):
    generator = np.random.default_rng(0)
    series = tiny_series()
    shuffled = series.copy()
    for column in (0, 2):  # the target, and a column known in the past
        shuffled[ORIGIN:, column] = generator.permutation(shuffled[ORIGIN:, column])
    moved = series.copy()
    moved[ORIGIN:, 1] += 1.0

    data = data_of(series, horizon=horizon, target=target)

    np.testing.assert_array_equal(
        window(data_of(shuffled, horizon=horizon, target=target), ORIGIN), window(data, ORIGIN)
    )
    assert (
        window(data_of(moved, horizon=horizon, target=target), ORIGIN) != window(data, ORIGIN)
    ).any()


@pytest.mark.slow
def test_the_rows_to_come_are_forecast_from_what_the_file_gives_of_them():
    series = tiny_series()
    forecasts = []
    for future in ([40.0, 41.0, 42.0], [60.0, 41.0, 42.0], [40.0, 41.0]):
        training = Training(tiny_config(HORIZON), data_of(series, future), seed=1)
        forecasts.append(training.predict(training.weights(), np.array([len(series)], np.int32)))
        training.close()

    given, other, missing = forecasts
    assert np.isfinite(given).all()
    assert (given != other).all()
    assert np.isnan(missing).all()
