"""Ended trials for tests of reduction, and the steps that are taken on them."""

from collections.abc import Callable

import numpy as np

from app.domain.reduction.steps import (
    EndedTrial,
    Reduction,
    ReductionState,
    ReductionStep,
    take_due_steps,
)
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

Objective = Callable[[Parameters], float | None]
EVERY_NINE = Reduction(interval=9, window=None, threshold=0.3)


def random_trials(space: SearchSpace, objective: Objective, count: int) -> list[EndedTrial]:
    generator = np.random.default_rng(0)
    drawn = [space.sample(generator) for _ in range(count)]
    return [EndedTrial(parameters, objective(parameters)) for parameters in drawn]


def every_combination(space: SearchSpace, objective: Objective) -> list[EndedTrial]:
    return [EndedTrial(parameters, objective(parameters)) for parameters in space.grid()]


def steps_of(
    space: SearchSpace, ended: list[EndedTrial], reduction: Reduction = EVERY_NINE
) -> tuple[ReductionStep, ...]:
    return take_due_steps(space, ReductionState(reduction), ended).steps
