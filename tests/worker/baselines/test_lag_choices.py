"""Which lists of lags a ridge regression is tried with."""

from worker.baselines.lag_choices import list_lag_choices


def test_lists_begin_with_the_row_before_and_stay_below_the_largest_lag():
    choices = list_lag_choices((24, 168), max_lag=180)

    assert choices[0] == (1,)
    assert all(choice[0] == 1 and choice[-1] <= 180 for choice in choices)
    assert [len(choice) for choice in choices] == sorted(len(choice) for choice in choices)


def test_seasons_are_tried_with_their_neighbours_and_multiples():
    choices = list_lag_choices((12,), max_lag=1000)

    assert (1, 12) in choices
    assert (1, 11, 12, 13, 23, 24, 25, 35, 36, 37) in choices
    assert tuple(range(1, 14)) in choices


def test_without_seasons_only_short_lags_are_tried():
    choices = list_lag_choices((), max_lag=5)

    assert choices == [(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4, 5)]
