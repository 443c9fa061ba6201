"""The form's fields for results a search starts from, and what its page says of them."""

from html import unescape

import pytest

from app.db.models import Experiment
from app.domain.terms import ExperimentState, TrialState
from app.queue import reduction
from app.services import warm_start
from app.web.forms.experiment import experiment_fields
from tests import factories
from tests.pages import text_of

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4, 5, 6]}}
CSV = "units_1,objective\r\n5,2.5\r\n50,1\r\n"


@pytest.fixture
def form(database):
    """A form like experiment 1, which has two finished trials."""
    with database.write() as session:
        first = factories.experiment(session, space=SPACE)
        for number in (1, 2):
            factories.completed_trial(session, first, number, units_1=number + 1)
        return experiment_fields(first) | {"strategy": "tpe", "pruning": "none"}


def sent(client, form, **changes):
    return client.post("/experiments", data=form | changes, follow_redirects=False)


def test_a_search_starts_from_what_the_form_says_and_its_page_tells(client, form):
    assert sent(client, form, start_from="1", pasted_results=CSV).status_code == 303

    page = unescape(text_of(client.get("/experiments/2").text))

    assert (
        'Warm start from <a href="/experiments/1">2 trials of experiment 1</a> and 1 pasted result.'
        in page
    )
    assert "1 more lies outside its search space or failed: not counted." in page
    assert "5,2.5" in page


def test_a_search_that_starts_from_nothing_says_nothing_of_it(client, form):
    assert sent(client, form).status_code == 303
    assert "Warm start from" not in client.get("/experiments/2").text


def test_the_live_line_says_what_would_be_known(client, form):
    answer = client.post(
        "/experiments/preview", data=form | {"start_from": "1", "pasted_results": CSV}
    )

    assert answer.json()["warm_start"].startswith(
        "Warm start from 2 trials of experiment 1 and 1 pasted result."
    )
    assert "count as forecasts 1 row ahead, as this experiment" in answer.json()["warm_start"]
    assert client.post("/experiments/preview", data=form).json()["warm_start"] == ""


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"start_from": "the last one"}, "start_from", "such as 3, or 3, 5."),
        ({"start_from": "1, 9"}, "start_from", "Experiment 9 not found."),
        ({"start_from": "1", "objective": "val_loss"}, "start_from", "minimised rmse"),
        ({"pasted_results": CSV, "pasted_horizon": "12"}, "pasted_horizon", "cannot be compared"),
        ({"pasted_results": CSV, "pasted_horizon": "-"}, "pasted_horizon", "or leave it empty"),
        (
            {"pasted_results": CSV.replace("2.5", "low")},
            "pasted_results",
            'Line 2, column "objective"',
        ),
    ],
)
def test_a_problem_is_said_at_its_field_and_nothing_is_lost(client, form, changes, field, words):
    answer = sent(client, form, **changes)
    page = unescape(answer.text)

    assert answer.status_code == 422
    assert words in page.partition(f'id="{field}-error"')[2].partition("</small>")[0]

    for text in changes.values():
        assert text.replace("\r\n", "\n").strip() in page.replace("\r\n", "\n")

    assert 'warm-start" open data-kept-open>' in page


def test_a_clone_starts_from_the_same(client, form, database):
    sent(client, form, start_from="1", pasted_results=CSV)
    page = client.get("/experiments/new?experiment=2").text

    assert 'name="start_from" type="text" value="1"' in page
    assert "5,2.5" in page
    assert 'name="pasted_horizon" type="text" value="1"' in page  # another horizon is refused


def test_a_search_can_start_from_the_trials_of_the_one_that_is_shown(client, form, database):
    assert "/experiments/new?experiment=1&amp;start=1" in client.get("/experiments/1").text

    sent(client, form, start_from="1")
    page = client.get("/experiments/new?experiment=2&start=2").text

    assert 'name="start_from" type="text" value="1, 2"' in page


def test_a_search_without_a_judged_trial_is_not_offered_to_start_from(client, database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.trial(session, made).state = TrialState.FAILED

    assert "start=1" not in client.get("/experiments/1").text


def test_a_search_after_points_given_by_hand_learns_from_them(client, form, database):
    with database.write() as session:
        session.get_one(Experiment, 1).strategy = "manual"

    page = client.get("/experiments/new?experiment=1&start=1").text

    assert '<option value="auto" selected>' in page


def test_a_trial_that_is_varied_starts_from_nothing(client, form):
    sent(client, form, start_from="1")

    assert 'name="start_from" type="text" value=""' in client.get("/experiments/new?trial=1").text


def test_results_from_elsewhere_count_as_first_trials_of_a_space_that_shrinks(
    client, form, database
):
    with database.write() as session:
        made = factories.experiment(
            session, space=SPACE, strategy="reduction", start_from=[1], pasted_results=CSV
        )
        made.state = ExperimentState.COMPLETED
        assert warm_start.summarise(session, made).count == 3
        assert reduction.load_state(session, made.id).steps == ()

    assert "The 3 results it started from count as its first trials here." in text_of(
        client.get("/experiments/2/tabs/shrinking").text
    )

    figure = client.get("/experiments/2/charts/reduction").json()

    assert figure["data"][0]["x"][-1] == 3
