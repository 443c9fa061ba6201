"""The tabs of an experiment's page: which there are, and which one is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.strategies import strategy_info
from app.services.overviews import Overview


def _always(_overview: Overview) -> bool:
    return True


def _narrows(overview: Overview) -> bool:
    strategy = strategy_info(overview.experiment.strategy)
    return strategy.shrinks_space or strategy.learns


@dataclass(frozen=True)
class Tab:
    """One tab. Its template is templates/experiments/tabs/_NAME.html.

    is_listed: whether an experiment has this tab.
    """

    name: str
    title: str
    is_listed: Callable[[Overview], bool] = _always


HISTORY = Tab("history", "History")
FUTURE = Tab("future", "What comes next")
TABS = (
    HISTORY,
    FUTURE,
    Tab("curves", "Curves of all trials"),
    Tab("importance", "What matters"),
    Tab("parallel", "Parallel coordinates"),
    Tab("contour", "Contour of two"),
    Tab("pareto", "Pareto front"),
    Tab("timeline", "Timeline by slot"),
    Tab("shrinking", "Shrinking space", _narrows),
)


@dataclass(frozen=True)
class TabBar:
    """The tabs of one experiment, and the one that is shown."""

    tabs: tuple[Tab, ...]
    chosen: Tab


def choose_tab(name: str, overview: Overview, *, has_forecast: bool) -> TabBar:
    """Show the tab of this name, or else the usual one.

    That is the history, and what comes next as soon as the search has ended with a forecast.
    """
    tabs = tuple(tab for tab in TABS if tab.is_listed(overview))
    for tab in tabs:
        if tab.name == name:
            return TabBar(tabs, tab)
    if overview.is_finished and has_forecast:
        return TabBar(tabs, FUTURE)
    return TabBar(tabs, HISTORY)
