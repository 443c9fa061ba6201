"""Which trials cannot be told apart from the best, on the pages and in words."""

import numpy as np

from app.db.models import Artifact, Experiment, Forecast, Trial
from app.domain.noise import SkillGap
from app.domain.objectives import Yardstick
from app.domain.terms import Objective
from app.services import noise, trials
from tests import factories

RMSE = Yardstick.of_objective("rmse", None)
SPACE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


def searched(session) -> Experiment:
    """Trials 1 to 4: 3 is the best, 1 is as good and smaller, 2 equal and larger, 4 worse."""
    experiment = factories.experiment(session, space=SPACE, max_trials=4)
    errors = np.random.default_rng(5).normal(size=18)
    scales = {1: -1.0, 2: 1.0, 3: 1.0, 4: 3.0}
    units = {1: 4, 2: 40, 3: 16, 4: 2}
    for number, scale in scales.items():
        objective = 1.0 if number == 3 else 1.0 + number / 100
        trial = factories.completed_trial(
            session, experiment, number, objective, units_1=units[number]
        )
        trial.objective_se = 0.125
        forecast = session.get_one(Forecast, (trial.id, "validation"))
        actual = np.frombuffer(forecast.predicted) - 0.25
        forecast.predicted = (actual + scale * np.resize(errors, len(actual))).tobytes()
    session.flush()
    return experiment


def test_ties_with_the_best_are_found_and_the_smallest_is_named(database):
    with database.write() as session:
        experiment = searched(session)

        ties = noise.find_ties(session, experiment)

        assert sorted(trial.number for trial in ties.others) == [1, 2]
        assert ties.text == (
            "Trials 1 and 2 cannot be told apart from the best, trial 3: the difference is within "
            "its standard error. The smallest is trial 1 (4 units)."
        )


def test_a_scaled_loss_is_not_compared_in_units_of_the_csv(database):
    with database.write() as session:
        experiment = searched(session)
        experiment.objective = Objective.VAL_LOSS

        assert noise.find_ties(session, experiment) is None


def test_the_smallest_custom_model_is_the_one_with_the_fewest_bytes(database):
    with database.write() as session:
        experiment = searched(session)
        experiment.custom_model_name = "lstm"
        experiment.custom_model_source = (
            "def build_model(hp):\n    return hp.Int('units_1', 2, 99)\n"
        )
        second = trials.find(session, experiment.id, 2)
        session.query(Artifact).filter_by(trial_id=second.id).update({"size": 3})

        assert noise._find_smallest(session, experiment, session.query(Trial).all()) == second


def test_a_gap_is_explained_with_its_figures():
    lower = SkillGap(0.71, 0.02, 0.59, naive_ratio=1.4, n_trials=40)
    higher = SkillGap(0.5, 0.02, 0.59, naive_ratio=1.0, n_trials=40)

    text = noise.describe_skill_gap(lower, RMSE)

    assert "71.0 % ± 2.0 % on validation and 59.0 % on test, lower" in text
    assert "errs 1.40 times as much there" in text
    assert "the best of 40 trials" in text
    assert "luck" not in noise.describe_skill_gap(higher, RMSE)
    assert noise.describe_skill_gap(None, RMSE) == ""


def test_pages_exports_and_documents_say_the_noise(database, client):
    with database.write() as session:
        experiment = searched(session)
        best = trials.find(session, experiment.id, 3)
        best.test_skill = -0.9
        experiment_id = experiment.id
        best_id = best.id

    page = client.get(f"/experiments/{experiment_id}").text
    trial_page = client.get(f"/trials/{best_id}").text
    document = client.get(f"/api/trials/{best_id}").json()
    exported = client.get(f"/experiments/{experiment_id}/trials.csv?columns=objective_se").text

    assert "Trials 1 and 2 cannot be told apart from the best, trial 3" in page
    assert page.count(">tie<") == 2
    assert "± 0.12" in page or "± 0.13" in page
    assert "(its standard error)" in trial_page
    assert "-90.0 % on test, lower than expected" in trial_page
    assert document["objective_se"] == 0.125
    assert exported.splitlines()[0].startswith("number,state,objective_se,error,")
    assert "0.125" in exported.splitlines()[1]
