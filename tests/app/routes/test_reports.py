"""The report of an experiment: one file that loads nothing, with all that it should say."""

import re

from tests import factories
from tests.pages import text_of


def test_a_report_is_one_file_with_charts_and_without_scripts(client, database, searched):
    with database.write() as session:
        made = session.get_one(factories.Experiment, searched.experiment_id)
        factories.board(session, made)
    change = {
        "name": "<script>alert(1)</script> & co",
        "notes": "**plan** <img src=x>",
        "tags": ["daily"],
    }
    client.patch(f"/api/experiments/{searched.experiment_id}", json=change)

    answer = client.get(f"/experiments/{searched.experiment_id}/report.html")

    report = answer.text
    assert 'filename="foretune-experiment-1.html"' in answer.headers["content-disposition"]
    assert "<script" not in report
    assert "<img" not in report
    assert not re.search(r"""(?:src|href)=["'](?!data:,)""", report)
    assert "url(" not in report
    assert "<title>&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in report
    assert report.count("<svg") == 4  # objective, losses, validation and test
    assert len(report) < 200_000
    text = text_of(report)
    for words in (
        "<strong>plan</strong>",
        "Best so far: trial 2 with a validation RMSE of 1.5.",
        "The best 3",
        "Ridge regression",
        "1 failed: diverged.",
        "train 80 %, validation 10 %, test 10 %",
        "The test part was scored once",
        "2, 3, 4",  # what was searched
    ):
        assert words in text


def test_the_api_gives_the_same_file_and_pages_link_to_it(client, searched):
    page = f"/experiments/{searched.experiment_id}"

    answer = client.get(f"/api{page}/report")

    assert answer.headers["content-type"].startswith("text/html")
    assert "<svg" in answer.text
    assert f'href="{page}/report.html"' in client.get(page).text
    assert client.get("/api/experiments/99/report").status_code == 404
    assert client.get("/experiments/99/report.html").status_code == 404


def test_before_anything_is_evaluated_the_report_says_so(client, database):
    with database.write() as session:
        made = factories.experiment(session).id

    text = text_of(client.get(f"/experiments/{made}/report.html").text)

    assert "No trial has been evaluated yet." in text
    assert "No trial has begun yet." in text
    assert "other baselines were not computed" in text
