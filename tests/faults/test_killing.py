"""kill -9 a hundred times in one search: nothing is lost, done twice or stuck."""

import pytest

from app.config import Settings
from app.domain.terms import TrialState
from tests.faults.broken import CHECKPOINT_SECONDS
from tests.faults.campaign import (
    SHORT_LEASE,
    TRIALS,
    Campaign,
    count_endings,
    read_results,
    run_undisturbed,
)

pytestmark = pytest.mark.slow
KILLS = 100


def test_a_search_killed_a_hundred_times_ends_like_an_undisturbed_one(tmp_path):
    expected = run_undisturbed(Settings(data=tmp_path / "alone"))
    campaign = Campaign(Settings(data=tmp_path / "killed"), KILLS, seed=1)

    report = campaign.run()

    assert sum(report.kills.values()) == KILLS, report
    assert all(report.kills.values())
    results = read_results(campaign.database)
    assert [result.state for result in results.values()] == [TrialState.COMPLETED] * TRIALS
    assert results == expected
    assert set(count_endings(campaign.database).values()) == {1}
    assert report.resume_messages
    assert report.takeover_seconds
    assert max(report.takeover_seconds) <= SHORT_LEASE["lease_seconds"], report
    assert max(report.lost_seconds) <= CHECKPOINT_SECONDS + report.longest_epoch_seconds, report
