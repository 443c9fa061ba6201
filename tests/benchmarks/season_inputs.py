"""What the calendar and the season lags gain: the best validation RMSE of one network with each.

    python -m tests.benchmarks.season_inputs ../shared/data/series/taylor.csv ...

The network, its seeds and its budget are the same for all four ways. Every CSV has a date and a
target; without one, a generated hourly series is used.
"""

import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from app.domain.search_space.parameters import with_defaults
from app.domain.seasons import detect_season_lengths
from app.domain.split import Split
from worker.network import NetworkConfig
from worker.training import Training
from worker.windows import PreparedData, WindowConfig, prepare

SEEDS = (1, 2, 3)
UPDATES = 1500  # of the weights; small series need more epochs than large ones
WAYS = {
    "none": {},
    "calendar": {"calendar": "cyclic"},
    "season_lags": {"season_lags": "season"},
    "both": {"calendar": "cyclic", "season_lags": "season"},
}
NETWORK = {
    "units_1": 24,
    "time_steps": 24,
    "batch_size": 32,
    "learning_rate": 0.005,
    "scaling": "standard",
    "shuffle": True,
    "target": "difference",
}


def main() -> None:
    """Measure every way on every series."""
    frames = {"generated hours": generate_hours()}
    for path in sys.argv[1:]:
        frames[Path(path).stem] = pd.read_csv(path, parse_dates=[0])
    for name, frame in frames.items():
        dates = frame.iloc[:, 0].to_numpy().astype("datetime64[us]")
        values = frame.iloc[:, 1].to_numpy(np.float64)
        seasons = detect_season_lengths(dates, values)
        print(f"{name}: {len(values)} rows, seasons {seasons}")
        for way, choice in WAYS.items():
            started_at = time.perf_counter()
            data = prepare_series(dates, values, seasons, choice)
            scores = [train(data, choice, seed) for seed in SEEDS]
            seconds = (time.perf_counter() - started_at) / len(SEEDS)
            listed = ", ".join(f"{score:.4g}" for score in scores)
            print(
                f"  {way:12} {median(scores):9.4g}  ({listed}; {seconds:.1f} s a run)", flush=True
            )


def generate_hours(rows: int = 6000) -> pd.DataFrame:
    """Counts with rush hours on working days, a noon on other days, and changing weather."""
    generator = np.random.default_rng(0)
    dates = pd.date_range("2021-01-04", periods=rows, freq="h")
    hour = dates.hour.to_numpy()
    is_working_day = dates.day_of_week.to_numpy() < 5
    rush = np.exp(-((hour - 8) ** 2) / 2) + np.exp(-((hour - 17) ** 2) / 4)
    noon = np.exp(-((hour - 14) ** 2) / 18)
    level = np.where(is_working_day, 300 * rush, 200 * noon) + 20
    weather = pd.Series(generator.normal(0, 1, rows)).ewm(alpha=0.05).mean().to_numpy()
    counts = generator.poisson(level * np.exp(weather))
    return pd.DataFrame({"date": dates, "count": counts})


def prepare_series(
    dates: np.ndarray, values: np.ndarray, seasons: tuple[float, ...], choice: dict[str, str]
) -> PreparedData:
    """The series as the network sees it in one way."""
    config = WindowConfig.from_parameters(with_defaults({**NETWORK, **choice}))
    parts = Split().parts(len(values))
    columns = values[:, None]
    return prepare(columns, 0, config, parts, ("y",), dates=dates, season_lengths=seasons)


def train(data: PreparedData, choice: dict[str, str], seed: int) -> float:
    """The lowest validation RMSE of any epoch."""
    config = NetworkConfig.from_parameters(with_defaults({**NETWORK, **choice}))
    epochs = max(1, UPDATES * config.batch_size // len(data.train))
    training = Training(config, data, seed)
    try:
        return min(training.run_epoch().objective for _ in range(epochs))
    finally:
        training.close()


if __name__ == "__main__":
    main()
