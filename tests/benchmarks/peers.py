"""The libraries that Foretune is measured against, each run as its users run it.

They come with the dependency group `peers`, in an environment of their own. All search the same
spaces. Conditions are given where a library knows them, as define-by-run for Optuna.
scikit-optimize and Talos search the flat space. hyperopt is not among them: its algorithms are
strategies of Foretune.
"""

import os
import tempfile
import warnings
from collections.abc import Callable
from math import isfinite
from typing import Any

import numpy as np

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

Objective = Callable[[Parameters], float]  # what a search sees of a trial; NaN: it diverged
Peer = Callable[[SearchSpace, Objective, int, int], None]  # space, objective, seed, trials

# Talos takes lists only: how many values of a range it gets, fewer where there are many ranges.
VALUES_PER_RANGE = 10
VALUES_PER_RANGE_OF_MANY = 4
MANY_RANGES = 4
DIVERGED_LOSS = 1e3  # for Talos


def _to_parameters(space: SearchSpace, values: dict[str, Any]) -> Parameters:
    """Complete parameters from a library's values, some of which are NumPy's."""
    plain = {}
    for name, value in values.items():
        plain[name] = value.item() if hasattr(value, "item") else value
    parameters = space.to_parameters(plain)
    assert parameters is not None, values
    return parameters


def search_with_skopt(space: SearchSpace, objective: Objective, seed: int, trials: int) -> None:
    """scikit-optimize's gp_minimize.

    It takes finite values only, so that a trial that diverged counts as the worst one so far.
    """
    from skopt import gp_minimize

    names = [dimension.name for dimension in space.searched]
    worst = 1.0

    def evaluate(point: list[Any]) -> float:
        nonlocal worst
        loss = objective(_to_parameters(space, dict(zip(names, point, strict=True))))
        if not isfinite(loss):
            return worst
        worst = max(worst, loss)
        return loss

    dimensions = [_skopt_dimension(dimension) for dimension in space.searched]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of points that were tried before
        gp_minimize(evaluate, dimensions, n_calls=trials, random_state=seed)


def _skopt_dimension(dimension: Dimension) -> Any:
    from skopt.space import Categorical, Integer, Real

    if dimension.is_listed:
        return Categorical(dimension.values)
    number_type = Integer if dimension.is_integer else Real
    prior = "log-uniform" if dimension.is_log else "uniform"
    return number_type(dimension.low, dimension.high, prior=prior)


def search_with_optuna(
    space: SearchSpace, objective: Objective, seed: int, trials: int, sampler: str = "tpe"
) -> None:
    """Optuna's samplers with their defaults."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def evaluate(trial: Any) -> float:
        values: dict[str, Any] = {}
        for dimension in space.searched:
            if space.is_active(dimension.name, values):
                values[dimension.name] = _suggest_with_optuna(trial, dimension)
        return objective(_to_parameters(space, values))

    samplers = {"tpe": optuna.samplers.TPESampler, "random": optuna.samplers.RandomSampler}
    study = optuna.create_study(sampler=samplers[sampler](seed=seed))
    study.optimize(evaluate, n_trials=trials)


def _suggest_with_optuna(trial: Any, dimension: Dimension) -> Any:
    name = dimension.name
    if dimension.is_listed:
        return trial.suggest_categorical(name, list(dimension.values))
    if dimension.is_integer:
        low = int(dimension.low)
        high = int(dimension.high)
        return trial.suggest_int(name, low, high, log=dimension.is_log)
    return trial.suggest_float(name, dimension.low, dimension.high, log=dimension.is_log)


class _TalosModel:
    """What Talos wants back from the function that builds a model: a history and a model."""

    def __init__(self, loss: float) -> None:
        self.history = {"loss": [loss], "val_loss": [loss]}
        self.params = {"epochs": 1}
        self.epoch = [0]

    def to_json(self) -> str:
        return "{}"

    def get_weights(self) -> list[Any]:
        return []


def search_with_talos(space: SearchSpace, objective: Objective, seed: int, trials: int) -> None:
    """Talos' Scan: random permutations with its correlation reducer, ranges as lists."""

    def build_model(
        x: Any, y: Any, x_val: Any, y_val: Any, values: dict[str, Any]
    ) -> tuple[_TalosModel, _TalosModel]:
        known = {name: value for name, value in values.items() if name in space.dimensions}
        loss = objective(_to_parameters(space, known))
        history = _TalosModel(loss if isfinite(loss) else DIVERGED_LOSS)
        return history, _TalosModel(0.0)

    working_folder = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(folder)  # Talos writes files into the working folder
        try:
            _scan(_talos_parameters(space), build_model, seed, trials)
        finally:
            os.chdir(working_folder)


def _talos_parameters(space: SearchSpace) -> dict[str, list[Any]]:
    """The values of each dimension; of a range, some at equal distances on its scale."""
    ranges = sum(not dimension.is_listed for dimension in space.searched)
    count = VALUES_PER_RANGE if ranges < MANY_RANGES else VALUES_PER_RANGE_OF_MANY
    values: dict[str, list[Any]] = {}
    for dimension in space.searched:
        if dimension.is_listed:
            values[dimension.name] = list(dimension.values)
        else:
            fractions = np.linspace(0, 1, count)
            values[dimension.name] = [dimension.value_at_fraction(at) for at in fractions]
    return values


def _scan(
    parameters: dict[str, list[Any]], build_model: Callable[..., Any], seed: int, trials: int
) -> None:
    import talos

    no_data = np.zeros((4, 1))
    talos.Scan(
        x=no_data,
        y=no_data,
        x_val=no_data,
        y_val=no_data,
        params=parameters,
        model=build_model,
        experiment_name="scan",
        seed=seed,
        round_limit=trials,
        reduction_method="correlation",
        reduction_interval=20,
        reduction_window=20,
        reduction_threshold=0.2,
        reduction_metric="val_loss",
        minimize_loss=True,
        disable_progress_bar=True,
        print_params=False,
        clear_session=False,
        save_weights=False,
    )


PEERS: dict[str, Peer] = {
    "gp_minimize": search_with_skopt,
    "optuna-tpe": search_with_optuna,
    "optuna-random": lambda *search: search_with_optuna(*search, sampler="random"),
    "talos-reduction": search_with_talos,
}
