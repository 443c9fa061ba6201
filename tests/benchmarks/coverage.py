"""How many rows of the test part the bands of app.domain.bands hold, on public series.

    python -m tests.benchmarks.coverage                   one row ahead: naive, ridge and ETS
    python -m tests.benchmarks.coverage --horizon 12      naive forecasts of several rows

The bands come from errors of the validation part and of earlier test rows, as a trial's do.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from app.domain import bands
from app.domain.bands import LEVELS, StepErrors
from app.domain.horizons import origins
from app.domain.split import Split
from app.domain.terms import EVALUATED_PARTS, Part
from app.services import datasets
from tests.benchmarks.product import installation
from tests.benchmarks.worth_series import WorthSeries, series_here
from worker.baselines.board import FORECASTERS
from worker.baselines.source import BoardSource, Skipped

Floats = NDArray[np.float64]
FORECASTS = ("naive", "ridge", "ets")
SPLIT = Split()


@dataclass(frozen=True)
class Coverage:
    """Fractions of the test values inside the bands, by level; NaN where there is no band."""

    series: str
    forecast: str
    n_rows: int
    fractions: tuple[float, ...]


def main() -> None:
    """Measure every series, and print each and the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--horizon", type=int, default=1)
    options = parser.parse_args()
    measured: list[Coverage] = []
    for series in series_here():
        for coverage in measure_series(series, options.horizon):
            measured.append(coverage)
            print(describe(coverage), flush=True)
    for index, level in enumerate(LEVELS):
        fractions = [coverage.fractions[index] for coverage in measured]
        held = [fraction for fraction in fractions if np.isfinite(fraction)]
        print(f"median of the {level:.0%} band: {median(held):.3f} ({len(held)} forecasts)")


def measure_series(series: WorthSeries, horizon: int) -> Iterator[Coverage]:
    """The coverage of each forecast of one series."""
    source = load_source(series)
    names = FORECASTS if horizon == 1 else ("naive",)
    for name in names:
        try:
            predicted = forecast(source, name, horizon)
        except Skipped:
            continue
        yield measure(series.name, name, source, predicted)


def load_source(series: WorthSeries) -> BoardSource:
    """What the forecasts are made from."""
    with installation(slots=1) as (_, database), database.write() as session:
        dataset = datasets.create_from_csv(
            session,
            name=series.name,
            filename=series.path.name,
            content=series.path.read_bytes(),
            target=series.target,
        )
        stored = datasets.series(session, dataset)
        seasons = tuple(dataset.season_lengths or ())
    values = stored.target_values
    return BoardSource(values, stored.dates, SPLIT.parts(len(values)), seasons)


def forecast(source: BoardSource, name: str, horizon: int) -> Floats:
    """Forecasts of the rows after the train part, (rows, horizon)."""
    rows = source.forecast_rows
    if horizon > 1:
        last_known = source.values[rows.start - 1 : rows.stop - 1, None]
        return np.repeat(last_known, horizon, axis=1)
    return FORECASTERS[name](source).values[:, None]


def measure(series: str, name: str, source: BoardSource, predicted: Floats) -> Coverage:
    """How many test values lie inside the bands of one forecast."""
    horizon = predicted.shape[1]
    errors_by_part = {}
    for part in EVALUATED_PARTS:
        rows = np.array(origins(source.parts[part], horizon), np.int64)
        actual = source.values[rows[:, None] + np.arange(horizon)]
        errors = actual - predicted[rows - source.forecast_rows.start]
        errors_by_part[part] = StepErrors(rows, errors)
    known = StepErrors.join([errors_by_part[part] for part in EVALUATED_PARTS])
    test = errors_by_part[Part.TEST]
    fractions = []
    for widths in bands.half_widths(known, test.origins).values():
        has_band = np.isfinite(widths)
        held = np.abs(test.errors[has_band]) <= widths[has_band]
        fractions.append(float(np.mean(held)) if held.size else np.nan)
    return Coverage(series, name, len(test.origins), tuple(fractions))


def describe(coverage: Coverage) -> str:
    """One line of the table."""
    fractions = " ".join(f"{fraction:.3f}" for fraction in coverage.fractions)
    return f"{coverage.series:15} {coverage.forecast:6} {coverage.n_rows:6} rows  {fractions}"


if __name__ == "__main__":
    main()
