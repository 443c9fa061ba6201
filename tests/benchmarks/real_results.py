"""A table of real trainings: every combination of a grid on the sample series, looked up by the strategies' benchmark.

    python -m tests.benchmarks.real_results --make

1,080 small networks of 16 epochs, by the product's own engine, one thread, seed 1. Kept for each: the training loss,
the validation loss and the objective (dollars) of every epoch. What a trial is worth is its best epoch's objective.
"""

import argparse
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.samples import SAMPLE

TABLE = Path(__file__).with_name("data") / "real_results.npz"
SEED, EPOCHS = 1, 16
COLUMNS = ("Open", "High", "Low", "Close", "Volume")
SPACE: dict[str, Any] = {
    "cell": {"choice": ["lstm", "gru"]},
    "recurrent_layers": {"choice": [1, 2]},
    "units_1": {"choice": [4, 8, 16]},
    "units_2": {"choice": [4, 8], "when": {"recurrent_layers": 2}},
    "optimizer": {"choice": ["rmsprop", "adam"]},
    "learning_rate": {"choice": [0.0003, 0.001, 0.003, 0.01, 0.03]},
    "batch_size": {"choice": [32, 128]},
    "time_steps": {"choice": [5, 15, 30]},
    "target": "level",
    "epochs": EPOCHS,
}


def trained(parameters: Parameters) -> np.ndarray:
    """Training loss, validation loss and objective of each epoch, shape (EPOCHS, 3)."""
    from worker.network import NetworkConfig
    from worker.training import Training
    from worker.windows import WindowConfig, prepare

    values = pd.read_csv(SAMPLE)[list(COLUMNS)].to_numpy(np.float64)
    config = WindowConfig.from_parameters(parameters)
    data = prepare(values, COLUMNS.index("Close"), config, Split().parts(len(values)), COLUMNS)
    training = Training(NetworkConfig.from_parameters(parameters), data, SEED)
    assert training.engine == "native", training.engine_reason
    epochs = [training.run_epoch() for _ in range(EPOCHS)]
    training.close()
    return np.array([(epoch.train_loss, epoch.val_loss, epoch.objective) for epoch in epochs])


def make() -> None:
    """Train the whole grid, in the order of SearchSpace.grid, and write the table."""
    from worker.hardware import configure_threads

    configure_threads(1)
    started, curves = time.perf_counter(), []
    grid = list(SearchSpace.parse(SPACE).grid())
    for place, parameters in enumerate(grid):
        curves.append(trained(parameters))
        if place % 60 == 0:
            print(f"{place} of {len(grid)}: {time.perf_counter() - started:.0f} s", flush=True)
    TABLE.parent.mkdir(exist_ok=True)
    np.savez_compressed(TABLE, curves=np.array(curves, np.float32))
    spent = time.process_time()
    print(f"{len(grid)} trainings, {spent:.0f} s of one core, {TABLE.stat().st_size / 1024:.0f} KB")


@cache
def objectives() -> dict[frozenset[tuple[str, Any]], float]:
    """The best epoch's objective of each combination; NaN where every epoch diverged."""
    with np.load(TABLE) as arrays:
        found = arrays["curves"][:, :, 2]
    best = np.where(np.isnan(found), np.inf, found).min(axis=1)
    grid = SearchSpace.parse(SPACE).grid()
    worth = (float(value) if np.isfinite(value) else float("nan") for value in best)
    return {
        frozenset(parameters.items()): value for parameters, value in zip(grid, worth, strict=True)
    }


def objective(parameters: Parameters) -> float:
    """What the trial with these complete parameters came to, in dollars."""
    return objectives()[frozenset(parameters.items())]


def main() -> None:
    """Make the table, or say what is in it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--make", action="store_true", help="train the grid anew (minutes)")
    if parser.parse_args().make:
        make()
    values = np.array(list(objectives().values()))
    known = values[np.isfinite(values)]
    shares = ", ".join(
        f"{share:.0%}: {np.quantile(known, share):.3f}" for share in (0, 0.01, 0.05, 0.25, 0.5, 1)
    )
    print(
        f"{len(values)} trainings, {len(values) - len(known)} diverged; RMSE in dollars at quantiles {shares}"
    )


if __name__ == "__main__":
    main()
