"""What must hold after a campaign of kills, each as a list of sentences on what does not."""

from app.db.engine import Database
from app.domain.terms import TrialState
from tests.faults.broken import CHECKPOINT_SECONDS
from tests.faults.campaign import SHORT_LEASE, Report
from tests.faults.searches import Search, TrialResult, count_endings, read_epochs, read_results
from tests.faults.visitors import find_lost_uploads
from tests.faults.witness import (
    find_broken_orders,
    find_repeated_work,
    longest_epoch_seconds,
    runs_by_training,
)


def find_problems(report: Report, search: Search, database: Database) -> list[str]:
    """Everything that is wrong after a campaign, whatever its strategy."""
    return [
        *find_unfinished_trials(search, database),
        *find_broken_orders(report.runs),
        *find_unwitnessed_epochs(report, database),
        *find_lost_work(report),
        *find_late_takeovers(report),
        *find_failed_visits(report, database),
    ]


def find_unfinished_trials(search: Search, database: Database) -> list[str]:
    """Trials that are missing, did not end, or ended more than once."""
    problems = []
    results = read_results(database)
    if sorted(results) != list(range(1, search.trials + 1)):
        problems.append(f"the trials are numbered {sorted(results)}")
    for number, result in results.items():
        if result.state not in (TrialState.COMPLETED, TrialState.PRUNED):
            problems.append(f"trial {number} is {result.state}")
    for trial, count in count_endings(database).items():
        if count != 1:
            problems.append(f"trial {trial} ended {count} times")
    return problems


def find_unwitnessed_epochs(report: Report, database: Database) -> list[str]:
    """Trainings of which the database knows other epochs than the slots have trained.

    The last one may be missing: its slot was killed before it could store it.
    """
    problems = []
    stored = read_epochs(database)
    for training, runs in runs_by_training(report.runs).items():
        last_trained = max(run.last_number for run in runs)
        numbers = stored.get(training, [])
        is_whole = numbers == list(range(1, len(numbers) + 1))
        if not is_whole or not last_trained - 1 <= len(numbers) <= last_trained:
            problems.append(f"of {last_trained} epochs of training {training}, not all are stored")
    return problems


def find_lost_work(report: Report) -> list[str]:
    """Kills that cost more than the time between two checkpoints, each alone and all together.

    A checkpoint is due once the next epoch could end too late for it, so at most one epoch that
    takes longer than the one before comes on top. A kill costs half the time on average.
    """
    problems = []
    bound = CHECKPOINT_SECONDS + longest_epoch_seconds(report.runs)
    repeated = find_repeated_work(report.runs)
    for work in repeated:
        if work.seconds > bound:
            problems.append(
                f"{work.epochs} epochs of training {work.training} were trained twice:"
                f" {work.seconds:.2f} s, more than {bound:.2f}"
            )
    total = sum(work.seconds for work in repeated)
    total_bound = CHECKPOINT_SECONDS * report.cut_runs
    if total > total_bound:
        problems.append(f"{total:.1f} s of training were repeated, more than {total_bound:.1f}")
    return problems


def find_late_takeovers(report: Report) -> list[str]:
    """Trials that waited for another worker longer than a lease, and a heartbeat for busy ones."""
    bound = SHORT_LEASE["lease_seconds"] + SHORT_LEASE["heartbeat_seconds"]
    late = [seconds for seconds in report.takeover_seconds if seconds > bound]
    return [f"a trial waited {seconds:.2f} s for another worker" for seconds in late]


def find_failed_visits(report: Report, database: Database) -> list[str]:
    """Requests that a living server refused, and uploads that it acknowledged and lost."""
    lost = find_lost_uploads(database, report.visits)
    return [*report.visits.problems, *(f"the upload {name!r} is lost" for name in lost)]


def find_other_losses(
    results: dict[int, TrialResult], expected: dict[int, list[float | None]]
) -> list[str]:
    """Trials whose epochs have other losses than the same trials trained without kills."""
    problems = []
    for number, result in results.items():
        if result.losses != expected[number]:
            problems.append(f"the losses of trial {number} are not those of an undisturbed one")
    return problems
