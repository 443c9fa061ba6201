"""Asking the strategies of open searches for trials, and queueing what they propose."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.domain.reduction.steps import ReductionState, take_due_steps
from app.domain.search_space.parameters import Parameters
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.queue import lifecycle, proposals, reduction, unreadable, warm_start
from app.queue.proposals import OpenSearch, SearchOver, TrialRecord
from app.queue.unreadable import blame
from worker.history import observe_earlier_results, observe_trial
from worker.strategies import Observation, suggest
from worker.strategies.reduction import ended_trials


class Suggestions:
    """What a worker does when the queue is empty. `say` is told of a strategy that fails."""

    def __init__(self, database: Database, say: Callable[[str], None]) -> None:
        self.database = database
        self.say = say

    def propose(self, skipped: Collection[int] = ()) -> bool:
        """Ask the strategy of one search for trials; True when the queue may have changed.

        Searches with the ids `skipped` are not asked.
        """
        with self.database.read() as session:
            experiment_ids = proposals.needing_trials(session)
        for experiment_id in experiment_ids:
            if experiment_id in skipped:
                continue
            if self._propose_safely(experiment_id):
                return True
        return False

    def _propose_safely(self, experiment_id: int) -> bool:
        """Propose for one search, which may be ended or deleted in the meantime."""
        with blame(experiment_id):
            try:
                return self._propose_for(experiment_id)
            except SearchOver:
                return True

    def _propose_for(self, experiment_id: int) -> bool:
        with self.database.read() as session:
            search = proposals.open_search(session, experiment_id)
            trials = proposals.history(session, experiment_id)
            earlier = warm_start.load_results(session, experiment_id)
        observations = [*observe_earlier_results(earlier), *map(observe_trial, trials)]
        first = len(trials) + 1
        end = first + _count_missing(search, trials)
        for number in range(first, end):
            try:
                parameters = self._suggest(search, observations, number)
            except (SQLAlchemyError, SearchOver):
                raise
            except Exception as error:  # a strategy that raises ends its search, not the worker
                self._fail_search(search, error)
                return False
            if parameters is None:
                self._exhaust(experiment_id)
                return False
            if not self._queue_trial(experiment_id, number, parameters):
                return True
            observations.append(Observation(number, parameters, None, "pending"))
        return True

    def _suggest(
        self, search: OpenSearch, observations: Sequence[Observation], number: int
    ) -> Parameters | None:
        """The parameters of the next trial; None where none are left untried."""
        reduction_state = ReductionState()
        if strategy_info(search.strategy).shrinks_space:
            reduction_state = self._take_due_steps(search, observations)
        return suggest(
            search.strategy,
            search.space,
            search.seed,
            search.points,
            observations,
            number,
            reduction_state,
        )

    def _take_due_steps(
        self, search: OpenSearch, observations: Sequence[Observation]
    ) -> ReductionState:
        """Store every step of a reduction that is due, before anything is drawn from the result."""
        with self.database.read() as session:
            proposals.require_open(session, search.experiment_id)
            stored = reduction.load_state(session, search.experiment_id)
        ended = ended_trials(observations)
        due = take_due_steps(search.space, stored, ended)
        if due == stored:
            return stored
        n_stored = len(stored.steps)
        new_steps = due.steps[n_stored:]
        with self.database.write() as session:
            proposals.require_open(session, search.experiment_id)
            reduction.record(session, search.experiment_id, new_steps)
            return reduction.load_state(session, search.experiment_id)

    def _queue_trial(self, experiment_id: int, number: int, parameters: Parameters) -> bool:
        """Queue a trial; False when another worker has taken its number. Raises SearchOver."""
        with self.database.write() as session:
            return proposals.propose_for(
                session,
                experiment_id,
                number,
                parameters,
            )

    def _exhaust(self, experiment_id: int) -> None:
        with self.database.write() as session:
            proposals.require_open(session, experiment_id)
            proposals.exhaust(session, experiment_id)

    def _fail_search(self, search: OpenSearch, error: Exception) -> None:
        experiment_id = search.experiment_id
        error_type = type(error).__name__
        message = f"{error_type}: {error}"
        self.say(f"The strategy of experiment {experiment_id} raised {message}")
        reason = f"The {search.strategy} strategy failed: {message}"
        with self.database.write() as session:
            is_unreadable = unreadable.fail_damaged(session, experiment_id)
            if not is_unreadable:
                lifecycle.close_failed(session, experiment_id, reason)


def _count_missing(search: OpenSearch, trials: Sequence[TrialRecord]) -> int:
    """How many trials to propose now: one, or as many as the strategy queues ahead."""
    queued = 0
    for trial in trials:
        if trial.state == TrialState.QUEUED:
            queued += 1
    strategy = strategy_info(search.strategy)
    missing = max(1, strategy.queue_ahead - queued)
    left = search.max_trials - len(trials)
    return min(left, missing)
