"""The side panel of an experiment's page: by itself, and where the page opens with it."""

import pytest

from app.db.models import Trial
from app.domain.terms import TrialState
from tests import factories
from tests.pages import text_of

pytestmark = pytest.mark.each_database


def test_the_panel_says_how_a_trial_went_and_what_can_be_done_with_it(client, searched):
    panel = client.get(f"/trials/{searched.trial_id}/panel").text

    text = text_of(panel)
    assert 'id="panel"' in panel
    assert "Trial 3</a>" in text
    assert "+33.3 %" in text
    assert f'href="/trials/{searched.trial_id}/charts' not in panel
    assert f'data-chart-url="/trials/{searched.trial_id}/charts/losses"' in panel
    assert f'action="/trials/{searched.trial_id}/bundle" data-stays' in panel
    assert f"/experiments/new?trial={searched.trial_id}&amp;around=true" in panel
    assert f"/experiments/new?trial={searched.trial_id}&amp;longer=true" in panel


def test_a_failed_trial_has_its_reason_and_no_download(client, searched):
    panel = client.get(f"/trials/{searched.failed_trial_id}/panel").text

    assert "diverged at epoch 2" in panel
    assert "Try again" in panel
    assert "/bundle" not in panel


def test_the_page_opens_with_the_panel_that_its_address_names(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    for address in (f"{url}?trial=3", f"{url}/live?trial=3"):
        page = client.get(address).text
        assert 'data-number="3"' in page
        assert 'aria-current="true">3</a>' in page
        assert "trial=3" in page.partition("<thead>")[2].partition("</thead>")[0]
    for address in (url, f"{url}?trial=99"):
        assert (
            '<aside class="panel" id="panel" data-part hidden></aside>' in client.get(address).text
        )


def test_the_panel_of_a_trial_that_is_not_there_is_not_found(client, searched):
    assert client.get("/trials/999/panel").status_code == 404


def test_a_running_trial_can_be_stopped_from_the_panel(client, database, searched):
    with database.write() as session:
        running = factories.trial(session, session.get_one(Trial, 1).experiment, 5, units_1=10)
        running.state = TrialState.RUNNING
        session.flush()
        running_id = running.id

    panel = client.get(f"/trials/{running_id}/panel").text

    assert f'action="/trials/{running_id}/stop"' in panel
    assert "The first epoch has not ended yet." in panel
