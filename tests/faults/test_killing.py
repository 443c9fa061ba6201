"""kill -9 anything, a hundred times over a search: nothing is lost, nothing is done twice, nothing is stuck."""

import pytest

from app.config import Settings
from app.domain.terms import TrialState
from tests.faults.broken import CHECKPOINT_SECONDS
from tests.faults.campaign import QUICK, TRIALS, Campaign, endings, result, undisturbed

pytestmark = pytest.mark.slow
KILLS = 100


def test_a_search_killed_a_hundred_times_ends_as_one_left_alone(tmp_path):
    expected = undisturbed(Settings(data=tmp_path / "alone"))
    campaign = Campaign(Settings(data=tmp_path / "killed"), KILLS, seed=1)
    report = campaign.run()
    assert sum(report.kills.values()) == KILLS, report
    assert all(report.kills.values())
    found = result(campaign.database)
    assert [found[number][0] for number in found] == [TrialState.COMPLETED] * TRIALS
    assert found == expected
    assert set(endings(campaign.database).values()) == {1}
    assert report.resumed
    assert report.stuck
    assert max(report.stuck) <= QUICK["lease_seconds"], report
    assert max(report.lost) <= CHECKPOINT_SECONDS + report.longest_epoch, report
