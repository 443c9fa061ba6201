"""Trials of several experiments side by side, as far as their errors compare."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.db.models import Experiment, Trial
from app.queue import artifacts
from app.services.comparison import MAX_COMPARED_TRIALS, Comparison
from app.services.rows import read_id

MAX_REQUESTED = 200


@dataclass(frozen=True)
class CrossRequest:
    """What is asked for: ids of trials, ids of experiments for their best, and a baseline's id."""

    trials: Sequence[str] = ()
    experiments: Sequence[str] = ()
    pin: str = ""


def compare(session: Session, request: CrossRequest) -> Comparison:
    """The trials that compare with the pinned one, or with the first; what does not is said."""
    problems: list[str] = []
    trial_ids = _read_ids(request.trials, problems)
    requested = _load_trials(session, trial_ids, problems)
    experiment_ids = _read_ids(request.experiments, problems)
    requested += _load_best(session, experiment_ids, problems)
    trials = list(dict.fromkeys(requested))
    if not trials:
        return Comparison((), " ".join(problems))
    reference = next((trial for trial in trials if str(trial.id) == request.pin), trials[0])
    compared = []
    for trial in trials:
        reason = explain_difference(reference.experiment, trial.experiment)
        if reason:
            problems.append(f"{_name(trial)} is left out: {reason}")
        else:
            compared.append(trial)
    if len(compared) > MAX_COMPARED_TRIALS:
        problems.append(f"Of {len(compared)} trials the first {MAX_COMPARED_TRIALS} are shown.")
        compared = _keep_first(compared, reference)
    return Comparison(tuple(compared), " ".join(problems))


def explain_difference(reference: Experiment, other: Experiment) -> str:
    """Why errors of two experiments do not compare, as the end of a sentence; "" if they do."""
    if other.dataset_id != reference.dataset_id:
        return (
            f"it is of the dataset “{other.dataset.name}”, the others of "
            f"“{reference.dataset.name}”."
        )
    if other.horizon != reference.horizon:
        return f"it forecasts {other.horizon} rows ahead, the others {reference.horizon}."
    if other.split != reference.split:
        return "its split is another one, so it is judged on other rows."
    return ""


def label_trials(trials: Sequence[Trial]) -> tuple[str, ...]:
    """What each trial is called: by its number, and by its experiment where there are several."""
    experiments = {trial.experiment_id: trial.experiment for trial in trials}
    if len(experiments) < 2:
        return tuple(f"trial {trial.number}" for trial in trials)
    names = [experiment.name for experiment in experiments.values()]
    labels = []
    for trial in trials:
        name = trial.experiment.name
        if names.count(name) > 1:
            name = f"{name} ({trial.experiment_id})"
        labels.append(f"trial {trial.number} of {name}")
    return tuple(labels)


def _keep_first(trials: list[Trial], reference: Trial) -> list[Trial]:
    """As many as are shown, the reference among them."""
    first = trials[:MAX_COMPARED_TRIALS]
    if reference not in first:
        first[-1] = reference
    return first


def _read_ids(texts: Sequence[str], problems: list[str]) -> list[int]:
    ids = []
    for word in re.split(r"[\s,;]+", " ".join(texts).strip())[:MAX_REQUESTED]:
        row_id = read_id(word)
        if row_id is not None:
            ids.append(row_id)
        elif word:
            problems.append(f'"{word[:40]}" is no id.')
    return list(dict.fromkeys(ids))


def _load_trials(session: Session, trial_ids: Sequence[int], problems: list[str]) -> list[Trial]:
    query = (
        select(Trial)
        .where(Trial.id.in_(trial_ids), Trial.experiment.has(Experiment.deleted_at.is_(None)))
        .options(selectinload(Trial.experiment).selectinload(Experiment.dataset))
    )
    by_id = {trial.id: trial for trial in session.scalars(query)}
    missing = [str(trial_id) for trial_id in trial_ids if trial_id not in by_id]
    if missing:
        problems.append(f"There is no trial with the id {', '.join(missing)}.")
    return [by_id[trial_id] for trial_id in trial_ids if trial_id in by_id]


def _load_best(session: Session, experiment_ids: Sequence[int], problems: list[str]) -> list[Trial]:
    query = select(Experiment.id, Experiment.name).where(
        Experiment.id.in_(experiment_ids), Experiment.deleted_at.is_(None)
    )
    names: dict[int, str] = {}
    for experiment_id, name in session.execute(query):
        names[experiment_id] = name
    best = artifacts.best_trials(session, experiment_ids)
    trials = []
    for experiment_id in experiment_ids:
        if experiment_id not in names:
            problems.append(f"Experiment {experiment_id} not found.")
        elif experiment_id not in best:
            problems.append(f"No trial of “{names[experiment_id]}” has been evaluated yet.")
        else:
            trials.append(best[experiment_id])
    return trials


def _name(trial: Trial) -> str:
    return f"Trial {trial.number} of “{trial.experiment.name}”"
