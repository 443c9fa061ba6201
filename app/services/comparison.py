"""A few trials of an experiment side by side: which, what they cost, and how their objectives fell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.models import Epoch, Experiment, Trial
from app.services.artifacts import JUDGED

MOST = 6  # trials side by side
BEST = 4  # that are shown where none is asked for
LARGEST = 10**9


@dataclass(frozen=True)
class Comparison:
    """The trials, in the order they were asked for, and what was wrong with what was asked."""

    trials: tuple[Trial, ...]
    problem: str = ""


def compare(session: Session, experiment: Experiment, asked: Sequence[str]) -> Comparison:
    """The trials of these numbers, such as "2, 5" and "9"; the best ones where none is asked for."""
    words = re.split(r"[\s,;]+", " ".join(asked).strip())
    if words == [""]:
        return Comparison(tuple(_best(session, experiment.id)))
    odd = [word for word in words if not word.isdecimal() or int(word) > LARGEST]
    if odd:
        return Comparison((), f'"{odd[0][:40]}" is no number of a trial. Write for example: 2, 5, 9')
    numbers = list(dict.fromkeys(int(word) for word in words))
    query = select(Trial).where(Trial.experiment_id == experiment.id, Trial.number.in_(numbers[:MOST]))
    found = {trial.number: trial for trial in session.scalars(query)}
    missing = [str(number) for number in numbers[:MOST] if number not in found]
    problem = f"This experiment has no trial {', '.join(missing)}." if missing else ""
    if len(numbers) > MOST:
        problem = f"{problem} Of {len(numbers)} trials the first {MOST} are shown.".strip()
    return Comparison(tuple(found[number] for number in numbers if number in found), problem)


def curves(session: Session, trials: Sequence[Trial]) -> dict[int, list[tuple[int, float | None]]]:
    """By trial id: number and objective (validation RMSE in the CSV's units; None: no number) of each epoch it read."""
    columns = (Epoch.training_id, Epoch.number, Epoch.objective)
    wanted = Epoch.training_id.in_({trial.training_id for trial in trials})
    by_training: dict[int, list[tuple[int, float | None]]] = {}
    for training_id, number, objective in session.execute(select(*columns).where(wanted).order_by(Epoch.number)):
        by_training.setdefault(training_id, []).append((number, objective))
    return {
        trial.id: [row for row in by_training.get(trial.training_id, []) if row[0] <= trial.epochs_trained]
        for trial in trials
    }


def training_seconds(session: Session, trials: Sequence[Trial]) -> dict[int, float]:
    """By trial id: seconds its epochs took, whoever had them trained."""
    found = {}
    for trial in trials:
        is_read = Epoch.number <= trial.epochs_trained
        query = select(func.sum(case((is_read, Epoch.seconds), else_=0.0)))
        found[trial.id] = float(session.scalar(query.where(Epoch.training_id == trial.training_id)) or 0.0)
    return found


def _best(session: Session, experiment_id: int) -> Sequence[Trial]:
    judged = (Trial.experiment_id == experiment_id, Trial.objective.is_not(None), Trial.state.in_(JUDGED))
    return session.scalars(select(Trial).where(*judged).order_by(Trial.objective, Trial.number).limit(BEST)).all()
