"""The trials of an experiment, page by page and in batches."""

from sqlalchemy import delete, insert

from app.db.models import Training, Trial
from app.services.trial_listing import BATCH_SIZE, FIRST_BATCH_SIZE, TrialQuery, read_in_batches
from tests import factories

N_TRIALS = FIRST_BATCH_SIZE + BATCH_SIZE + 5


def make_many(session) -> int:
    """An experiment with some hundred failed trials. Returns its id."""
    experiment = factories.experiment(session)
    training = Training(fingerprint="0" * 64)
    session.add(training)
    session.flush()
    columns = {
        "experiment_id": experiment.id,
        "training_id": training.id,
        "state": "failed",
        "parameters": {"units_1": 3},
    }
    rows = [{"number": number, **columns} for number in range(1, N_TRIALS + 1)]
    session.execute(insert(Trial), rows)
    return experiment.id


def test_batches_are_of_one_moment_and_of_a_limited_size(database):
    with database.write() as session:
        experiment_id = make_many(session)
    query = TrialQuery(sort="number", descending=True)

    with database.read() as session:
        batches = read_in_batches(session, experiment_id, query, [Trial.number, Trial.parameters])
        sizes = [len(next(batches))]
        with database.write() as writing:
            writing.execute(delete(Trial).where(Trial.number == 1))
        for batch in batches:
            sizes.append(len(batch))
            last = batch[-1]

    assert sizes == [FIRST_BATCH_SIZE, BATCH_SIZE, 5]
    assert (last.number, last.parameters) == (1, {"units_1": 3})
