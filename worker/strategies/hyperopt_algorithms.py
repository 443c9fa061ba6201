"""hyperopt's own algorithms: for the same seed, the choices that its fmin makes.

At each ask, hyperopt's Trials are built from all trials, and an algorithm is called as fmin calls
it for that trial: with the seed that `fmin(…, rstate=np.random.default_rng(seed))` draws for it.
The space is the one that an experiment's page shows as hyperopt code.

As in fmin, a trial without a result, be it running or failed, counts as one with an infinite loss,
and parameters may be suggested again: such a trial gets the result of the first one at once.
Earlier results are trials before the first one; seeds do not depend on them. Unlike fmin, a search
ends when every combination of its space has been tried, and values that are impossible together
are drawn anew.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from app.domain.search_space.parameters import Parameters, Value
from worker.strategies.base import (
    HistoryStrategy,
    Observation,
    first_untried_combination,
    make_possible,
    random_generator,
)
from worker.strategies.hyperopt_space import HyperoptSpace, OutsideSpace, hyperopt_space

MAX_SEED = 2**31 - 1  # fmin draws the seed of each trial below it

Document = dict[str, Any]  # a trial as hyperopt stores it
Suggest = Callable[[list[int], Any, Any, int], list[Document]]


class Hyperopt(HistoryStrategy):
    """One of hyperopt's algorithms."""

    def ask(self, number: int) -> Parameters | None:
        """What fmin would choose for this trial; None when every combination has been tried."""
        if self._is_exhausted():
            return None
        generator = random_generator(self.seed, number)
        if not self.space.searched:
            return self.space.sample(generator)
        values = self._suggest_values(number)
        parameters = make_possible(self.space, values, generator)
        if parameters is None:
            return self.space.sample(generator)
        return parameters

    def algorithm(self) -> Suggest:
        """The function that hyperopt calls `suggest`. hyperopt is imported where it is used."""
        raise NotImplementedError

    def trial_documents(self, converted: HyperoptSpace) -> list[Document]:
        """The trials as hyperopt stores them, without those from outside the space."""
        documents = []
        for observation in self.observations:
            try:
                values = converted.encode(observation.parameters)
            except OutsideSpace:
                continue
            documents.append(_trial_document(converted, observation, values))
        return documents

    def _suggest_values(self, number: int) -> dict[str, Value]:
        """What fmin would choose, by hyperparameter."""
        from hyperopt.base import trials_from_docs

        converted = hyperopt_space(self.space)
        documents = self.trial_documents(converted)
        trials = trials_from_docs(documents, validate=False)
        seed = fmin_seed(self.seed, number)
        suggest = self.algorithm()
        (document,) = suggest([_trial_id(number)], converted.domain, trials, seed)
        return converted.decode(document["misc"]["vals"])

    def _is_exhausted(self) -> bool:
        size = self.space.size()
        if size is None or len(self.tried) < size:
            return False
        return first_untried_combination(self.space, self.tried, 0) is None


class HyperoptTpe(Hyperopt):
    """hyperopt's tree-structured Parzen estimator."""

    def algorithm(self) -> Suggest:
        from hyperopt import tpe

        suggest: Suggest = partial(tpe.suggest, verbose=False)
        return suggest


class HyperoptAnneal(Hyperopt):
    """hyperopt's annealing."""

    def algorithm(self) -> Suggest:
        from hyperopt import anneal

        suggest: Suggest = anneal.suggest
        return suggest


class HyperoptRandom(Hyperopt):
    """hyperopt's random draws."""

    def algorithm(self) -> Suggest:
        from hyperopt import rand

        suggest: Suggest = rand.suggest
        return suggest

    def trial_documents(self, converted: HyperoptSpace) -> list[Document]:
        """None: nothing is learnt from them."""
        return []


def fmin_seed(seed: int, number: int) -> int:
    """The seed that fmin draws for the trial with a number."""
    generator = np.random.default_rng(seed)
    seeds = generator.integers(MAX_SEED, size=number)
    return int(seeds[-1])


def _trial_id(number: int) -> int:
    """The id that fmin gives to the trial with a number: it counts from 0."""
    return number - 1


def _trial_document(
    converted: HyperoptSpace, observation: Observation, values: dict[str, Any]
) -> Document:
    trial_id = _trial_id(observation.number)
    values_by_label = {}
    ids_by_label = {}
    for label in converted.domain.params:
        is_drawn = label in values
        values_by_label[label] = [values[label]] if is_drawn else []
        ids_by_label[label] = [trial_id] if is_drawn else []
    misc = {
        "tid": trial_id,
        "cmd": converted.domain.cmd,
        "idxs": ids_by_label,
        "vals": values_by_label,
    }
    return {
        "tid": trial_id,
        "spec": None,
        "misc": misc,
        "exp_key": None,
        **_state_and_result(observation),
    }


def _state_and_result(observation: Observation) -> Document:
    """What hyperopt stores of how a trial ended."""
    from hyperopt import JOB_STATE_DONE, JOB_STATE_RUNNING, STATUS_FAIL, STATUS_NEW, STATUS_OK

    if observation.is_pending:
        return {"state": JOB_STATE_RUNNING, "result": {"status": STATUS_NEW}}
    if observation.score is None:
        return {"state": JOB_STATE_DONE, "result": {"status": STATUS_FAIL}}
    result = {"status": STATUS_OK, "loss": observation.score}
    return {"state": JOB_STATE_DONE, "result": result}
