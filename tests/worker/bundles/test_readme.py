"""The README of a bundle says what its model is worth."""

from pathlib import Path

import numpy as np
import pytest

from app.domain.csv_reading.series import Series
from worker.bundles.contents import BundleContents
from worker.bundles.members import BaselineMember, NetworkMember
from worker.bundles.readme import render_readme


def write_nothing(folder: Path) -> None:
    """The model of a member whose files nobody looks at."""


NETWORK = NetworkMember("trial 1", 0.75, {"rows_before": 4}, write_nothing)
RIDGE = BaselineMember("ridge", 0.25, {"lags": [1, 7]})


def contents_with_skill(skill, members=(NETWORK,)):
    scores = {"rmse": 2.0, "mae": 1.5, "mape": None, "skill": skill}
    return BundleContents(
        title="A search, trial 1",
        record={"best_epoch": 2, "metrics": {"validation": scores, "test": scores}},
        members=members,
        dialect={},
        series=Series(np.array([], "datetime64[us]"), ("Open", "Close"), np.empty((0, 2)), "Close"),
        test_rows=range(0),
        predicted=np.empty((0, 1)),
        bands={"80": [1.5], "95": [None]},
    )


@pytest.mark.parametrize(
    ("skill", "sentence"),
    [
        (0.25, "its error is 25.0 % smaller"),
        (-0.2, "its error is 20.0 % larger"),
        (None, "no naive forecast"),
    ],
)
def test_it_compares_the_model_with_the_naive_forecast(skill, sentence):
    assert sentence in render_readme(contents_with_skill(skill))


def test_it_says_what_the_csv_needs_and_lists_the_scores():
    readme = render_readme(contents_with_skill(0.25))

    assert "(Open, Close) and at least 4 rows" in readme
    assert "| rmse | 2 | 2 |" in readme
    assert "| mape | - | - |" in readme
    assert "weights of epoch 2" in readme


def test_it_names_the_members_and_their_weights():
    readme = render_readme(contents_with_skill(0.25, (NETWORK, RIDGE)))

    assert "| trial 1 | 0.75 | the network in `members/trial-1` |" in readme
    assert "| ridge | 0.25 | Ridge regression. Linear in lagged values" in readme
    assert "at least 7 rows" in readme
