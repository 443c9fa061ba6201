"""What the default search hands over, beside the baselines that a person would pick instead.

    python -m tests.benchmarks.worth                      every series, two seeds, two minutes each
    python -m tests.benchmarks.worth --only air --seeds 1 --seconds 30
    python -m tests.benchmarks.worth --table              the table of the runs so far

Each run gets an empty database and a worker of two slots: a CSV is imported and an experiment is
made of nothing but its dataset. Runs are added to figures/worth.json, one by one.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Board, Delivery, Experiment
from app.queue import artifacts, budget
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from tests.benchmarks import machine, worth_table
from tests.benchmarks.product import installation, worker
from tests.benchmarks.worth_series import WorthSeries, series_here

FIGURES = Path(__file__).parent / "figures"
RUNS = FIGURES / "worth.json"
TABLE = FIGURES / "worth.md"
SLOTS = 2
MAX_WAIT_SECONDS = 1800.0
POLL_SECONDS = 0.5
SEARCHES = ("default", "2026-11-27")
# What the dataset page's button started on 2026-11-27.
EARLIER_DEFAULT = {
    "cell": "lstm",
    "recurrent_layers": {"choice": [1, 2]},
    "units_1": {"choice": [8, 16, 32]},
    "units_2": {"choice": [8, 16], "when": {"recurrent_layers": 2}},
    "dropout_1": {"uniform": [0.0, 0.4]},
    "optimizer": {"choice": ["rmsprop", "adam"]},
    "learning_rate": {"loguniform": [0.0003, 0.01]},
    "batch_size": {"choice": [32, 64]},
    "time_steps": {"choice": [10, 20, 30]},
    "epochs": {"choice": [20, 40]},
    "patience": 10,
    "scaling": "minmax",
    "shuffle": False,
}
EARLIER_TRIALS = 12


def main() -> None:
    """Run what was asked for, and print the table of all runs so far."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    by_name = {series.name: series for series in series_here()}
    parser.add_argument("--only", nargs="+", choices=by_name, default=list(by_name))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--seconds", type=float, help="instead of the default's time budget")
    parser.add_argument("--search", choices=SEARCHES, default="default")
    parser.add_argument("--table", action="store_true", help="run nothing")
    options = parser.parse_args()
    if not options.table:
        for name in options.only:
            for seed in range(options.seeds):
                run = run_search(by_name[name], options.search, seed, options.seconds)
                store_run(run)
                print(worth_table.describe_run(run), flush=True)
    table = worth_table.to_markdown(read_runs(), by_name)
    TABLE.write_text(table)
    print(table)


def read_runs() -> list[dict[str, Any]]:
    """The runs so far."""
    if not RUNS.exists():
        return []
    return list(json.loads(RUNS.read_text()))


def store_run(run: dict[str, Any]) -> None:
    """Add a run, in place of an earlier one of the same series, search and seed."""

    def key(other: dict[str, Any]) -> tuple[Any, ...]:
        return (other["series"], other["search"], other["seed"])

    runs = [other for other in read_runs() if key(other) != key(run)]
    runs.append(run)
    RUNS.write_text(json.dumps(runs, indent=1) + "\n")


def run_search(
    series: WorthSeries, search: str, seed: int, seconds: float | None
) -> dict[str, Any]:
    """Run one search to its end, and read what it came to."""
    started_at = time.monotonic()
    with installation(slots=SLOTS) as (settings, database):
        with database.write() as session:
            dataset = datasets.create_from_csv(
                session,
                name=series.name,
                filename=series.path.name,
                content=series.path.read_bytes(),
                target=series.target,
            )
            request = build_request(series.name, dataset.id, search, seed, seconds)
            experiment_id = experiments.create(session, request).id
        with worker(settings):
            wait_for_delivery(database, experiment_id)
        with database.read() as session:
            experiment = session.get_one(Experiment, experiment_id)
            return {
                "series": series.name,
                "search": search,
                "seed": seed,
                **describe_results(session, experiment),
                "seconds": time.monotonic() - started_at,
                "machine": machine.describe_machine({}),
                "date": time.strftime("%Y-%m-%d"),
            }


def build_request(
    name: str, dataset_id: int, search: str, seed: int, seconds: float | None
) -> ExperimentRequest:
    """The default search, or the one of 2026-11-27."""
    fields: dict[str, Any] = {"name": name, "dataset_id": dataset_id, "seed": seed}
    if search != "default":
        fields |= {"space": EARLIER_DEFAULT, "strategy": "tpe", "max_trials": EARLIER_TRIALS}
    if seconds is not None:
        fields["time_budget_seconds"] = seconds
    return ExperimentRequest(**fields)


def wait_for_delivery(database: Database, experiment_id: int) -> None:
    """Wait until the experiment has ended and handed over its model. Raises TimeoutError."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while time.monotonic() < deadline:
        with database.read() as session:
            experiment = session.get_one(Experiment, experiment_id)
            delivery = session.get(Delivery, experiment_id)
            is_delivered = delivery is not None and delivery.finished_at is not None
            if experiment.finished_at is not None and is_delivered:
                return
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"Experiment {experiment_id} has handed over nothing.")


def describe_results(session: Session, experiment: Experiment) -> dict[str, Any]:
    """Test and validation RMSE of what was delivered, of the best trial and of the baselines."""
    delivery = session.get_one(Delivery, experiment.id)
    best = artifacts.best_trial(session, experiment.id)
    query = select(Board).where(Board.id == experiment.board_id)
    board = session.scalars(query).one()
    baselines = {}
    for baseline in board.baselines:
        baselines[baseline.name] = {
            "validation": baseline.validation_rmse,
            "test": baseline.test_rmse,
            "seconds": baseline.seconds,
            "problem": baseline.problem,
        }
    return {
        "rows": experiment.dataset.rows,
        "season_lengths": experiment.season_lengths,
        "members": delivery.members,
        "reason": delivery.reason,
        "delivered": {"validation": delivery.validation_rmse, "test": delivery.test_rmse},
        "delivery_seconds": delivery.seconds,
        "single": best and {"validation": best.validation_rmse, "test": best.test_rmse},
        "baselines": baselines,
        "search_seconds": budget.seconds_used(experiment),
        "ended": experiment.reason,
    }


if __name__ == "__main__":
    main()
