"""What each trial that ends costs a browser's tab that shows an experiment of 10,000 trials.

    python -m tests.benchmarks.tab_updates [--trials 10000] [--data FOLDER]

Trials end one by one while Chromium shows the page, which polls as ever. The cost is the time of
the processor that the tab's main thread took from one end to the next, less what the same time
costs without one.
"""

import argparse
import statistics
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update

from app.db.engine import Database
from app.db.models import Experiment, Training, Trial
from tests.benchmarks.large import prepared, served
from tests.browser.chromium import opened

ENDS = 10
IDLE_STRETCHES = 3
SECONDS_BETWEEN = 4.0
WARM_UP_SECONDS = 6.0


def busy_milliseconds(devtools: Any) -> float:
    """The processor time of the tab's main thread since it opened."""
    rows = devtools.send("Performance.getMetrics")["metrics"]
    metrics = {row["name"]: row["value"] for row in rows}
    return 1000 * float(metrics["TaskDuration"])


def end_one_trial(database: Database) -> None:
    """Store one more completed trial, without its epochs, and let the search count as open."""
    with database.write() as session:
        number = session.scalars(select(func.max(Trial.number))).one() + 1
        session.execute(update(Experiment).values(finished_at=None, max_trials=number))
        template = session.scalars(select(Trial).where(Trial.number == 1)).one()
        training = Training(fingerprint=f"{number:064d}")
        session.add(training)
        session.flush()
        columns = {
            column.key: getattr(template, column.key)
            for column in Trial.__mapper__.column_attrs
            if column.key not in ("id", "number", "training_id")
        }
        session.add(Trial(number=number, training_id=training.id, **columns))


def measure(database: Database, address: str, path: str) -> tuple[list[float], list[float]]:
    """Milliseconds of each stretch without an end, and of each with one."""
    idle = []
    ending = []
    with opened() as browser:
        page = browser.new_page(base_url=address, viewport={"width": 1400, "height": 900})
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(path)
        page.wait_for_selector("#chart-objective .main-svg", timeout=60_000)
        page.wait_for_timeout(1000 * WARM_UP_SECONDS)
        for turn in range(IDLE_STRETCHES + ENDS):
            before = busy_milliseconds(devtools)
            if turn >= IDLE_STRETCHES:
                end_one_trial(database)
            page.wait_for_timeout(1000 * SECONDS_BETWEEN)
            stretches = ending if turn >= IDLE_STRETCHES else idle
            stretches.append(busy_milliseconds(devtools) - before)
    return idle, ending


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=None)
    options = parser.parse_args()
    with prepared(options.data, options.trials, 3) as settings:
        database = Database(settings.url)
        with database.write() as session:
            session.execute(update(Experiment).values(finished_at=None))
        with served(settings) as (host, _):
            idle, ending = measure(database, f"http://{host}", "/experiments/1")
        with database.write() as session:
            session.execute(delete(Trial).where(Trial.number > options.trials))
            session.execute(delete(Training).where(Training.id > options.trials))
        database.close()
    cost = statistics.mean(ending) - statistics.mean(idle)
    print(
        f"{options.trials:,} trials: an ended trial costs the tab {cost:.0f} ms of its main thread "
        f"(mean of {ENDS}, one in {SECONDS_BETWEEN:.0f} s; the dearest {max(ending):.0f} ms; "
        f"{statistics.mean(idle):.0f} ms without one)"
    )


if __name__ == "__main__":
    main()
