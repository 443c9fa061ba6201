"""What the loss curves of trials say, several trials at once and once for each curve."""

from sqlalchemy import event, update

from app.db.models import Epoch
from app.domain.diagnosis import Diagnosis, diagnose
from app.services.diagnoses import diagnose_trials
from tests import factories


def make_trials(session, n_trials: int = 2):
    experiment = factories.experiment(session)
    return [
        factories.completed_trial(session, experiment, number, units_1=number + 1)
        for number in range(1, n_trials + 1)
    ]


def expected(n_epochs: int, best_epoch: int) -> Diagnosis:
    """Of the curves that the factory makes."""
    numbers = range(1, n_epochs + 1)
    return diagnose([1 / n for n in numbers], [1.2 / n for n in numbers], best_epoch)


def test_each_trial_is_diagnosed_by_the_epochs_that_count_for_it(database):
    with database.write() as session:
        first, second = make_trials(session)
        second.epochs_trained = 1
        second.best_epoch = 1
        session.flush()

        diagnoses = diagnose_trials(session, [first, second])

        assert diagnoses == {first.id: expected(3, 2), second.id: expected(1, 1)}


def test_a_curve_is_read_once_and_again_when_it_grows(database):
    statements = []
    with database.write() as session:
        (trial,) = make_trials(session, 1)
        diagnose_trials(session, [trial])
        session.execute(update(Epoch).values(val_loss=None))
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))

        again = diagnose_trials(session, [trial])
        trial.epochs_trained = 2
        shorter = diagnose_trials(session, [trial])

    assert again[trial.id] == expected(3, 2)
    assert shorter[trial.id] == diagnose([1.0, 0.5], [None, None], 2)
    assert sum("FROM epochs" in statement for statement in statements) == 1


def test_a_trial_without_epochs_has_no_diagnosis(database):
    with database.write() as session:
        trial = factories.trial(session, factories.experiment(session))

        assert diagnose_trials(session, [trial]) == {}
