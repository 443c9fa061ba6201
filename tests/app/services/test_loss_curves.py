"""Validation losses of many trials, thinned out."""

from sqlalchemy import event

from app.db.models import Epoch
from app.services.loss_curves import load_curves
from tests import factories


def test_curves_of_a_page_take_one_query_and_the_next_time_none(database):
    with database.write() as session:
        made = factories.experiment(session)
        trials = [factories.completed_trial(session, made, number, 1.0) for number in (1, 2)]
        for trial in trials:
            session.query(Epoch).filter_by(training_id=trial.training_id).delete()
            trial.epochs_trained = 200
            trial.parameters = {**trial.parameters, "epochs": 300}
            rows = [
                {"training_id": trial.training_id, "number": number, "val_loss": 1 / number}
                for number in range(1, 201)
            ]
            for row in rows:
                session.add(Epoch(**row, train_loss=1.0, objective=1.0, seconds=0.1))
        session.flush()
        statements: list[str] = []
        event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: statements.append(statement),
        )

        curves = load_curves(session, trials)
        again = load_curves(session, trials)

    curve = curves[trials[0].id]
    assert len(statements) == 1
    assert again == curves
    assert curve.numbers == (1, 2, 3, 4, 5, 6, *range(10, 201, 10))
    assert curve.losses[-1] == 1 / 200
    assert curve.n_epochs == 300
