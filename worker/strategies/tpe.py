"""TPE: tree-structured Parzen estimator (Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011).

hyperopt's, driven by ask and tell: its trials are written anew from the observations at every ask. Each searched
dimension is a label of its own; one that is inactive in a trial is left out of that trial's document, which is how
hyperopt itself records a branch that was not taken. The suggestion's inactive values are dropped by the space.
"""

from collections.abc import Sequence
from math import isfinite, log
from typing import Any

import numpy as np

from app.domain.dimensions import Dimension
from app.domain.hyperparameters import Parameters, Value
from worker.strategies.base import Observation, Search, fresh, random_generator

STARTUP = 10  # random trials before the estimator is used
TOLD = 400  # the best and the latest trials the estimator is told of


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
        learnt = [row for row in self.observations if row.state == "finished" and _is_number(row.objective)]
        if len(learnt) < STARTUP or not space.searched:
            return fresh(space, self.observations, lambda: space.sample(generator), generator)
        suggester = Suggester(space.searched, self._told(learnt), generator)
        tries = iter(range(3))

        def draw() -> Parameters:
            for _ in tries:
                found = self._settle(suggester.suggest(number))
                if found is not None:
                    return found
            return space.sample(generator)

        return fresh(space, self.observations, draw, generator)

    def _told(self, learnt: Sequence[Observation]) -> list[Observation]:
        """Finished trials, and pending and failed ones as bad ones, at most TOLD."""
        others = [row for row in self.observations if row.state == "pending"]
        if len(learnt) > TOLD:
            best = sorted(learnt, key=lambda row: row.objective or 0.0)[: TOLD // 2]
            latest = [row for row in learnt if row not in best][-TOLD // 2 :]
            learnt = sorted([*best, *latest], key=lambda row: row.number)
        return [*learnt, *others]

    def _settle(self, values: dict[str, Value]) -> Parameters | None:
        """Suggested values as parameters of the space: fixed ones added, inactive ones dropped."""
        space = self.search.space
        active: dict[str, Value] = {}
        for name, dimension in space.dimensions.items():
            if space.is_active(name, active):
                active[name] = values[name] if name in values else dimension.value_at(0)
        return space.settle(active)


class Suggester:
    """hyperopt's TPE over independent dimensions, told the trials given."""

    def __init__(self, dimensions: Sequence[Dimension], told: Sequence[Observation], generator: Any) -> None:
        from hyperopt import Domain

        self.dimensions = {dimension.name: dimension for dimension in dimensions}
        self.generator = generator
        labels = {name: _label(dimension) for name, dimension in self.dimensions.items()}
        self.domain = Domain(lambda values: 0.0, labels)
        self.trials = self._documents(told)

    def suggest(self, number: int) -> dict[str, Value]:
        """Values by name, inactive dimensions included."""
        from hyperopt import tpe

        seed = int(self.generator.integers(2**31 - 1))
        found = tpe.suggest([number + 1_000_000], self.domain, self.trials, seed, n_startup_jobs=0)[0]
        values = found["misc"]["vals"]
        return {name: _decoded(self.dimensions[name], values[name][0]) for name in self.dimensions if values[name]}

    def _documents(self, told: Sequence[Observation]) -> Any:
        from hyperopt import JOB_STATE_DONE, STATUS_OK, Trials

        trials = Trials()
        documents = []
        for row in told:
            values = {name: self._encoded(name, row) for name in self.dimensions}
            misc = {
                "tid": row.number,
                "cmd": ("domain_attachment", "FMinIter_Domain"),
                "workdir": None,
                "idxs": {name: [row.number] if value else [] for name, value in values.items()},
                "vals": values,
            }
            loss = row.objective if row.state == "finished" else float("inf")
            result = {"status": STATUS_OK, "loss": loss}
            document = trials.new_trial_docs([row.number], [None], [result], [misc])[0]
            document["state"] = JOB_STATE_DONE
            documents.append(document)
        trials.insert_trial_docs(documents)
        trials.refresh()
        return trials

    def _encoded(self, name: str, row: Observation) -> list[Any]:
        if name not in row.parameters:
            return []
        dimension = self.dimensions[name]
        value = row.parameters[name]
        if not dimension.contains(value):
            return []
        if dimension.kind in ("fixed", "choice"):
            return [dimension.values.index(value)]
        return [float(value)]


def _label(dimension: Dimension) -> Any:
    from hyperopt import hp

    if dimension.kind in ("fixed", "choice"):
        return hp.choice(dimension.name, list(range(len(dimension.values))))
    low, high = dimension.low, dimension.high
    if dimension.is_continuous:
        if dimension.is_log:
            return hp.loguniform(dimension.name, log(low), log(high))
        return hp.uniform(dimension.name, low, high)
    if dimension.is_log:
        return hp.qloguniform(dimension.name, log(low), log(high), dimension.step)
    return hp.quniform(dimension.name, low, high, dimension.step)


def _decoded(dimension: Dimension, value: Any) -> Value:
    if dimension.kind in ("fixed", "choice"):
        return dimension.values[int(value)]
    bounded = float(np.clip(value, dimension.low, dimension.high))
    return dimension.at(dimension.share(bounded))


def _is_number(value: float | None) -> bool:
    return value is not None and isfinite(value)
