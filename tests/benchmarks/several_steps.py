"""Searches of several rows ahead, from the CSV to the bundle, and their errors step by step.

    python -m tests.benchmarks.several_steps                 both series, two minutes each
    python -m tests.benchmarks.several_steps --only monthly --seconds 30
    python -m tests.benchmarks.several_steps --table         AutoETS alone, beside the runs so far

An hourly series a day ahead, and a monthly one a year ahead: each gets an empty database and a
worker of two slots, and runs the default search of its dataset. The errors on the test part of what
is handed over and of the best trial stand beside those of the last known value, of the seasonal
naive forecast and of statsforecast's AutoETS from the same origins. AutoETS is fitted once, on all
rows before the test part, and then sees the history up to each origin; its parameters stay. It
chooses by the fit one row ahead, so it may leave the season out: a second one must have a season.

The bundle is unpacked into an empty folder, where its predict.py reads the CSV in an empty
environment. What it says of the rows to come is compared with the product's own forecast.
"""

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.db.models import Delivery, Experiment
from app.domain.horizons import origins, step_values
from app.domain.metrics import root_mean_square
from app.domain.split import Split
from app.domain.terms import Part
from app.queue import artifacts, budget, deliveries
from app.samples import EL_NINO
from app.schemas import ExperimentRequest
from app.services import datasets, experiments, futures, more_scores, several_steps
from app.services.several_steps import StepComparison
from tests.benchmarks import machine
from tests.benchmarks.product import installation, worker
from tests.benchmarks.tables import table
from tests.benchmarks.worth import wait_for_delivery
from tests.benchmarks.worth_series import SHARED_SERIES
from worker.baselines.library import load_models

Floats = NDArray[np.float64]
FIGURES = Path(__file__).parent / "figures"
RUNS = FIGURES / "several_steps.json"
TABLE = FIGURES / "several_steps.md"
SLOTS = 2
SECONDS = 120.0  # of each search
PREDICT_SECONDS = 300
SEED = 1
ETS_MODELS = {"auto_ets": "ZZZ", "auto_ets_with_season": "ZZA"}  # error, trend and season
N_SHOWN = 6  # steps of the table
FORECASTS = {
    "delivered": "delivered",
    "best_trial": "best trial",
    "naive": "last known value",
    "seasonal_naive": "seasonal naive",
    "auto_ets": "AutoETS",
    "auto_ets_with_season": "AutoETS with a season",
}


@dataclass(frozen=True)
class Case:
    """A series to search. season: of AutoETS, in rows."""

    name: str
    title: str
    content: bytes
    target: str
    horizon: int
    season: int


def main() -> None:
    """Run what was asked for, and print the table of all runs so far."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cases = {case.name: case for case in (hourly_case(), monthly_case())}
    parser.add_argument("--only", nargs="+", choices=cases, default=list(cases))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each search")
    parser.add_argument("--table", action="store_true", help="search nothing")
    options = parser.parse_args()
    runs = json.loads(RUNS.read_text()) if RUNS.exists() else {}
    for name in options.only:
        if not options.table:
            runs[name] = run_case(cases[name], options.seconds)
        if name in runs:
            runs[name]["rmse"] |= measure_auto_ets(cases[name])
        RUNS.write_text(json.dumps(runs, indent=1) + "\n")
    text = "\n".join(describe_run(run) for run in runs.values())
    TABLE.write_text(text)
    print(text)


def hourly_case() -> Case:
    """Electricity demand of England and Wales: means of two half hours each."""
    rows = list(csv.DictReader((SHARED_SERIES / "taylor.csv").open()))
    lines = ["date,demand"]
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        lines.append(f"{first['date']},{(float(first['y']) + float(second['y'])) / 2}")
    content = ("\n".join(lines) + "\n").encode()
    return Case("hourly", "hourly electricity demand", content, "demand", 24, 24)


def monthly_case() -> Case:
    """Sea surface temperatures, the product's own sample."""
    content = EL_NINO.path.read_bytes()
    return Case("monthly", "monthly sea temperatures", content, "Temperature", 12, 12)


def run_case(case: Case, seconds: float) -> dict[str, Any]:
    """Search, deliver, and measure what was delivered."""
    with installation(slots=SLOTS) as (settings, database):
        with database.write() as session:
            dataset = datasets.create_from_csv(
                session,
                name=case.title,
                filename=f"{case.name}.csv",
                content=case.content,
                target=case.target,
            )
            request = ExperimentRequest(
                name=case.title,
                dataset_id=dataset.id,
                horizon=case.horizon,
                seed=SEED,
                time_budget_seconds=seconds,
            )
            experiment_id = experiments.create(session, request).id
        with worker(settings):
            wait_for_delivery(database, experiment_id)
        with database.write() as session:
            more_scores.store(session, more_scores.compute_missing(session, experiment_id))
        with database.read() as session:
            experiment = session.get_one(Experiment, experiment_id)
            return {
                "title": case.title,
                "horizon": case.horizon,
                **measure_errors(session, experiment, case),
                "bundle": run_bundle(session, experiment, case),
                "search_seconds": budget.seconds_used(experiment),
                "machine": machine.describe_machine({}),
                "date": time.strftime("%Y-%m-%d"),
            }


def measure_errors(session: Session, experiment: Experiment, case: Case) -> dict[str, Any]:
    """The RMSE on the test part of each forecast by step, and what was handed over."""
    best = artifacts.best_trial(session, experiment.id)
    assert best is not None
    delivery = session.get_one(Delivery, experiment.id)
    comparison = several_steps.compare_steps(session, best, Part.TEST)
    series = datasets.series(session, experiment.dataset)
    part = experiment.split.parts(len(series.target_values))[Part.TEST]
    first_rows = origins(part, case.horizon)
    rmse = read_errors(comparison)
    rmse["delivered"] = read_steps(
        several_steps.compare_steps_of_delivery(session, delivery, Part.TEST)
    )
    return {
        "n_rows": len(series.target_values),
        "n_origins": len(first_rows),
        "season": comparison.season,
        "members": delivery.members,
        "best_parameters": best.parameters,
        "rmse": rmse,
    }


def read_errors(comparison: StepComparison) -> dict[str, list[float]]:
    """The RMSE of a trial by step, and of both naive forecasts."""
    assert comparison.seasonal_naive is not None
    return {
        "best_trial": read_steps(comparison),
        "naive": comparison.naive.rmse.tolist(),
        "seasonal_naive": comparison.seasonal_naive.rmse.tolist(),
    }


def read_steps(comparison: StepComparison) -> list[float]:
    """The RMSE of each step."""
    return [float(scores["rmse"]) for scores in comparison.scores]


def measure_auto_ets(case: Case) -> dict[str, list[float]]:
    """The RMSE by step of each AutoETS, fitted before the first test origin, from each origin."""
    lines = csv.DictReader(io.StringIO(case.content.decode()))
    values = np.array([float(line[case.target]) for line in lines])
    first_rows = origins(Split().parts(len(values))[Part.TEST], case.horizon)
    rmse = {}
    for name, letters in ETS_MODELS.items():
        model = load_models().AutoETS(season_length=case.season, model=letters)
        model.fit(values[: first_rows.start])
        forecasts = [model.forward(values[:row], h=case.horizon)["mean"] for row in first_rows]
        errors = np.array(forecasts) - step_values(values, first_rows, case.horizon)
        rmse[name] = [root_mean_square(errors[:, index]) for index in range(case.horizon)]
    return rmse


def run_bundle(session: Session, experiment: Experiment, case: Case) -> dict[str, Any]:
    """What the bundle's predict.py says of the rows to come, beside the product's forecast."""
    content = deliveries.read_content(session, experiment.id)
    view = futures.load_of_best(session, experiment)
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
        (Path(folder) / "new.csv").write_bytes(case.content)
        started_at = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-I", "predict.py", "new.csv"],
            cwd=folder,
            env={},
            capture_output=True,
            text=True,
            timeout=PREDICT_SECONDS,
            check=False,
        )
        seconds = time.monotonic() - started_at
        assert ended.returncode == 0, ended.stderr
        rows = list(csv.DictReader((Path(folder) / "future.csv").open()))
    predicted = np.array([float(row["predicted"]) for row in rows])
    difference = np.max(np.abs(predicted - view.predicted) / np.abs(view.predicted))
    return {
        "bytes": len(content),
        "rows": len(rows),
        "columns": list(rows[0]),
        "first": rows[0],
        "last": rows[-1],
        "largest_relative_difference": float(difference),
        "seconds": seconds,
    }


def describe_run(run: Mapping[str, Any]) -> str:
    """A table of some steps and of all, and a line on the bundle."""
    horizon = run["horizon"]
    steps = sorted({round(step) for step in np.linspace(1, horizon, N_SHOWN)})
    head = [f"{run['title']}, {run['n_origins']} test origins", *(f"step {step}" for step in steps)]
    rows = []
    for name, title in FORECASTS.items():
        errors = run["rmse"][name]
        shown = [number(errors[step - 1]) for step in steps]
        rows.append([title, *shown, f"**{number(over_all_steps(errors))}**"])
    bundle = run["bundle"]
    return (
        f"{table([*head, 'all steps'], rows)}\n"
        f"Delivered: {describe_members(run['members'])}, after {run['search_seconds']:.0f} s of "
        f"search. Its bundle ({bundle['bytes'] / 1e6:.1f} MB) wrote {bundle['rows']} rows in "
        f"{bundle['seconds']:.0f} s in an empty environment, within "
        f"{bundle['largest_relative_difference']:.1g} of the product's forecast.\n"
    )


def over_all_steps(errors: Sequence[float]) -> float:
    """The RMSE over all steps: each has as many origins."""
    return root_mean_square(np.array(errors))


def describe_members(members: Sequence[Mapping[str, Any]]) -> str:
    """The members of a delivery with their weights."""
    return ", ".join(f"{member['weight']:.2f} {member['name']}" for member in members)


def number(amount: float) -> str:
    """To four digits."""
    return f"{amount:.4g}"


if __name__ == "__main__":
    main()
