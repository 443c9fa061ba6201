"""What a relative objective of a new experiment divides by."""

import numpy as np
import pytest

from app.db.models import Experiment, Trial
from app.domain.terms import Objective, TrialState
from app.errors import Invalid
from app.services import datasets, experiments
from tests import factories
from tests.app.queue.searches import EPOCHS, FakeWorker, search, value_at


def test_mase_divides_by_the_seasonal_naive_error_of_the_train_part(database):
    with database.write() as session:
        dataset = factories.dataset(session)
        values = datasets.series(session, dataset).target_values[:96]  # the train part

        dataset.season_lengths = []
        plain = factories.experiment(session, objective="mase")
        dataset.season_lengths = [7.0]
        seasonal = factories.experiment(session, objective="mase")

        assert plain.objective_scale == pytest.approx(np.mean(np.abs(np.diff(values))))
        assert seasonal.objective_scale == pytest.approx(np.mean(np.abs(values[7:] - values[:-7])))
        assert factories.experiment(session, objective="mae").objective_scale is None


def test_a_train_part_that_never_changes_is_refused_at_the_objective(database):
    start = np.datetime64("2020-01-01")
    lines = ["Date,Level", *(f"{start + day},{5 + max(0, day - 90)}" for day in range(110))]
    with database.write() as session:
        flat = factories.dataset(session, content="\n".join(lines).encode())
        request = factories.request(flat.id, objective="mase")

        with pytest.raises(Invalid) as refused:
            experiments.create(session, request)

        assert refused.value.problems[0].loc == ("objective",)
        assert "Choose MAE" in refused.value.problems[0].message
        assert experiments.create(session, factories.request(flat.id, objective="mae")).id


def run_search(database, **changes):
    """How its trials ended, the best first; and the best objective in the CSV's units."""
    with database.write() as session:
        experiment = search(session, max_trials=10, **changes)
        FakeWorker(session, experiment).run()
        trials = session.query(Trial).order_by(Trial.objective).all()
        endings = [(trial.number, trial.state, trial.epochs_trained) for trial in trials]
        best = trials[0].objective * experiment.yardstick.divisor
        experiment_id = experiment.id
    with database.write() as session:
        experiments.delete(session, session.get_one(Experiment, experiment_id))
    return endings, best


@pytest.mark.parametrize(
    ("pruning", "seconds"), [("median", None), ("asha", 45.0), ("hyperband", None)]
)
def test_the_objective_alone_decides_what_is_pruned_and_finished(database, pruning, seconds):
    changes = {"pruning": pruning, "time_budget_seconds": seconds}

    by_rmse, _ = run_search(database, objective=Objective.RMSE, **changes)
    by_mase, best = run_search(database, objective=Objective.MASE, **changes)

    assert by_mase == by_rmse
    assert best == pytest.approx(value_at(by_mase[0][0], EPOCHS))
    assert TrialState.PRUNED in {state for _, state, _ in by_mase}
