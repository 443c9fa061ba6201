"""The baselines of an experiment as pages show them, and how its trials compare."""

import numpy as np
import pytest
from sqlalchemy import event

from app.domain.terms import Part
from app.services import boards
from app.services.boards import BoardState
from tests import factories
from tests.clock import now


def test_an_experiment_of_an_earlier_version_has_no_board(database):
    with database.write() as session:
        made = factories.experiment(session)
        trial = factories.completed_trial(session, made)

        made.board_id = None

        assert boards.load_board(session, made) is None
        assert boards.compare_with_best(session, None, trial) is None
        assert boards.load_line(session, None, Part.TEST) is None


def test_the_best_baseline_is_the_best_on_validation_whatever_test_says(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.board(session, made, naive=1.0, ets=0.4, ridge=0.5)
        stored = made.board
        ets = next(baseline for baseline in stored.baselines if baseline.name == "ets")
        ets.test_rmse = 90.0

        board = boards.load_board(session, made)

    assert [baseline.name for baseline in board.baselines] == ["ets", "ridge", "naive"]
    assert board.best.title == "ETS"


def test_a_baseline_without_a_validation_score_is_last_and_never_the_best(database):
    with database.write() as session:
        made = factories.experiment(session)
        stored = factories.board(session, made, naive=1.0)
        arima = factories.add_baseline(session, made, stored, "arima", 0.1)
        arima.validation_rmse = None
        arima.problem = "Skipped: too slow."

        board = boards.load_board(session, made)

    assert [baseline.name for baseline in board.baselines] == ["naive", "arima"]
    assert board.best.name == "naive"


def test_an_upload_that_leaves_rows_out_is_never_the_best(database):
    with database.write() as session:
        made = factories.experiment(session)
        stored = factories.board(session, made, naive=1.0)
        upload = factories.add_baseline(session, made, stored, "Chronos", 0.1)
        upload.settings = {"column": "prediction", "validation_coverage": 0.5}

        board = boards.load_board(session, made)

    assert [baseline.name for baseline in board.baselines] == ["Chronos", "naive"]
    assert board.best.name == "naive"


@pytest.mark.parametrize(
    ("problem", "finished", "token", "state"),
    [
        (None, None, None, BoardState.WAITING),
        (None, None, "a lease", BoardState.COMPUTING),
        (None, now(), None, BoardState.DONE),
        ("the worker was lost", now(), None, BoardState.FAILED),
    ],
)
def test_a_board_is_in_one_of_four_states(database, problem, finished, token, state):
    with database.write() as session:
        made = factories.experiment(session)
        stored = factories.board(session, made)
        stored.problem = problem
        stored.finished_at = finished
        stored.lease_token = token

        assert boards.load_board(session, made).state == state


def test_a_trial_is_compared_with_the_forecasts_of_the_best_baseline(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.board(session, made, naive=1.0, ridge=0.5)
        trial = factories.completed_trial(session, made)
        board = boards.load_board(session, made)

        compared = boards.compare_with_best(session, board, trial)
        line = boards.load_line(session, board, Part.TEST)

    assert compared.baseline.name == "ridge"
    assert compared.gains[Part.VALIDATION].gain == pytest.approx(0.5)
    assert compared.gains[Part.TEST].error == pytest.approx(0.25)
    assert np.isfinite(line.values).all()


def test_naive_has_no_line_of_its_own(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.board(session, made, naive=0.3, ridge=0.5)
        board = boards.load_board(session, made)

        assert boards.load_line(session, board, Part.TEST) is None


def test_a_board_is_loaded_without_its_forecasts(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.board(session, made)
        session.expire_all()
        statements = []
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

        boards.load_board(session, made)

    assert any("baselines" in statement for statement in statements)
    assert not any("_forecast" in statement for statement in statements)
