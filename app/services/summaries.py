"""What an experiment amounts to: its verdict, its trend, its failures and what was saved."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.db.models import Trial
from app.domain.baselines import name_naive_in_sentence
from app.domain.failure_causes import advice
from app.domain.terms import Part
from app.queue import trial_counts
from app.queue.artifacts import IS_EVALUATED
from app.queue.trial_counts import HAS_TRAINED
from app.services.overviews import Overview

MIN_TRIALS_FOR_TREND = 8
NEGLIGIBLE_SKILL = 0.01  # no difference anyone could bank on


@dataclass(frozen=True)
class Verdict:
    """Whether the best model is worth having. tone: good, bad or warm."""

    tone: str
    text: str


@dataclass(frozen=True)
class Failure:
    """Failed trials of one cause, an example of their messages, and what to try."""

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
    """What the second half of the trials, numbers `first` to `last`, did to the best objective.

    `seconds`: the time that as many trials again would take; None where none are left to try.
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
    title = "Best so far"
    if overview.experiment.finished_at:
        title = "Best"
    yardstick = overview.yardstick
    name = f"validation {yardstick.name}"
    start = f"{title}: trial {best.number} with a {name} of {overview.best_error:.4g}."
    validation_skill = yardstick.skill(best, overview.naive, Part.VALIDATION)
    test_skill = yardstick.skill(best, overview.naive, Part.TEST)
    if validation_skill is None or test_skill is None:
        return Verdict("warm", f"{start} There is no baseline to compare with.")
    return _judge_skills(
        start,
        baseline=f"{overview.baseline_error:.4g}",
        validation_skill=validation_skill,
        test_skill=test_skill,
        horizon=overview.experiment.horizon,
    )


def _judge_skills(
    start: str, baseline: str, validation_skill: float, test_skill: float, horizon: int
) -> Verdict:
    naive = name_naive_in_sentence(horizon)
    naive_first = name_naive_in_sentence(horizon, starts=True)
    if validation_skill <= 0:
        return Verdict(
            "bad",
            f"{start} {naive_first} scores {baseline}: no model here is worth having yet.",
        )
    if validation_skill < NEGLIGIBLE_SKILL:
        return Verdict(
            "warm",
            f"{start} {naive_first} scores {baseline}: practically the same. "
            "No model here is worth having yet.",
        )
    if test_skill < NEGLIGIBLE_SKILL:
        return Verdict(
            "warm",
            f"{start} It beats {naive} ({baseline}) there, but not on the test part: "
            "do not trust it.",
        )
    return Verdict(
        "good",
        f"{start} It beats {naive} by {validation_skill:.1%}.",
    )


def trend(session: Session, overview: Overview) -> Trend | None:
    """Whether more trials still lower the best objective.

    It compares the two halves, by number, of the trials that began and ended. None with few of
    them, and where no trial of the first half was evaluated.
    """
    is_of_experiment = Trial.experiment_id == overview.experiment.id
    is_trained = and_(is_of_experiment, HAS_TRAINED)
    n_trained = session.scalars(select(func.count()).where(is_trained)).one()
    if n_trained < MIN_TRIALS_FOR_TREND:
        return None
    numbers = select(Trial.number).where(is_trained).order_by(Trial.number)
    first = session.scalars(numbers.offset(n_trained // 2).limit(1)).one()
    last = session.scalars(select(func.max(Trial.number)).where(is_trained)).one()
    objectives = select(Trial.objective).where(is_of_experiment, IS_EVALUATED)
    best_first = objectives.order_by(Trial.objective, Trial.number).limit(1)
    best_after = session.scalar(best_first)
    best_before = session.scalar(best_first.where(Trial.number < first))
    if best_before is None or best_after is None:
        return None
    seconds = None
    if not overview.experiment.exhausted:
        seconds = overview.seconds_running
    return Trend(
        first=first,
        last=last,
        before=best_before,
        after=best_after,
        seconds=seconds,
    )


def trial_verdict(trial: Trial) -> Verdict | None:
    """One trial against "tomorrow = today", in words."""
    skill = trial.test_skill
    if skill is None or trial.test_rmse is None:
        return None
    error = "error" if trial.experiment.yardstick.is_rmse else "RMSE"
    naive = name_naive_in_sentence(trial.experiment.horizon)
    if abs(skill) < NEGLIGIBLE_SKILL:
        return Verdict(
            "warm",
            f"No better than {naive} on the test part: its {error} differs by {abs(skill):.1%}.",
        )
    if skill > 0:
        return Verdict(
            "good",
            f"Beats {naive} on the test part: its {error} is {skill:.1%} smaller.",
        )
    return Verdict(
        "bad",
        f"Not worth having: on the test part its {error} is {_describe_larger_error(skill)} "
        f"than that of {naive}.",
    )


def _describe_larger_error(skill: float) -> str:
    """How much larger the error is than the baseline's. `skill` is negative."""
    ratio = 1 - skill
    if ratio >= 2:
        return f"{ratio:.1f} times as large"
    return f"{-skill:.1%} larger"


def failures(session: Session, experiment_id: int) -> list[Failure]:
    """Failed trials, grouped by cause, the commonest first."""
    rows = trial_counts.count_failures(session, experiment_id)
    failures_by_cause = []
    for cause, count, example in rows:
        failure = Failure(cause, count, example, advice(cause))
        failures_by_cause.append(failure)
    return failures_by_cause


def savings(session: Session, experiment_id: int) -> Savings:
    """How many epochs sharing trainings has saved."""
    is_of_experiment = Trial.experiment_id == experiment_id
    asked_query = select(func.sum(Trial.epochs_trained)).where(is_of_experiment)
    asked = session.scalar(asked_query) or 0
    epochs_by_training = (
        select(func.max(Trial.epochs_trained).label("epochs"))
        .where(is_of_experiment, Trial.source_trial_id.is_(None))
        .group_by(Trial.training_id)
        .subquery()
    )
    trained_query = select(func.sum(epochs_by_training.c.epochs))
    trained = session.scalar(trained_query) or 0
    return Savings(int(asked), int(trained))
