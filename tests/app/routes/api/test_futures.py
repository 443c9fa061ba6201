"""What comes next in the JSON API."""

import numpy as np

from app.db.models import Forecast
from app.domain.terms import FUTURE
from app.queue.evaluations import pack_future
from tests import factories


def test_the_rows_to_come_have_dates_limits_and_an_assumption(client, database):
    with database.write() as session:
        made = factories.experiment(session)
        trial = factories.completed_trial(session, made)
        content = pack_future(np.array([51.25]))
        session.add(Forecast(trial_id=trial.id, part=FUTURE, predicted=content))

    of_trial = client.get("/api/trials/1/future").json()
    of_best = client.get("/api/experiments/1/best-model/future").json()

    assert of_trial == of_best
    assert of_trial["total"] == 1
    assert of_trial["source"] == "trial 1"
    assert of_trial["assumption"] == "Rows come every day; the next dates go on like this."
    (point,) = of_trial["items"]
    assert list(point) == [
        "at",
        "predicted",
        "naive",
        "lower_80",
        "upper_80",
        "lower_95",
        "upper_95",
    ]
    assert (point["at"], point["predicted"], point["upper_80"]) == ("2020-04-30", 51.25, 51.5)


def test_an_old_trial_answers_why_it_has_no_future(client, database):
    with database.write() as session:
        factories.completed_trial(session, factories.experiment(session))

    answer = client.get("/api/trials/1/future")

    assert answer.status_code == 404
    assert "earlier version of Foretune" in answer.json()["detail"][0]["msg"]
