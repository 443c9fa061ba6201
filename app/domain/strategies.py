"""The search strategies: what each one is for, and what it can do.

Code asks for a capability (`strategy_info(name).needs_points`), never for a name.
The strategies themselves are in `worker.strategies`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_QUEUED_AHEAD = 200


@dataclass(frozen=True)
class StrategyInfo:
    """What a strategy can do.

    `learns`: its suggestions depend on the results of earlier trials.
    `needs_points`: it tries listed points, and has no search space.
    `enumerates_space`: it tries every combination, so each dimension needs countable values.
    `shrinks_space`: it drops values from the search space while it runs.
    `repeats`: it may suggest parameters that have been tried, which get their result at once.
    `needs_hyperopt`: hyperopt must be able to express the search space.
    """

    name: str
    description: str
    learns: bool = True
    needs_points: bool = False
    enumerates_space: bool = False
    shrinks_space: bool = False
    repeats: bool = False
    needs_hyperopt: bool = False

    @property
    def queue_ahead(self) -> int:
        """How many trials to keep queued. A strategy that learns waits for results instead."""
        return 1 if self.learns else MAX_QUEUED_AHEAD


_ALL_STRATEGIES = (
    StrategyInfo(
        "tpe",
        "Learns from finished trials which values good ones have. "
        "Right for many trials and conditional spaces.",
    ),
    StrategyInfo(
        "gp",
        "Gaussian process: models the objective and tries where improvement is likeliest. "
        "Strong with few trials.",
    ),
    StrategyInfo(
        "random",
        "Draws that cover the space evenly. "
        "A fair comparison, hard to beat where few hyperparameters matter.",
        learns=False,
    ),
    StrategyInfo(
        "reduction",
        "Random combinations of a space that shrinks: "
        "values that go with bad trials are dropped (Talos).",
        shrinks_space=True,
    ),
    StrategyInfo(
        "evolution",
        "Changes one value of a good recent trial at a time; old ones are forgotten. "
        "For hundreds of trials.",
    ),
    StrategyInfo(
        "mutate",
        "Small changes to the few best trials, smaller and smaller. "
        "Right for tuning on from a good point.",
    ),
    StrategyInfo(
        "grid",
        "Every combination once, long trainings first. Right for a small space of choices.",
        learns=False,
        enumerates_space=True,
    ),
    StrategyInfo(
        "manual",
        "Exactly the points you give, in their order.",
        learns=False,
        needs_points=True,
    ),
    StrategyInfo(
        "hyperopt-tpe",
        "The TPE of the library hyperopt: exactly what its fmin chooses with the same seed.",
        repeats=True,
        needs_hyperopt=True,
    ),
    StrategyInfo(
        "hyperopt-anneal",
        "The annealing of the library hyperopt: draws ever closer to one of the best trials.",
        repeats=True,
        needs_hyperopt=True,
    ),
    StrategyInfo(
        "hyperopt-random",
        "The random draws of the library hyperopt, each independent of all others.",
        learns=False,
        repeats=True,
        needs_hyperopt=True,
    ),
)
STRATEGIES: Mapping[str, StrategyInfo] = {info.name: info for info in _ALL_STRATEGIES}


def strategy_info(name: str) -> StrategyInfo:
    """What a strategy can do.

    A request may also ask for `auto`, or for a strategy that does not exist: nothing special.
    """
    unknown = StrategyInfo(name, description="")
    return STRATEGIES.get(name, unknown)
