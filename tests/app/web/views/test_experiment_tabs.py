"""The tabs of an experiment's page: what they are, and which one is shown first."""

from types import SimpleNamespace

import pytest

from app.web.views.experiment_tabs import TABS, choose_tab
from tests.app.routes.test_contexts import TEMPLATES


def overview(*, is_finished: bool = True, strategy: str = "random") -> SimpleNamespace:
    experiment = SimpleNamespace(strategy=strategy)
    return SimpleNamespace(is_finished=is_finished, experiment=experiment)


def test_each_tab_has_a_template():
    named = {f"experiments/tabs/_{tab.name}.html" for tab in TABS}

    assert named == {name for name in TEMPLATES if name.startswith("experiments/tabs/")}


@pytest.mark.parametrize(
    ("name", "is_finished", "has_forecast", "shown"),
    [
        ("", False, True, "history"),
        ("", True, False, "history"),
        ("", True, True, "future"),
        ("history", True, True, "history"),
        ("no such tab", False, False, "history"),
    ],
)
def test_the_page_opens_with_what_comes_next_once_it_is_known(
    name, is_finished, has_forecast, shown
):
    bar = choose_tab(name, overview(is_finished=is_finished), has_forecast=has_forecast)

    assert bar.chosen.name == shown


@pytest.mark.parametrize(
    ("strategy", "narrows"), [("reduction", True), ("gp", True), ("random", False)]
)
def test_a_search_that_cannot_narrow_has_no_tab_for_it(strategy, narrows):
    bar = choose_tab("", overview(strategy=strategy), has_forecast=False)

    assert ("shrinking" in [tab.name for tab in bar.tabs]) == narrows
