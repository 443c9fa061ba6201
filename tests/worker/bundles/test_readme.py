"""The README of a bundle says what its model is worth."""

import numpy as np
import pytest

from app.domain.csv_reading.series import Series
from worker.bundles.contents import BundleContents
from worker.bundles.readme import render_readme


def contents_with_skill(skill):
    scores = {"rmse": 2.0, "mae": 1.5, "mape": None, "skill": skill}
    return BundleContents(
        title="A search, trial 1",
        trial={"best_epoch": 2, "metrics": {"validation": scores, "test": scores}},
        windows={"target": "Close", "columns": ["Open", "Close"], "time_steps": 3},
        dialect={},
        series=Series(np.array([], "datetime64[us]"), ("Open", "Close"), np.empty((0, 2)), "Close"),
        test_rows=range(0),
        predicted=np.empty(0),
    )


@pytest.mark.parametrize(
    ("skill", "sentence"),
    [
        (0.25, "its error is 25.0% smaller"),
        (-0.2, "its error is 20.0% larger"),
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
