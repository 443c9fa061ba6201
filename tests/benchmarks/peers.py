"""The libraries that Foretune is measured against, each run as its own users run it, on the same spaces.

They come with the dependency group `peers`, in an environment of their own. Conditions are told where a library knows
them: nested choices for hyperopt, define-by-run for Optuna; scikit-optimize and Talos search the flat space.
"""

import os
import tempfile
import warnings
from collections.abc import Callable
from math import isfinite, log
from typing import Any

import numpy as np

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

Judge = Callable[[Parameters], float]  # what a trial is seen to be worth; NaN: it diverged
Peer = Callable[[SearchSpace, Judge, int, int], None]  # space, judge, seed, trials
ROUNDS = 10  # values of a range that Talos is given, as it knows lists alone; fewer where there are many ranges


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.item() if hasattr(value, "item") else value for name, value in values.items()
    }


def _settled(space: SearchSpace, values: dict[str, Any]) -> Parameters:
    found = space.to_parameters(_plain(values))
    assert found is not None, values
    return found


def hyperopt(
    space: SearchSpace, judge: Judge, seed: int, trials: int, algorithm: str = "tpe"
) -> None:
    """hyperopt's fmin."""
    from hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, rand, tpe

    def objective(chosen: dict[str, Any]) -> dict[str, Any]:
        seen = judge(_settled(space, _flat(chosen)))
        return {"status": STATUS_OK, "loss": seen} if isfinite(seen) else {"status": STATUS_FAIL}

    suggest = {"tpe": tpe.suggest, "random": rand.suggest}[algorithm]
    options = {"rstate": np.random.default_rng(seed), "verbose": False, "show_progressbar": False}
    fmin(
        objective,
        _nested(space),
        algo=suggest,
        max_evals=trials,
        trials=Trials(),
        return_argmin=False,
        **options,
    )


def _nested(space: SearchSpace) -> dict[str, Any]:
    """Each conditional dimension within the choices of the one it depends on."""
    from hyperopt import hp

    parents: dict[str, dict[str, list[Any]]] = {}
    nodes: dict[str, Any] = {}
    top: list[str] = []
    for dimension in reversed(space.searched):  # those that others depend on come last here
        children = parents.get(dimension.name, {})
        nodes[dimension.name] = (
            hp.choice(
                dimension.name,
                [
                    {
                        "value": value,
                        **{
                            child: nodes[child]
                            for child, allowed in children.items()
                            if value in allowed
                        },
                    }
                    for value in dimension.values
                ],
            )
            if children
            else _label(dimension)
        )
        parent = next(
            (row for row in space.searched if _allowed(space, dimension, row) is not None), None
        )
        if parent is None:
            top.append(dimension.name)
        else:
            parents.setdefault(parent.name, {})[dimension.name] = (
                _allowed(space, dimension, parent) or []
            )
    return {name: nodes[name] for name in top}


def _allowed(space: SearchSpace, child: Dimension, parent: Dimension) -> list[Any] | None:
    """The values of `parent` for which `child` counts; None where it does not depend on it."""
    if parent is child or not parent.is_listed:
        return None
    found = [value for value in parent.values if space.is_active(child.name, {parent.name: value})]
    return found if 0 < len(found) < len(parent.values) else None


def _label(dimension: Dimension) -> Any:
    from hyperopt import hp
    from hyperopt.pyll import scope

    if dimension.is_listed:
        return hp.choice(dimension.name, list(dimension.values))
    if dimension.is_log:
        return hp.loguniform(dimension.name, log(dimension.low), log(dimension.high))
    if dimension.is_integer:
        return scope.int(hp.quniform(dimension.name, dimension.low, dimension.high, 1))
    return hp.uniform(dimension.name, dimension.low, dimension.high)


def _flat(chosen: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in chosen.items():
        if isinstance(value, dict):
            found |= {
                name: value["value"],
                **_flat({key: row for key, row in value.items() if key != "value"}),
            }
        else:
            found[name] = value
    return found


def skopt(space: SearchSpace, judge: Judge, seed: int, trials: int) -> None:
    """scikit-optimize's gp_minimize; a trial that diverged counts as the worst seen, as it takes finite values only."""
    from skopt import gp_minimize

    worst = [1.0]

    def objective(point: list[Any]) -> float:
        seen = judge(
            _settled(space, dict(zip((row.name for row in space.searched), point, strict=True)))
        )
        if isfinite(seen):
            worst.append(seen)
        return seen if isfinite(seen) else max(worst)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has been at a point before
        gp_minimize(
            objective, [_scale(row) for row in space.searched], n_calls=trials, random_state=seed
        )


def _scale(dimension: Dimension) -> Any:
    from skopt.space import Categorical, Integer, Real

    if dimension.is_listed:
        return Categorical(dimension.values)
    prior = "log-uniform" if dimension.is_log else "uniform"
    return (Integer if dimension.is_integer else Real)(dimension.low, dimension.high, prior=prior)


def optuna(space: SearchSpace, judge: Judge, seed: int, trials: int, sampler: str = "tpe") -> None:
    """Optuna's samplers with their defaults."""
    import optuna as library

    library.logging.set_verbosity(library.logging.ERROR)

    def objective(trial: Any) -> float:
        values: dict[str, Any] = {}
        for row in space.searched:
            if space.is_active(row.name, values):
                values[row.name] = _suggested(trial, row)
        return judge(_settled(space, values))

    samplers = {"tpe": library.samplers.TPESampler, "random": library.samplers.RandomSampler}
    library.create_study(sampler=samplers[sampler](seed=seed)).optimize(objective, n_trials=trials)


def _suggested(trial: Any, dimension: Dimension) -> Any:
    if dimension.is_listed:
        return trial.suggest_categorical(dimension.name, list(dimension.values))
    if dimension.is_integer:
        return trial.suggest_int(
            dimension.name, int(dimension.low), int(dimension.high), log=dimension.is_log
        )
    return trial.suggest_float(dimension.name, dimension.low, dimension.high, log=dimension.is_log)


class _Trained:
    """What Talos wants back from a model's function: a history and a model."""

    def __init__(self, value: float) -> None:
        self.history = {"loss": [value], "val_loss": [value]}
        self.params, self.epoch = {"epochs": 1}, [0]

    def to_json(self) -> str:
        return "{}"

    def get_weights(self) -> list[Any]:
        return []


def talos(space: SearchSpace, judge: Judge, seed: int, trials: int) -> None:
    """Talos' Scan, random permutations with its correlation reducer; ranges are lists to it."""
    import talos as library

    ranges = sum(not row.is_listed for row in space.searched)
    count = ROUNDS if ranges <= 3 else 4

    def model(
        x: Any, y: Any, x_val: Any, y_val: Any, values: dict[str, Any]
    ) -> tuple[_Trained, _Trained]:
        seen = judge(
            _settled(
                space, {name: value for name, value in values.items() if name in space.dimensions}
            )
        )
        return _Trained(seen if isfinite(seen) else 1e3), _Trained(0.0)

    listed = {
        row.name: list(row.values)
        if row.is_listed
        else [row.value_at_fraction(share) for share in np.linspace(0, 1, count)]
        for row in space.searched
    }
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(folder)  # it writes where it runs
        try:
            _scan(library, listed, model, seed, trials)
        finally:
            os.chdir(here)


def _scan(library: Any, listed: dict[str, list[Any]], model: Any, seed: int, trials: int) -> None:
    nothing = np.zeros((4, 1))
    reduction = {
        "reduction_method": "correlation",
        "reduction_interval": 20,
        "reduction_window": 20,
    }
    reduction |= {"reduction_threshold": 0.2, "reduction_metric": "val_loss", "minimize_loss": True}
    quiet = {
        "disable_progress_bar": True,
        "print_params": False,
        "clear_session": False,
        "save_weights": False,
    }
    data = {"x": nothing, "y": nothing, "x_val": nothing, "y_val": nothing}
    library.Scan(
        **data,
        params=listed,
        model=model,
        experiment_name="scan",
        seed=seed,
        round_limit=trials,
        **reduction,
        **quiet,
    )


PEERS: dict[str, Peer] = {
    "hyperopt-tpe": hyperopt,
    "hyperopt-random": lambda *search: hyperopt(*search, algorithm="random"),
    "gp_minimize": skopt,
    "optuna-tpe": optuna,
    "optuna-random": lambda *search: optuna(*search, sampler="random"),
    "talos-reduction": talos,
}
