"""TPE: tree-structured Parzen estimator (Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011).

hyperopt's, driven by ask and tell: its trials are written anew from the observations at every ask. Each searched
dimension is a label of its own; one that is inactive in a trial is left out of that trial's document, which is how
hyperopt itself records a branch that was not taken. Pending and failed trials are told with an infinite loss.
"""

from collections.abc import Sequence
from math import inf, log
from typing import Any

import numpy as np

from app.domain.cases import PARTICULAR
from app.domain.dimensions import Dimension
from app.domain.hyperparameters import Parameters, Value
from app.domain.space import SearchSpace
from worker.strategies.base import Observation, Search, fresh, random_generator

STARTUP = 10  # random trials before the estimator is used
TOLD = 400  # trials the estimator is told of at most
FEW = 12  # values of a range that are learnt one by one
SUGGESTIONS = 3  # of the estimator, before a random one is taken


class Tpe:
    """Suggests what good trials have and bad ones have not."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.observations: Sequence[Observation] = ()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember all trials."""
        self.observations = observations

    def ask(self, number: int) -> Parameters | None:
        """A fresh suggestion; the first trials are random."""
        generator = random_generator(self.search.seed, number)
        space = self.search.space
        if sum(row.score is not None for row in self.observations) < STARTUP or not space.searched:
            return fresh(space, self.observations, lambda: space.sample(generator), generator)
        suggester = Suggester(space, telling(self.observations))
        suggestions = (suggester.suggest(number, generator) for _ in range(SUGGESTIONS))

        def draw() -> Parameters:
            return next(filter(None, suggestions), None) or space.sample(generator)

        return fresh(space, self.observations, draw, generator)


def telling(observations: Sequence[Observation]) -> list[Observation]:
    """What the estimator is told, in order of number: of more than TOLD trials the best half, and the latest."""
    if len(observations) <= TOLD:
        return list(observations)
    ranked = sorted(observations, key=lambda row: inf if row.score is None else row.score)
    best, others = ranked[: TOLD // 2], ranked[TOLD // 2 :]
    latest = sorted(others, key=lambda row: row.number)[-(TOLD // 2) :]
    return sorted([*best, *latest], key=lambda row: row.number)


class Suggester:
    """hyperopt's TPE, told the trials given."""

    def __init__(self, space: SearchSpace, observations: Sequence[Observation]) -> None:
        from hyperopt import Domain

        self.space = space
        self.dimensions = {dimension.name: dimension for dimension in space.searched}
        self.domain = Domain(lambda values: 0.0, {name: label(row) for name, row in self.dimensions.items()})
        self.trials = self._documents(observations)

    def suggest(self, number: int, generator: np.random.Generator) -> Parameters | None:
        """Parameters of the space. What is best for each dimension may be impossible together: then that is drawn."""
        from hyperopt import tpe

        seed = int(generator.integers(2**31 - 1))  # hyperopt's draw depends on the seed alone, not on the number
        identity = number + max((row["tid"] for row in self.trials.trials), default=0)
        (document,) = tpe.suggest([identity], self.domain, self.trials, seed, n_startup_jobs=0, verbose=False)
        values = document["misc"]["vals"]
        best = {name: decoded(row, values[name][0]) for name, row in self.dimensions.items()}
        possible = self.space.varying(self.space.sample(generator))
        drawn = {name: value for name, value in possible.items() if name in PARTICULAR}
        return self.space.settle(best) or self.space.settle(best | drawn)

    def _documents(self, observations: Sequence[Observation]) -> Any:
        from hyperopt import JOB_STATE_DONE, STATUS_OK, Trials

        trials = Trials()
        for row in observations:
            values = self._encoded(row)
            misc = {"tid": row.number, "cmd": self.domain.cmd, "workdir": self.domain.workdir, "vals": values}
            misc["idxs"] = {name: [row.number] if value else [] for name, value in values.items()}
            result = {"status": STATUS_OK, "loss": inf if row.score is None else row.score}
            (document,) = trials.new_trial_docs([row.number], [None], [result], [misc])
            trials.insert_trial_doc({**document, "state": JOB_STATE_DONE})
        trials.refresh()
        return trials

    def _encoded(self, row: Observation) -> dict[str, list[float]]:
        values = self.space.varying(row.parameters)
        return {
            name: [encoded(dimension, values[name])] if name in values and dimension.contains(values[name]) else []
            for name, dimension in self.dimensions.items()
        }


def label(dimension: Dimension) -> Any:
    """A dimension as hyperopt knows it."""
    from hyperopt import hp

    name, low, high = dimension.name, dimension.low, dimension.high
    if is_by_place(dimension):
        return hp.choice(name, list(range(dimension.count)))
    if dimension.step is None:
        return hp.loguniform(name, log(low), log(high)) if dimension.is_log else hp.uniform(name, low, high)
    margin = dimension.step / 2  # so that the first and the last value are as likely as the others
    if dimension.is_log:
        return hp.loguniform(name, log(max(low - margin, low / 2)), log(high + margin))
    return hp.uniform(name, low - margin, high + margin)


def is_by_place(dimension: Dimension) -> bool:
    """Whether each value is learnt on its own; a range of few values would be smoothed out of recognition."""
    return dimension.is_listed or 0 < dimension.count <= FEW


def encoded(dimension: Dimension, value: Value) -> float:
    """A value as hyperopt's trials record it."""
    if is_by_place(dimension):
        return dimension.place_of(value)
    assert isinstance(value, int | float)
    return float(value)


def decoded(dimension: Dimension, value: float) -> Value:
    """The inverse of `encoded`, for any number that hyperopt may suggest."""
    if is_by_place(dimension):
        return dimension.value_at(int(np.clip(value, 0, dimension.count - 1)))
    return dimension.at(dimension.share(float(np.clip(value, dimension.low, dimension.high))))
