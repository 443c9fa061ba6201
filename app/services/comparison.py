"""A few trials of an experiment side by side: which ones, and how their objectives fell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Trial
from app.domain.texts import read_count
from app.queue.artifacts import IS_EVALUATED
from app.services import trials

MAX_COMPARED_TRIALS = 6
N_BEST_TRIALS = 4  # shown where no number is requested
MAX_TRIAL_NUMBER = 10**9


@dataclass(frozen=True)
class Comparison:
    """The trials in the order in which they were requested, and what was wrong with the request."""

    trials: tuple[Trial, ...]
    problem: str = ""


def compare(session: Session, experiment: Experiment, requested: Sequence[str]) -> Comparison:
    """The trials with these numbers, such as "2, 5" and "9"; without numbers the best ones."""
    text = " ".join(requested).strip()
    words = re.split(r"[\s,;]+", text)
    if words == [""]:
        best_trials = _best_trials(session, experiment.id)
        return Comparison(tuple(best_trials))
    for word in words:
        if not _is_trial_number(word):
            shown_word = word[:40]
            message = f'"{shown_word}" is no number of a trial. Write for example: 2, 5, 9'
            return Comparison((), message)
    unique_numbers = dict.fromkeys(int(word) for word in words)
    numbers = list(unique_numbers)
    compared_numbers = numbers[:MAX_COMPARED_TRIALS]
    trials_by_number = _load_trials(session, experiment.id, compared_numbers)
    compared = []
    missing = []
    for number in compared_numbers:
        if number in trials_by_number:
            compared.append(trials_by_number[number])
        else:
            missing.append(str(number))
    problems = []
    if missing:
        listed = ", ".join(missing)
        problems.append(f"This experiment has no trial {listed}.")
    n_trials = len(numbers)
    if n_trials > MAX_COMPARED_TRIALS:
        problems.append(f"Of {n_trials} trials the first {MAX_COMPARED_TRIALS} are shown.")
    return Comparison(tuple(compared), " ".join(problems))


def curves(session: Session, compared: Sequence[Trial]) -> dict[int, list[Epoch]]:
    """By trial id: the epochs of its training that count for it, whichever trial they ran for."""
    epochs_by_trial = {}
    for trial in compared:
        epochs_by_trial[trial.id] = trials.epochs(session, trial)
    return epochs_by_trial


def _is_trial_number(word: str) -> bool:
    number = read_count(word)
    return number is not None and number <= MAX_TRIAL_NUMBER


def _load_trials(session: Session, experiment_id: int, numbers: Sequence[int]) -> dict[int, Trial]:
    query = select(Trial).where(
        Trial.experiment_id == experiment_id,
        Trial.number.in_(numbers),
    )
    return {trial.number: trial for trial in session.scalars(query)}


def _best_trials(session: Session, experiment_id: int) -> Sequence[Trial]:
    query = (
        select(Trial)
        .where(Trial.experiment_id == experiment_id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(N_BEST_TRIALS)
    )
    return session.scalars(query).all()
