"""How the next parameters are chosen: one strategy a file, all behind one call."""

from collections.abc import Callable, Mapping, Sequence

from app.domain.reduction.steps import ReductionState
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from worker.strategies.base import Observation, Search, Strategy
from worker.strategies.evolution import Evolution
from worker.strategies.gp import Gp
from worker.strategies.grid import Grid
from worker.strategies.hyperopt_algorithms import HyperoptAnneal, HyperoptRandom, HyperoptTpe
from worker.strategies.manual import Manual
from worker.strategies.mutate import Mutate
from worker.strategies.random import Random
from worker.strategies.reduction import Reduction
from worker.strategies.tpe import Tpe

__all__ = ["STRATEGY_CLASSES", "Observation", "Strategy", "suggest"]

STRATEGY_CLASSES: Mapping[str, Callable[[Search], Strategy]] = {
    "manual": Manual,
    "grid": Grid,
    "random": Random,
    "tpe": Tpe,
    "gp": Gp,
    "reduction": Reduction,
    "evolution": Evolution,
    "mutate": Mutate,
    "hyperopt-tpe": HyperoptTpe,
    "hyperopt-anneal": HyperoptAnneal,
    "hyperopt-random": HyperoptRandom,
}


def suggest(
    strategy: str,
    space: SearchSpace,
    seed: int,
    points: Sequence[Parameters],
    observations: Sequence[Observation],
    number: int,
    reduction_state: ReductionState = ReductionState(),
) -> Parameters | None:
    """Choose parameters for the trial with a number; None when no untried ones are left.

    `observations`: all trials of the search, in order of number. `points` belong to the manual
    strategy, `reduction_state` to reduction.
    """
    search = Search(
        space=space,
        seed=seed,
        points=points,
        reduction_state=reduction_state,
    )
    instance = STRATEGY_CLASSES[strategy](search)
    instance.tell(observations)
    return instance.ask(number)
