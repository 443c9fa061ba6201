"""Pages of experiments: the list, and one experiment with its table and chart."""

import re

import pytest

from tests import factories
from tests.pages import text_of

pytestmark = pytest.mark.each_database


def test_the_list_shows_progress_and_the_best(client, searched):
    page = client.get("/experiments").text

    assert "Search one" in page
    assert "4 of 4" in page
    assert "1.500" in page


def test_an_experiment_shows_its_trials_and_compares_with_the_baseline(client, searched):
    page = client.get(f"/experiments/{searched.experiment_id}").text

    assert "trial 2" in page
    assert "Tomorrow = today" in page
    assert "1 × diverged" in page
    assert page.count("<tr class=") == 4


def test_an_experiment_says_whether_going_on_still_lowers_the_best(client, database):
    with database.write() as session:
        made = factories.experiment(
            session, max_trials=40, space={**factories.TINY, "units_1": {"integer": [2, 99]}}
        )
        for number, objective in enumerate((9, 8, 5, 6, 7, 4, 8, 6, 9, 7), start=1):
            factories.completed_trial(session, made, number, float(objective), units_1=number + 1)
        made_id = made.id

    page = text_of(client.get(f"/experiments/{made_id}").text)

    assert (
        "Trials 6 to 10, the second half, lowered the best from 5.000 to 4.000, by 20.0 %." in page
    )


def test_the_table_can_be_sorted_filtered_and_narrowed(client, searched):
    url = f"/experiments/{searched.experiment_id}"
    page = client.get(
        url, params={"sort": "objective", "descending": "true", "state": "completed"}
    ).text

    assert page.index(">3.000<") < page.index(">2.000<")
    assert 'aria-sort="descending"' in page
    assert page.count("<tr class=") == 3
    assert client.get(url, params={"search": "units_1>=4"}).text.count("<tr class=") == 2
    assert "best epoch" in client.get(url, params={"columns": ["best_epoch"]}).text


def test_the_test_part_does_not_invite_choosing(client, database, searched):
    with database.write() as session:
        for trial in session.query(factories.Trial).filter_by(state="completed"):
            trial.test_skill = 0.777
    url = f"/experiments/{searched.experiment_id}"

    listed = client.get("/experiments").text
    table = client.get(f"{url}/live").text.partition('id="trial-rows"')[2]
    chosen = client.get(url, params={"columns": ["test_skill", "validation_skill"]}).text

    assert "77.7 %" not in listed
    assert '<strong class="good-text">10.0 %</strong>' in listed
    assert "77.7 %" not in table
    assert '<span class="good-text">10.0 %</span>' in table
    assert chosen.count("77.7 %</td>") == 3
    assert '<span class="good-text">77.7 %' not in chosen.partition('id="trial-rows"')[2]


def test_ticked_trials_are_kept_in_every_link_of_the_table(client, searched):
    page = client.get(
        f"/experiments/{searched.experiment_id}", params={"picked": "2,9,11,12,13,14", "size": 2}
    ).text

    assert len(re.findall(r'id="compare-\d+"[^>]* checked', page)) == 1
    assert len(re.findall(r'id="compare-\d+"[^>]* disabled title="At most 6', page)) == 1
    assert 'name="trials" value="9,11,12,13,14"' in page
    assert "picked=2,9,11,12,13,14&amp;size=2&amp;sort=objective" in page
    assert "picked=2,9,11,12,13,14&amp;size=2&amp;page=2" in page
    assert "6</span> selected" in page


def test_the_set_up_card_is_live_and_offers_no_trials_where_none_are_left(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    for address in (url, f"{url}/live"):
        page = text_of(client.get(address).text)

        assert "models 21 bytes" in page
        assert "Every combination of this search space has been tried" in page
        assert "Add trials" not in page


def test_the_objective_chart_has_the_best_so_far_and_the_baseline(client, searched):
    figure = client.get(f"/experiments/{searched.experiment_id}/charts/objective").json()
    traces = {trace["name"]: trace for trace in figure["data"]}

    assert traces["best so far"]["y"] == [3.0, 1.5, 1.5, 1.5]
    assert traces["failed"]["x"] == [4]
    assert traces["tomorrow = today"]["y"][0] > 0


def test_the_tabs_keep_the_query_and_the_one_that_is_asked_for_is_shown(client, searched):
    url = f"/experiments/{searched.experiment_id}"

    page = client.get(url, params={"tab": "future", "sort": "number", "trial": 2}).text
    usual = client.get(url).text

    assert 'href="?sort=number&amp;trial=2&amp;tab=history#tabs"' in page
    assert 'aria-current="true">What comes next</a>' in page
    assert 'id="tab-future"' in page
    assert 'id="tab-history"' not in page
    assert 'id="tab-history"' in usual
    assert client.get(url, params={"tab": "no such tab"}).status_code == 200


def test_the_first_lines_lead_with_validation_and_leave_the_test_part_out(client, searched):
    page = client.get(f"/experiments/{searched.experiment_id}").text

    first_lines = text_of(page.partition('id="summary"')[2].partition('id="tabs"')[0])
    assert "Best validation RMSE" in first_lines
    assert "trial 2 with a validation RMSE of 1.5" in first_lines
    assert "on test" not in first_lines
    for action in ("Clone", "Start from its trials", "Report", "Archive", "Rename", "Delete"):
        assert action in first_lines


def test_the_table_begins_with_the_best_and_draws_differences_bars_and_states(client, searched):
    page = client.get(f"/experiments/{searched.experiment_id}").text
    rows = page.partition('<tbody class="trials">')[2].partition("</tbody>")[0].split("<tr ")[1:]

    assert [row.partition('data-trial="')[2][0] for row in rows] == ["2", "3", "1", "4"]
    assert "+33.3 %" in rows[1]
    assert "<title>completed</title>" in rows[0]
    assert "<title>failed</title>" in rows[3]
