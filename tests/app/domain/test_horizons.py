"""The origins of forecasts of several rows, and which of them are stored."""

import pytest

from app.domain.horizons import MAX_STORED_VALUES, origins, stored_origins


def test_every_row_of_an_origin_lies_in_the_part():
    assert origins(range(10, 20), 1) == range(10, 20)
    assert origins(range(10, 20), 4) == range(10, 17)
    assert len(origins(range(10, 20), 11)) == 0


@pytest.mark.parametrize(("rows", "horizon"), [(50, 24), (10_000, 24), (100_000, 500)])
def test_no_more_values_are_stored_than_there_is_room_for(rows, horizon):
    part = range(7, 7 + rows)

    kept = stored_origins(part, horizon)

    assert len(kept) * horizon <= MAX_STORED_VALUES
    assert kept[0] == part.start
    assert set(kept) <= set(origins(part, horizon))


def test_all_origins_are_kept_where_one_row_is_forecast():
    assert stored_origins(range(5, 500_000), 1) == range(5, 500_000)
