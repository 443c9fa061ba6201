"""Asking the strategies of open searches for trials, and putting what they say into the queue."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.db.models import Experiment
from app.domain.reduction.steps import ReductionState, take_due_steps
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from app.domain.states import FAIL_EXPERIMENT
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.queue import lifecycle, proposals, reduction, warm_start
from worker.history import before, observe
from worker.strategies import Observation, suggest
from worker.strategies.reduction import ended


class Asking:
    """What a worker does when the queue is empty; `say` is told of a strategy that fails."""

    def __init__(self, database: Database, say: Callable[[str], None]) -> None:
        self.database, self.say = database, say

    def propose(self) -> bool:
        """Ask the strategy of one search for trials; True when the queue may have changed."""
        with self.database.read() as session:
            wanting = proposals.wanting(session)
        return any(self._ask(experiment) for experiment in wanting)

    def _ask(self, experiment: Experiment) -> bool:
        with self.database.read() as session:
            told = proposals.history(session, experiment.id)
            known = warm_start.load_results(session, experiment.id)
        queued = sum(trial.state == TrialState.QUEUED for trial in told)
        queue_ahead = strategy_info(experiment.strategy).queue_ahead
        room = min(experiment.max_trials - len(told), max(1, queue_ahead - queued))
        space = experiment.space
        observations = [*before(known), *map(observe, told)]
        for number in range(len(told) + 1, len(told) + room + 1):
            try:
                found = self._suggest(experiment, space, observations, number)
            except SQLAlchemyError:
                raise
            except Exception as error:  # a strategy that raises ends its search, not the worker
                self._abandon(experiment, error)
                return False
            with self.database.write() as session:
                here = session.get_one(Experiment, experiment.id)
                if found is None:
                    proposals.exhaust(session, experiment.id)
                    return False
                if proposals.propose(session, here, number, found) is None:
                    return True
            observations.append(Observation(number, found, None, "pending"))
        return True

    def _suggest(
        self,
        experiment: Experiment,
        space: SearchSpace,
        observations: Sequence[Observation],
        number: int,
    ) -> Parameters | None:
        reduction_state = (
            self._take_step(experiment, space, observations)
            if strategy_info(experiment.strategy).shrinks_space
            else ReductionState()
        )
        return suggest(
            experiment.strategy,
            space,
            experiment.seed,
            experiment.points,
            observations,
            number,
            reduction_state,
        )

    def _take_step(
        self, experiment: Experiment, space: SearchSpace, observations: Sequence[Observation]
    ) -> ReductionState:
        """Every step of a reduction that is due by now, stored before anything is drawn from what it left."""
        with self.database.read() as session:
            before = reduction.load_state(session, experiment)
        after = take_due_steps(space, before, ended(observations))
        if after == before:
            return before
        with self.database.write() as session:
            reduction.record(session, experiment.id, after.steps[len(before.steps) :])
            return reduction.load_state(session, experiment)

    def _abandon(self, experiment: Experiment, error: Exception) -> None:
        self.say(
            f"The strategy of experiment {experiment.id} raised {type(error).__name__}: {error}"
        )
        with self.database.write() as session:
            here = session.get_one(Experiment, experiment.id)
            why = f"The {experiment.strategy} strategy failed: {type(error).__name__}: {error}"
            lifecycle.close(session, here, FAIL_EXPERIMENT, why)
