"""Forecasts of several rows: from which rows they begin, and which of them are stored.

An origin is the first row that a forecast is about: from origin t it knows the rows before t, and
forecasts the rows t, t + 1, … t + horizon - 1, which are steps 1, 2, … horizon.
"""

MAX_HORIZON = 500
MAX_STORED_VALUES = 200_000  # of one forecast of one part


def origins(part: range, horizon: int) -> range:
    """Every origin whose rows all lie in the part; empty where the part is shorter."""
    return range(part.start, max(part.start, part.stop - horizon + 1))


def stored_origins(part: range, horizon: int) -> range:
    """The origins whose forecasts are kept: each k-th, so that not too many values are stored.

    The first origin is always kept. All are where one row is forecast.
    """
    every = origins(part, horizon)
    if horizon == 1:
        return every
    n_kept = max(1, MAX_STORED_VALUES // horizon)
    step = -(-len(every) // n_kept)
    return every[:: max(1, step)]
