"""How long it takes to fill in the scores that the forecasts of 1,000 older trials lack.

python -m tests.benchmarks.more_scores
"""

import time

import numpy as np
from sqlalchemy import func, insert, select

from app.db.engine import Database
from app.db.models import Experiment, Forecast, Training, Trial
from app.domain.terms import EVALUATED_PARTS
from app.services import datasets, more_scores
from tests import factories
from tests.benchmarks.product import installation

N_TRIALS = 1_000
SERIES_ROWS = (500, 2_000, 10_000)


def main() -> None:
    """Measure series of several lengths."""
    for n_rows in SERIES_ROWS:
        with installation(slots=1) as (_, database):
            experiment_id = make_experiment(database, n_rows)
            print(f"{n_rows} rows: {describe_filling(database, experiment_id)}", flush=True)


def make_experiment(database: Database, n_rows: int) -> int:
    """An experiment with evaluated trials that have no more scores."""
    generator = np.random.default_rng(1)
    with database.write() as session:
        factories.dataset(session, content=factories.random_walk_csv(n_rows))
        experiment = factories.experiment(session)
        training = Training(fingerprint="0" * 64)
        session.add(training)
        session.flush()
        numbers = range(1, N_TRIALS + 1)
        columns = {
            "experiment_id": experiment.id,
            "training_id": training.id,
            "state": "completed",
            "parameters": {},
            "objective": 1.0,
            "validation_rmse": 1.0,
        }
        session.execute(insert(Trial), [{"number": number, **columns} for number in numbers])
        values = datasets.series(session, experiment.dataset).target_values
        parts = experiment.split.parts(n_rows)
        for trial_id in session.scalars(select(Trial.id)).all():
            for part in EVALUATED_PARTS:
                rows = parts[part]
                predicted = values[rows.start : rows.stop] + generator.normal(size=len(rows))
                content = predicted.tobytes()
                session.add(Forecast(trial_id=trial_id, part=part, predicted=content))
        return experiment.id


def describe_filling(database: Database, experiment_id: int) -> str:
    """Fill the scores in, and say how long it took."""
    started_at = time.perf_counter()
    with database.read() as session:
        assert more_scores.is_missing(session, experiment_id)
        scored_rows = more_scores.compute_missing(session, experiment_id)
    computed_at = time.perf_counter()
    with database.write() as session:
        more_scores.store(session, scored_rows)
    stored_at = time.perf_counter()
    with database.read() as session:
        assert not more_scores.is_missing(session, experiment_id)
        count = select(func.count()).where(Trial.more_scores.is_not(None))
        n_filled = session.scalar(count)
        assert session.get_one(Experiment, experiment_id) is not None
    seconds = stored_at - started_at
    return (
        f"{n_filled} trials in {seconds:.2f} s, {stored_at - computed_at:.2f} s of them in the "
        "writing transaction"
    )


if __name__ == "__main__":
    main()
