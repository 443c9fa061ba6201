"""`python -m tests.faults [KILLS]`: kill parts of a search so many times, and print the cost.

With `--mutant NAME` the product is broken first; the campaign must then find problems.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.config import Settings
from tests.faults.campaign import SHORT_LEASE, Campaign, Report
from tests.faults.mutants import MUTANTS
from tests.faults.searches import (
    RANDOM_SEARCH,
    TPE_SEARCH,
    Search,
    read_results,
    retrain,
    run_undisturbed,
)
from tests.faults.verdict import find_other_losses, find_problems
from tests.faults.witness import find_repeated_work

DEFAULT_KILLS = 100
MAX_LISTED_PROBLEMS = 5
SEARCHES = {"random": RANDOM_SEARCH, "tpe": TPE_SEARCH}


def main() -> int:
    """Run a campaign and, beside it, the same trials undisturbed; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=DEFAULT_KILLS)
    parser.add_argument("--search", choices=sorted(SEARCHES), default="random")
    parser.add_argument("--mutant", choices=MUTANTS, default="")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    search = SEARCHES[options.search]
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "killed")
        campaign = Campaign(settings, search, options.kills, options.seed, options.mutant)
        try:
            report = campaign.run()
        except AssertionError as error:
            print(f"The campaign did not come to its end: {error}")
            return 1
        problems = find_problems(report, search, campaign.database)
        if not options.mutant:
            problems += compare(campaign, Settings(data=Path(folder) / "alone"))
    print_kills(report, search)
    print_losses(report)
    print_visits(report)
    print(f"problems: {len(problems)}")
    for problem in problems[:MAX_LISTED_PROBLEMS]:
        print(f"- {problem}")
    return 1 if problems else 0


def compare(campaign: Campaign, settings: Settings) -> list[str]:
    """Where trials came out otherwise than without kills."""
    results = read_results(campaign.database)
    if campaign.search.strategy != "random":
        return find_other_losses(results, retrain(settings, campaign.database))
    expected = run_undisturbed(settings, campaign.search)
    others = [number for number in results if results[number] != expected[number]]
    return [f"trial {number} has another result than undisturbed" for number in others]


def print_kills(report: Report, search: Search) -> None:
    """What was killed, and how long the search took."""
    total = sum(report.kills.values())
    kinds = ", ".join(f"{count} × {kind}" for kind, count in report.kills.items())
    searched = f"{search.trials} trials ({search.strategy}, pruning {search.pruning})"
    print(f"{total} kills ({kinds}) over {searched} in {report.seconds:.0f} s")


def print_losses(report: Report) -> None:
    """How long trials waited for another worker, and how much work was repeated."""
    longest_wait = max(report.takeover_seconds)
    lease = SHORT_LEASE["lease_seconds"]
    print(f"longest that a killed worker's trial waited: {longest_wait:.2f} s (lease {lease} s)")
    repeated = find_repeated_work(report.runs)
    most = max(work.seconds for work in repeated)
    total = sum(work.seconds for work in repeated)
    epochs = sum(work.epochs for work in repeated)
    trained = sum(len(run.epochs) for run in report.runs)
    print(
        f"work lost: {report.cut_runs} runs were cut; {epochs} of {trained:,} epochs were trained"
        f" twice, {total:.1f} s in all and {most:.2f} s at most;"
        f" resumed from a checkpoint {len(report.resume_messages)} times"
    )


def print_visits(report: Report) -> None:
    """What the visitors of the killed server saw."""
    visits = report.visits
    print(
        f"visitors: {visits.statuses.total():,} answers {dict(visits.statuses)},"
        f" {visits.cut_off} requests cut off by a kill,"
        f" {len(visits.acknowledged)} uploads acknowledged"
    )


if __name__ == "__main__":
    sys.exit(main())
