"""What an experiment comes to, in words and counts: its verdict, its failures, what was saved."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.db.models import Trial
from app.domain.failure_causes import advice
from app.queue import lifecycle
from app.queue.artifacts import IS_EVALUATED
from app.services.experiments import Overview

LONG_ENOUGH = 8  # trials before it is told whether going on still lowers the best
SAME = 0.01  # a skill this close to 0 is no difference anyone could bank on


@dataclass(frozen=True)
class Verdict:
    """Whether the best model is worth having. tone: good, bad or warm."""

    tone: str
    text: str


@dataclass(frozen=True)
class Failure:
    """Failed trials of one cause, an example of their words, and what to try."""

    cause: str
    count: int
    example: str
    advice: str


@dataclass(frozen=True)
class Savings:
    """Epochs the trials asked for against epochs that were trained for them."""

    asked: int
    trained: int


@dataclass(frozen=True)
class Trend:
    """What the second half of the trials, from number `first` to `last`, did to the best objective.

    `seconds`: what as many trials again as there have been would take; None where there are no others to try.
    """

    first: int
    last: int
    before: float
    after: float
    seconds: float | None


def verdict(overview: Overview) -> Verdict | None:
    """The best trial against "tomorrow = today", in words."""
    best = overview.best
    if best is None or best.validation_rmse is None:
        return None
    rmse, naive = best.validation_rmse, overview.baseline_rmse
    best_so_far = "Best" if overview.experiment.finished_at else "Best so far"
    start = f"{best_so_far}: trial {best.number} with a validation RMSE of {rmse:.4g}."
    if best.validation_skill is None or best.test_skill is None:
        return Verdict("warm", f"{start} There is no baseline to compare with.")
    if best.validation_skill <= 0:
        text = f"{start} “Tomorrow = today” scores {naive:.4g}: no model here is worth having yet."
        return Verdict("bad", text)
    if best.validation_skill < SAME:
        text = f"{start} “Tomorrow = today” scores {naive:.4g}: practically the same. No model here is worth having yet."
        return Verdict("warm", text)
    if best.test_skill < SAME:
        text = f"{start} It beats “tomorrow = today” ({naive:.4g}) there, but not on the test part: do not trust it."
        return Verdict("warm", text)
    text = f"{start} It beats “tomorrow = today” by {best.validation_skill:.1%}, and by {best.test_skill:.1%} on test."
    return Verdict("good", text)


def trend(session: Session, overview: Overview) -> Trend | None:
    """Whether going on still lowers the best; None with few trials, or with none evaluated in the first half."""
    ended, experiment = overview.finished, overview.experiment
    if ended < LONG_ENOUGH:
        return None
    is_early = Trial.number <= ended // 2
    lowest = select(func.min(case((is_early, Trial.objective))), func.min(Trial.objective))
    before, after = session.execute(
        lowest.where(Trial.experiment_id == experiment.id, IS_EVALUATED)
    ).one()
    if before is None:
        return None
    seconds = None if experiment.exhausted else overview.seconds_running
    return Trend(ended // 2 + 1, ended, before, after, seconds)


def trial_verdict(trial: Trial) -> Verdict | None:
    """One trial against "tomorrow = today", in words."""
    if trial.test_skill is None or trial.test_rmse is None:
        return None
    if abs(trial.test_skill) < SAME:
        words = f"No better than “tomorrow = today” on the test part: its error differs by {abs(trial.test_skill):.1%}."
        return Verdict("warm", words)
    if trial.test_skill > 0:
        return Verdict(
            "good",
            f"Beats “tomorrow = today” on the test part: its error is {trial.test_skill:.1%} smaller.",
        )
    times = 1 - trial.test_skill
    size = f"{times:.1f} times as large" if times >= 2 else f"{-trial.test_skill:.1%} larger"
    return Verdict(
        "bad",
        f"Not worth having: on the test part its error is {size} than that of “tomorrow = today”.",
    )


def failures(session: Session, experiment_id: int) -> list[Failure]:
    """Failed trials, grouped by cause, the commonest first."""
    found = lifecycle.failures(session, experiment_id)
    return [Failure(cause, count, example, advice(cause)) for cause, count, example in found]


def savings(session: Session, experiment_id: int) -> Savings:
    """How many epochs sharing trainings has saved."""
    mine = Trial.experiment_id == experiment_id
    asked = session.scalar(select(func.sum(Trial.epochs_trained)).where(mine)) or 0
    trained = (
        select(func.max(Trial.epochs_trained).label("epochs"))
        .where(mine, Trial.source_trial_id.is_(None))
        .group_by(Trial.training_id)
        .subquery()
    )
    return Savings(int(asked), int(session.scalar(select(func.sum(trained.c.epochs))) or 0))
