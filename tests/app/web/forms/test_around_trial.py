"""The form for a search around a trial: it can be sent as it comes."""

from app.db.models import Experiment
from app.services import warm_start
from tests import factories
from tests.html_forms import fields_of


def test_a_search_around_a_trial_starts_from_its_experiment_as_the_form_comes(client, database):
    with database.write() as session:
        searched = factories.experiment(session, name="Search one")
        for number in (1, 2, 3):
            trial = factories.completed_trial(session, searched, number, units_1=number + 1)
        trial_id = trial.id
        failed_id = factories.trial(session, searched, 4, units_1=9).id
    address = "/experiments/new"

    fields = fields_of(client.get(address, params={"trial": trial_id, "around": True}).text)
    answer = client.post("/experiments", data=fields, follow_redirects=False)
    of_failed = fields_of(client.get(address, params={"trial": failed_id, "around": True}).text)

    assert fields["name"] == "Search one, around trial 3"
    assert fields["space.units_1.text"] == "3, 4"
    assert of_failed["start_from"] == ""
    assert answer.status_code == 303
    with database.read() as session:
        made = session.get_one(Experiment, 2)
        assert (made.strategy, made.max_trials) == ("mutate", 20)
        assert warm_start.summarise(session, made).count == 2
