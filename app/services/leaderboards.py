"""The trials of a dataset over all its experiments, best first, those together that compare."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.db.models import Dataset, Experiment, Trial
from app.domain.split import Split
from app.domain.terms import Objective
from app.queue.row_checks import find_row_damage
from app.services.paging import Page

LEADERBOARD_SIZE = 25
MAX_DIFFERENCES = 8  # parameters shown of a trial


@dataclass(frozen=True)
class Group:
    """Experiments whose errors compare: they forecast as many rows ahead, over the same rows."""

    key: str
    horizon: int
    split: Split
    experiment_ids: tuple[int, ...]
    n_trials: int

    @property
    def title(self) -> str:
        """What its experiments have in common, in words."""
        ahead = "1 row ahead" if self.horizon == 1 else f"{self.horizon} rows ahead"
        split = self.split
        parts = (split.train, split.validation, split.test)
        fractions = "/".join(f"{100 * fraction:g}" for fraction in parts)
        return f"{ahead}, split {fractions}"


@dataclass(frozen=True)
class LeaderboardRow:
    """A trial and its rank. `differences`: the parameters in which the shown trials differ."""

    rank: int
    trial: Trial
    seconds: float | None
    differences: dict[str, Any]

    @property
    def other_objective(self) -> str:
        """What its search minimised, where that is not the error that ranks it."""
        objective = self.trial.experiment.objective
        return "" if objective == Objective.RMSE else str(objective)


@dataclass(frozen=True)
class Leaderboard:
    """One page of a group's trials, ranked by validation RMSE; the groups, the newest first."""

    groups: tuple[Group, ...]
    group: Group
    rows: Page[LeaderboardRow]
    n_unreadable: int


def load(
    session: Session, dataset: Dataset, key: str = "", page: int = 1, size: int = LEADERBOARD_SIZE
) -> Leaderboard | None:
    """The leaderboard of a dataset; None where none of its trials has been evaluated.

    key: of a group. Without one, or with one that is gone, the group of the newest experiment.
    """
    groups = find_groups(session, dataset)
    if not groups:
        return None
    by_key = {group.key: group for group in groups}
    group = by_key.get(key, groups[0])
    first = (page - 1) * size
    trials = _load_ranked(session, group.experiment_ids, first, size)
    readable = [trial for trial in trials if find_row_damage([trial, trial.experiment]) is None]
    varied = find_differences(readable)
    rows = []
    for trial in readable:
        rank = first + trials.index(trial) + 1
        rows.append(_make_row(rank, trial, varied))
    return Leaderboard(
        groups=groups,
        group=group,
        rows=Page(rows, group.n_trials, page, size),
        n_unreadable=len(trials) - len(readable),
    )


def find_groups(session: Session, dataset: Dataset) -> tuple[Group, ...]:
    """The groups of a dataset's experiments that have evaluated trials."""
    query = (
        select(
            Experiment.id,
            Experiment.horizon,
            Experiment.train_fraction,
            Experiment.validation_fraction,
            Experiment.test_fraction,
        )
        .where(Experiment.dataset_id == dataset.id, Experiment.deleted_at.is_(None))
        .order_by(Experiment.id.desc())
    )
    members: dict[tuple[float, ...], list[int]] = {}
    for experiment_id, *setting in session.execute(query):
        if all(isinstance(number, int | float) for number in setting):
            members.setdefault(tuple(setting), []).append(experiment_id)
    counts = _count_ranked(session, dataset)
    groups = []
    for (horizon, *fractions), experiment_ids in members.items():
        ranked_ids = [number for number in experiment_ids if number in counts]
        if ranked_ids:
            group = Group(
                key="-".join(f"{number:g}" for number in (horizon, *fractions)),
                horizon=int(horizon),
                split=Split(*fractions),
                experiment_ids=tuple(ranked_ids),
                n_trials=sum(counts[number] for number in ranked_ids),
            )
            groups.append(group)
    return tuple(groups)


def find_differences(trials: Sequence[Trial]) -> list[str]:
    """The parameters in which trials differ, in the order of the first that has them."""
    values: dict[str, set[str]] = {}
    for trial in trials:
        for name, parameter in trial.parameters.items():
            values.setdefault(name, set()).add(str(parameter))
    n_having = {name: sum(name in trial.parameters for trial in trials) for name in values}
    return [
        name for name, texts in values.items() if len(texts) > 1 or n_having[name] < len(trials)
    ]


def _make_row(rank: int, trial: Trial, varied: Sequence[str]) -> LeaderboardRow:
    seconds = None
    if trial.started_at is not None and trial.finished_at is not None:
        seconds = max(0.0, (trial.finished_at - trial.started_at).total_seconds())
    names = [name for name in varied if name in trial.parameters][:MAX_DIFFERENCES]
    differences = {name: trial.parameters[name] for name in names}
    return LeaderboardRow(rank, trial, seconds, differences)


def _count_ranked(session: Session, dataset: Dataset) -> dict[int, int]:
    """How many trials of each experiment of a dataset have been evaluated."""
    experiment_ids = select(Experiment.id).where(Experiment.dataset_id == dataset.id)
    query = (
        select(Trial.experiment_id, func.count())
        .where(Trial.experiment_id.in_(experiment_ids), Trial.validation_rmse.is_not(None))
        .group_by(Trial.experiment_id)
    )
    counts = {}
    for experiment_id, count in session.execute(query):
        counts[experiment_id] = count
    return counts


def _load_ranked(
    session: Session, experiment_ids: Collection[int], first: int, size: int
) -> list[Trial]:
    """Trials by validation RMSE. They are ranked by an index alone, then a page is loaded."""
    ranked = (
        select(Trial.id)
        .where(Trial.experiment_id.in_(experiment_ids), Trial.validation_rmse.is_not(None))
        .order_by(Trial.validation_rmse, Trial.id)
    )
    trial_ids = session.scalars(ranked.offset(first).limit(size)).all()
    query = (
        select(Trial)
        .where(Trial.id.in_(trial_ids))
        .options(selectinload(Trial.tag_rows), selectinload(Trial.experiment))
    )
    by_id = {trial.id: trial for trial in session.scalars(query)}
    return [by_id[trial_id] for trial_id in trial_ids]
