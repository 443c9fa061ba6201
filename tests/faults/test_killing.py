"""kill -9 again and again in one search: nothing is lost, done twice or stuck."""

import pytest

from app.config import Settings
from app.domain.terms import TrialState
from tests.faults.campaign import Campaign
from tests.faults.searches import (
    SHORT_RANDOM_SEARCH,
    SHORT_TPE_SEARCH,
    read_results,
    retrain,
    run_undisturbed,
)
from tests.faults.verdict import find_other_losses, find_problems

pytestmark = pytest.mark.slow
KILLS = 7  # each kind at least once; `python -m tests.faults` has 100
TPE_KILLS = 14
MIN_TPE_KILLS = 7  # how many epochs asha trains depends on the trials


def test_a_search_killed_seven_times_ends_like_an_undisturbed_one(tmp_path):
    expected = run_undisturbed(Settings(data=tmp_path / "alone"), SHORT_RANDOM_SEARCH)
    campaign = Campaign(Settings(data=tmp_path / "killed"), SHORT_RANDOM_SEARCH, KILLS, seed=1)

    report = campaign.run()

    assert find_problems(report, SHORT_RANDOM_SEARCH, campaign.database) == []
    assert read_results(campaign.database) == expected
    assert sum(report.kills.values()) == KILLS
    assert report.visits.cut_off, "the server was idle whenever it was killed"
    assert_it_killed_what_it_should(report)


def test_a_search_that_learns_and_prunes_is_killed_and_trains_every_epoch_as_undisturbed(tmp_path):
    campaign = Campaign(Settings(data=tmp_path / "killed"), SHORT_TPE_SEARCH, TPE_KILLS, seed=2)

    report = campaign.run()

    assert find_problems(report, SHORT_TPE_SEARCH, campaign.database) == []
    results = read_results(campaign.database)
    expected = retrain(Settings(data=tmp_path / "alone"), campaign.database)
    assert find_other_losses(results, expected) == []
    states = {result.state for result in results.values()}
    assert states == {TrialState.COMPLETED, TrialState.PRUNED}
    assert sum(report.kills.values()) >= MIN_TPE_KILLS
    assert_it_killed_what_it_should(report)


def assert_it_killed_what_it_should(report):
    """Without these a campaign would prove nothing."""
    assert all(report.kills.values()), report.kills
    assert report.cut_runs
    assert report.resume_messages
    assert report.takeover_seconds
    assert report.visits.acknowledged
