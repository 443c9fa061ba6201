"""The trials of a search as its chart shows them."""

from sqlalchemy import insert

from app.db.models import Artifact, Training, Trial
from app.domain.terms import ArtifactKind, TrialState
from app.services import search_history
from app.services.search_history import load_history
from tests import factories

N_TRIALS = 40


def make_search(session) -> int:
    """A search whose trials get better slowly; of the last and best one no model was stored."""
    experiment = factories.experiment(session)
    training = Training(fingerprint="0" * 64)
    session.add(training)
    session.flush()
    trials = []
    models = []
    for number in range(1, N_TRIALS + 1):
        trial_id = 1000 - number
        trials.append(
            {
                "id": trial_id,
                "number": number,
                "experiment_id": experiment.id,
                "training_id": training.id,
                "state": TrialState.FAILED if number == 7 else TrialState.COMPLETED,
                "parameters": {},
                "objective": None if number == 7 else 10.0 - number // 10,
            }
        )
        if number not in (7, N_TRIALS):
            models.append({"trial_id": trial_id, "kind": ArtifactKind.MODEL})
    session.execute(insert(Trial), trials)
    session.execute(insert(Artifact), models)
    return experiment.id


def test_each_of_few_trials_is_shown(database):
    with database.write() as session:
        history = load_history(session, make_search(session))

    assert [point.number for point in history.points] == list(range(1, N_TRIALS + 1))
    assert history.crowd is None


def test_of_many_trials_the_latest_are_shown_each_and_the_records(database, monkeypatch):
    monkeypatch.setattr(search_history, "MAX_SHOWN_EACH", 30)
    monkeypatch.setattr(search_history, "N_LATEST", 12)

    with database.write() as session:
        history = load_history(session, make_search(session))

    assert [point.number for point in history.points] == list(range(29, N_TRIALS + 1))
    assert [point.best_so_far for point in history.points] == [8.0] + [7.0] * 11
    crowd = history.crowd
    assert crowd is not None
    assert crowd.first_number == 1
    assert crowd.numbers.tolist() == [number for number in range(1, N_TRIALS + 1) if number != 7]
    assert crowd.objectives[[0, -1]].tolist() == [10.0, 6.0]
    records = [(record.number, record.trial_id, record.objective) for record in crowd.records]
    assert records == [(1, 999, 10.0), (10, 990, 9.0), (20, 980, 8.0), (30, 970, 7.0)]
