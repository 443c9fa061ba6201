"""`python -m tests.faults [KILLS]`: kill parts of a search so many times, and print the cost."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.config import Settings
from tests.faults.campaign import (
    SHORT_LEASE,
    TRIALS,
    Campaign,
    Report,
    TrialResult,
    count_endings,
    read_results,
    run_undisturbed,
)

DEFAULT_KILLS = 100


def main() -> None:
    """Run a campaign and, beside it, the same search undisturbed."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_KILLS
    with TemporaryDirectory() as folder:
        expected = run_undisturbed(Settings(data=Path(folder) / "alone"))
        campaign = Campaign(Settings(data=Path(folder) / "killed"), kills, seed=1)
        report = campaign.run()
        results = read_results(campaign.database)
        endings = count_endings(campaign.database)
    print_kills(report)
    ended_once = sum(count == 1 for count in endings.values())
    print(f"trials that ended once: {ended_once} of {TRIALS}")
    equal = count_equal(results, expected)
    print(f"same state, objective and losses as undisturbed: {equal} of {TRIALS}")
    print_losses(report)


def count_equal(results: dict[int, TrialResult], expected: dict[int, TrialResult]) -> int:
    """How many trials have the same result on both sides."""
    return sum(results[number] == expected[number] for number in results)


def print_kills(report: Report) -> None:
    """What was killed, and how long the search took."""
    total = sum(report.kills.values())
    kinds = ", ".join(f"{count} × {kind}" for kind, count in report.kills.items())
    print(f"{total} kills ({kinds}) over {TRIALS} trials in {report.seconds:.0f} s")


def print_losses(report: Report) -> None:
    """How long trials waited for another worker, and how much work was repeated."""
    longest_wait = max(report.takeover_seconds)
    lease = SHORT_LEASE["lease_seconds"]
    print(f"longest that a killed worker's trial waited: {longest_wait:.2f} s (lease {lease} s)")
    most_lost = max(report.lost_seconds)
    resumes = len(report.resume_messages)
    print(f"most work lost by a kill: {most_lost:.2f} s; resumed from a checkpoint {resumes} times")


if __name__ == "__main__":
    main()
