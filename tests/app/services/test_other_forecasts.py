"""Other programs' forecasts on a board."""

import numpy as np
import pytest

from app.db.models import Board, Experiment
from app.domain.terms import Part
from app.errors import Conflict, Invalid
from app.queue import boards, jobs
from app.services import other_forecasts
from tests import factories
from tests.app.queue.test_boards import naive_result


@pytest.fixture
def board_id(database) -> int:
    """A board that is requested with an experiment."""
    with database.write() as session:
        return factories.experiment(session, requests_board=True).board_id


def content_for(session, board_id: int, parts=(Part.VALIDATION, Part.TEST), skip: int = 0) -> bytes:
    """A CSV whose forecasts are 1 too high; the first rows of each part may be missing."""
    board = session.get_one(Board, board_id)
    series = jobs.read_series(session, board.dataset_id)
    lines = ["date,prediction"]
    for part in parts:
        for row in boards.split_of(board).parts(len(series.dates))[part][skip:]:
            lines.append(f"{str(series.dates[row])[:10]},{series.target_values[row] + 1}")
    return "\n".join(lines).encode()


def add(session, board_id: int, content: bytes, name: str = "Chronos"):
    board = session.get_one(Board, board_id)
    return other_forecasts.add(session, board, name=name, filename="chronos.csv", content=content)


def test_forecasts_are_stored_and_scored_over_the_rows_they_cover(database, board_id):
    with database.write() as session:
        baseline = add(session, board_id, content_for(session, board_id, skip=4))

        assert (baseline.name, baseline.filename) == ("Chronos", "chronos.csv")
        assert baseline.test_mae == pytest.approx(1)
        assert baseline.validation_rmse == pytest.approx(1)
        forecast = np.frombuffer(baseline.test_forecast, "<f8")
        assert np.isnan(forecast).tolist() == [True] * 4 + [False] * 8
        assert baseline.settings["validation_coverage"] == pytest.approx(8 / 12, abs=1e-3)


def test_forecasts_of_the_test_part_alone_have_no_validation_scores(database, board_id):
    with database.write() as session:
        baseline = add(session, board_id, content_for(session, board_id, parts=[Part.TEST]))

        assert baseline.validation_rmse is None
        assert baseline.validation_forecast is None
        assert baseline.test_rmse == pytest.approx(1)


def test_fewer_than_half_of_the_test_rows_are_too_few(database, board_id):
    with database.write() as session:
        with pytest.raises(Invalid) as refusal:
            add(session, board_id, content_for(session, board_id, skip=7))

        (problem,) = refusal.value.problems
        assert problem.loc == ("file",)
        assert "Only 5 of the 12 rows" in problem.message


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Name the program"), ("ridge", "another one"), ("a" * 61, "60"), ("first", "delete")],
)
def test_a_name_is_needed_that_no_other_forecasts_have(database, board_id, name, message):
    with database.write() as session:
        content = content_for(session, board_id)
        add(session, board_id, content, "first")

        with pytest.raises(Invalid, match=message) as refusal:
            add(session, board_id, content, name)

        assert refusal.value.problems[0].loc == ("name",)


def test_uploaded_forecasts_can_be_deleted_and_computed_ones_cannot(database, board_id):
    with database.write() as session:
        uploaded = add(session, board_id, content_for(session, board_id))
        claim = boards.claim(session)
        boards.record(session, claim.token, naive_result(boards.load_job(session, board_id)))

        other_forecasts.delete(session, uploaded)
        session.flush()
        session.expire_all()

        board = session.query(Experiment).one().board
        assert [baseline.name for baseline in board.baselines] == ["naive"]
        with pytest.raises(Conflict, match="uploaded"):
            other_forecasts.delete(session, board.baselines[0])


def test_a_file_of_one_forecast_a_row_is_refused_where_several_rows_are_forecast(database):
    with database.write() as session:
        board_id = factories.experiment(session, requests_board=True, horizon=3).board_id

        with pytest.raises(Invalid) as error:
            add(session, board_id, content_for(session, board_id))

    assert "here 3 rows are forecast from each origin" in error.value.problems[0].message
