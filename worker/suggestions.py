"""Asking the strategies of open searches for trials, and putting what they say into the queue."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.domain.reduction.steps import ReductionState, take_due_steps
from app.domain.search_space.parameters import Parameters
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.queue import lifecycle, proposals, reduction, warm_start
from app.queue.proposals import OpenSearch
from worker.history import observe_earlier_results, observe_trial
from worker.strategies import Observation, suggest
from worker.strategies.reduction import ended_trials


class Asking:
    """What a worker does when the queue is empty; `say` is told of a strategy that fails."""

    def __init__(self, database: Database, say: Callable[[str], None]) -> None:
        self.database, self.say = database, say

    def propose(self) -> bool:
        """Ask the strategy of one search for trials; True when the queue may have changed."""
        with self.database.read() as session:
            wanting = proposals.wanting(session)
        return any(self._ask(experiment_id) for experiment_id in wanting)

    def _ask(self, experiment_id: int) -> bool:
        with self.database.read() as session:
            search = proposals.open_search(session, experiment_id)
            told = proposals.history(session, experiment_id)
            earlier = warm_start.load_results(session, experiment_id)
        queued = sum(trial.state == TrialState.QUEUED for trial in told)
        queue_ahead = strategy_info(search.strategy).queue_ahead
        room = min(search.max_trials - len(told), max(1, queue_ahead - queued))
        observations = [*observe_earlier_results(earlier), *map(observe_trial, told)]
        for number in range(len(told) + 1, len(told) + room + 1):
            try:
                found = self._suggest(search, observations, number)
            except SQLAlchemyError:
                raise
            except Exception as error:  # a strategy that raises ends its search, not the worker
                self._abandon(search, error)
                return False
            with self.database.write() as session:
                if found is None:
                    proposals.exhaust(session, experiment_id)
                    return False
                if not proposals.propose_for(session, experiment_id, number, found):
                    return True
            observations.append(Observation(number, found, None, "pending"))
        return True

    def _suggest(
        self, search: OpenSearch, observations: Sequence[Observation], number: int
    ) -> Parameters | None:
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
        """Every step of a reduction that is due by now, stored before anything is drawn from what it left."""
        with self.database.read() as session:
            before = reduction.load_state(session, search.experiment_id)
        after = take_due_steps(search.space, before, ended_trials(observations))
        if after == before:
            return before
        with self.database.write() as session:
            reduction.record(session, search.experiment_id, after.steps[len(before.steps) :])
            return reduction.load_state(session, search.experiment_id)

    def _abandon(self, search: OpenSearch, error: Exception) -> None:
        self.say(
            f"The strategy of experiment {search.experiment_id} raised {type(error).__name__}: {error}"
        )
        with self.database.write() as session:
            why = f"The {search.strategy} strategy failed: {type(error).__name__}: {error}"
            lifecycle.close_failed(session, search.experiment_id, why)
