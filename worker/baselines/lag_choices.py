"""Which lists of lags a ridge regression is tried with."""

from collections.abc import Iterator, Sequence

SHORT_LAGS = (1, 2, 3, 6, 12, 24, 48)  # the values of so many rows before the one to forecast
SEASONS_BACK = (1, 2, 3)  # so many of the shortest season, beside one of the other
NEIGHBOURS = (0, 1, 3, 6, 12)  # so many rows on each side of the same place of a season
MAX_SHORT_SEASONS = 10  # up to here, all short seasons in a long one are tried together
MAX_WHOLE_SEASON = 400  # rows: up to here, all lags of a season are tried together

Lags = tuple[int, ...]


def list_lag_choices(seasons: Sequence[int], max_lag: int) -> list[Lags]:
    """Lists of lags, each ascending from 1, none above max_lag; the shortest lists come first.

    seasons: their lengths in whole rows, the shortest first.
    """
    choices = set()
    for lags in _propose(seasons):
        possible = {lag for lag in lags if 1 <= lag <= max_lag}
        if 1 in possible:
            choices.add(tuple(sorted(possible)))
    return sorted(choices, key=lambda choice: (len(choice), choice))


def _propose(seasons: Sequence[int]) -> Iterator[set[int]]:
    places = list(_list_places(seasons))
    for n_short in SHORT_LAGS:
        short = set(range(1, n_short + 1))
        yield short
        for lags in places:
            for n_neighbours in NEIGHBOURS:
                yield short | _with_neighbours(lags, n_neighbours)
    for season in seasons:
        if season <= MAX_WHOLE_SEASON:
            yield set(range(1, season + 2))


def _list_places(seasons: Sequence[int]) -> Iterator[set[int]]:
    """Lists of how many rows before a row the same place of a season is."""
    if not seasons:
        return
    shortest = seasons[0]
    longer = set(seasons[1:])
    for n_back in SEASONS_BACK:
        yield _multiples(shortest, n_back) | longer
    if longer:
        n_short_seasons = max(longer) // shortest + 1
        if n_short_seasons <= MAX_SHORT_SEASONS:
            yield _multiples(shortest, n_short_seasons) | longer


def _multiples(season: int, count: int) -> set[int]:
    return {season * number for number in range(1, count + 1)}


def _with_neighbours(lags: set[int], count: int) -> set[int]:
    neighbours: set[int] = set()
    for lag in lags:
        neighbours.update(range(lag - count, lag + count + 1))
    return neighbours
