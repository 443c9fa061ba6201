"""Season lengths and their lags."""

from app.domain.seasons import season_lags


def test_lags_are_whole_rows_each_once():
    assert season_lags([24, 168]) == (24, 168)
    assert season_lags([365.25, 365.0]) == (365,)
