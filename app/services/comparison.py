"""A few trials of an experiment side by side: which, what they cost, and how their objectives fell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Trial
from app.queue.artifacts import IS_EVALUATED
from app.services import trials

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
        return Comparison(
            (), f'"{odd[0][:40]}" is no number of a trial. Write for example: 2, 5, 9'
        )
    numbers = list(dict.fromkeys(int(word) for word in words))
    query = select(Trial).where(
        Trial.experiment_id == experiment.id, Trial.number.in_(numbers[:MOST])
    )
    found = {trial.number: trial for trial in session.scalars(query)}
    missing = [str(number) for number in numbers[:MOST] if number not in found]
    problem = f"This experiment has no trial {', '.join(missing)}." if missing else ""
    if len(numbers) > MOST:
        problem = f"{problem} Of {len(numbers)} trials the first {MOST} are shown.".strip()
    return Comparison(tuple(found[number] for number in numbers if number in found), problem)


def curves(session: Session, found: Sequence[Trial]) -> dict[int, list[Epoch]]:
    """By trial id: the epochs it read off its training, whoever had them trained."""
    return {trial.id: trials.epochs(session, trial) for trial in found}


def _best(session: Session, experiment_id: int) -> Sequence[Trial]:
    evaluated = select(Trial).where(Trial.experiment_id == experiment_id, IS_EVALUATED)
    best = evaluated.order_by(Trial.objective, Trial.number)
    return session.scalars(best.limit(BEST)).all()
