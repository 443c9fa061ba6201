"""Boards of baselines: requested once, computed under a lease, stored one by one."""

import numpy as np
import pytest
from sqlalchemy import select

from app.db.models import Baseline, Board, Dataset, Experiment
from app.domain.baselines import BaselineResult, score_part
from app.domain.split import Split
from app.domain.terms import Part
from app.errors import NotFound
from app.queue import boards, claims
from app.queue.claims import ObservedLease
from tests import factories


@pytest.fixture
def board_id(database) -> int:
    """A board that is requested with an experiment."""
    with database.write() as session:
        return factories.experiment(session, requests_board=True).board_id


def naive_result(job, name="naive") -> BaselineResult:
    """The result of a baseline that repeats the row before."""
    values = job.series.target_values
    forecasts = {}
    scores = {}
    for part in (Part.VALIDATION, Part.TEST):
        rows = job.parts[part]
        forecasts[part] = values[rows.start - 1 : rows.stop - 1]
        scores[part] = score_part(values, rows, forecasts[part])
    return BaselineResult(name, {}, forecasts, scores, 0.5)


def baselines_of(session, board_id) -> list[Baseline]:
    return list(session.scalars(select(Baseline).where(Baseline.board_id == board_id)))


def test_experiments_alike_in_dataset_split_seasons_and_horizon_share_a_board(database):
    with database.write() as session:
        first = factories.experiment(session, requests_board=True)
        dataset = session.get_one(Dataset, first.dataset_id)

        same = boards.request(session, dataset, first.split, ())
        other_split = boards.request(session, dataset, Split(0.6, 0.2, 0.2), ())
        other_seasons = boards.request(session, dataset, first.split, (12.0,))
        other_horizon = boards.request(session, dataset, first.split, (), horizon=24)

        assert first.board_id == same.id
        assert len({same.id, other_split.id, other_seasons.id, other_horizon.id}) == 4
        assert boards.load_job(session, other_horizon.id).horizon == 24


def test_the_forecast_of_the_rows_to_come_is_stored(database, board_id):
    with database.write() as session:
        claim = boards.claim(session)

        boards.record(session, claim.token, BaselineResult("naive", future=np.array([1.5, 2.5])))

    with database.read() as session:
        (stored,) = baselines_of(session, board_id)
        assert np.frombuffer(stored.future_forecast).tolist() == [1.5, 2.5]


def test_a_board_is_claimed_once_and_its_baselines_are_stored_at_once(database, board_id):
    with database.write() as session:
        assert boards.BOARDS.has_requests(session)
        claim = boards.claim(session)
        job = boards.load_job(session, claim.row_id)

        is_stored = boards.record(session, claim.token, naive_result(job))

        assert is_stored
        assert (claim.row_id, boards.claim(session)) == (board_id, None)
        (baseline,) = baselines_of(session, board_id)
        assert (baseline.name, baseline.seconds, baseline.test_skill) == ("naive", 0.5, 0)
        test = job.parts[Part.TEST]
        forecast = np.frombuffer(baseline.test_forecast, "<f8")
        values = job.series.target_values
        np.testing.assert_array_equal(forecast, values[test.start - 1 : test.stop - 1])
        assert session.get_one(Board, board_id).finished_at is None

        boards.complete(session, claim.token)

        session.expire_all()
        assert session.get_one(Board, board_id).finished_at is not None
        assert not boards.BOARDS.has_requests(session)


def test_the_board_of_a_silent_worker_is_computed_again_by_another(database, board_id):
    with database.write() as session:
        lost = boards.claim(session)
        job = boards.load_job(session, board_id)
        boards.record(session, lost.token, naive_result(job))
        claims.renew(session, [lost.token])
        leases = claims.observe_leases(session)

        claims.expire(session, ObservedLease(lost.token, 0))
        is_held_after_renewal = boards.claim(session) is None
        claims.expire(session, ObservedLease(lost.token, 1))

        again = boards.claim(session)
        assert leases == {ObservedLease(lost.token, 1)}
        assert is_held_after_renewal
        assert again.row_id == board_id
        assert not boards.record(session, lost.token, naive_result(job, "drift"))
        assert boards.record(session, again.token, naive_result(job))
        boards.complete(session, lost.token)
        session.expire_all()
        assert [baseline.name for baseline in baselines_of(session, board_id)] == ["naive"]
        assert session.get_one(Board, board_id).finished_at is None


def test_a_board_that_could_not_be_computed_is_requested_anew_by_the_next_experiment(
    database, board_id
):
    with database.write() as session:
        boards.fail(session, boards.claim(session).token, "The slot died.")
        session.expire_all()
        board = session.get_one(Board, board_id)
        assert (board.problem, boards.BOARDS.has_requests(session)) == ("The slot died.", False)
        experiment = session.query(Experiment).one()

        again = boards.request(session, experiment.dataset, experiment.split, ())

        assert again is board
        assert boards.BOARDS.has_requests(session)


def test_a_board_goes_with_its_dataset(database, board_id):
    with database.write() as session:
        session.delete(session.query(Experiment).one())
        session.flush()
        session.delete(session.query(Dataset).one())
        session.flush()

        assert session.scalar(select(Board.id)) is None
        with pytest.raises(NotFound, match="deleted"):
            boards.load_job(session, board_id)
