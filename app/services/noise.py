"""Which trials cannot be told apart from the best, and why a test skill is not as expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Artifact, Experiment, Forecast, Trial
from app.domain.baselines import name_naive
from app.domain.horizons import step_values, stored_origins
from app.domain.metrics import Scores
from app.domain.network_size import count_weights, units_of_layers
from app.domain.noise import SkillGap, find_skill_gap, is_tie
from app.domain.objectives import Yardstick
from app.domain.terms import ArtifactKind, Part
from app.domain.texts import join_words, write_percentage
from app.queue.artifacts import IS_EVALUATED
from app.queue.evaluations import unpack_forecast
from app.services import datasets, network_sizes
from app.services.wording import count_nouns

N_COMPARED = 20  # trials: the forecasts of all of them would be too much to read
N_NAMED = 6  # trials in a sentence
MAX_CACHED_TIES = 64

TiesKey = tuple[tuple[int, float | None, int | None], ...]
_TIED_IDS: Cache[TiesKey, frozenset[int]] = Cache(MAX_CACHED_TIES)


@dataclass(frozen=True)
class Ties:
    """The best trial, those that cannot be told apart from it, and the smallest of them all."""

    best: Trial
    others: tuple[Trial, ...]
    smallest: Trial

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(trial.id for trial in self.others)

    @property
    def text(self) -> str:
        """A sentence that names them."""
        numbers = sorted(trial.number for trial in self.others)
        names = [str(number) for number in numbers[:N_NAMED]]
        n_more = len(numbers) - len(names)
        if n_more:
            names.append(f"{n_more} more")
        noun = "Trial" if len(numbers) == 1 else "Trials"
        smallest = f"trial {self.smallest.number}{_describe_units(self.smallest)}"
        if self.smallest.id == self.best.id:
            smallest = f"the best itself{_describe_units(self.smallest)}"
        return (
            f"{noun} {join_words(names)} cannot be told apart from the best, trial "
            f"{self.best.number}: the difference is within its standard error. "
            f"The smallest is {smallest}."
        )


def find_ties(session: Session, experiment: Experiment) -> Ties | None:
    """The trials that are as good as the best, among the N_COMPARED best; None without any.

    Their forecasts of the validation part are compared row by row, so it takes an objective that is
    an error of forecasts.
    """
    if not experiment.yardstick.info.is_error:
        return None
    query = (
        select(Trial)
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(N_COMPARED)
    )
    trials = session.scalars(query).all()
    key = tuple((trial.id, trial.objective, trial.best_epoch) for trial in trials)
    tied_ids = _TIED_IDS.get_or_make(key, lambda: _find_tied_ids(session, experiment, trials))
    if not tied_ids:
        return None
    others = [trial for trial in trials if trial.id in tied_ids]
    return Ties(
        best=trials[0],
        others=tuple(others),
        smallest=_find_smallest(session, experiment, [trials[0], *others]),
    )


def explain_skill(
    session: Session, trial: Trial, baselines: Mapping[Part, Scores]
) -> SkillGap | None:
    """How far the skill on test is off that on validation; None where that is chance alone."""
    yardstick = trial.experiment.yardstick
    naive_validation = yardstick.of_scores(baselines[Part.VALIDATION])
    if trial.objective_se is None or not naive_validation:
        return None
    validation_skill = yardstick.skill(trial, baselines, Part.VALIDATION)
    test_skill = yardstick.skill(trial, baselines, Part.TEST)
    if validation_skill is None or test_skill is None:
        return None
    query = select(func.count()).where(
        Trial.experiment_id == trial.experiment_id,
        Trial.objective.is_not(None),
    )
    return find_skill_gap(
        validation_skill=validation_skill,
        validation_se=trial.objective_se,
        test_skill=test_skill,
        naive_validation=naive_validation,
        naive_test=yardstick.of_scores(baselines[Part.TEST]),
        n_trials=session.scalars(query).one(),
    )


def describe_skill_gap(gap: SkillGap | None, yardstick: Yardstick) -> str:
    """Why both skills part, with the figures; "" where they do not."""
    if gap is None:
        return ""
    side = "lower" if gap.is_lower else "higher"
    reasons = []
    if gap.is_lower and gap.is_harder:
        reasons.append(f"the test rows are harder ({_describe_naive(gap)})")
    if not gap.is_lower and gap.is_easier:
        reasons.append(f"the test rows are easier ({_describe_naive(gap)})")
    if gap.is_lower and gap.n_trials > 1:
        trials = count_nouns(gap.n_trials, "trial")
        reasons.append(f"the best of {trials} on validation owes a part of its lead to luck")
    reasons.append("chance, which goes beyond two standard errors in 1 of 20 cases")
    causes = "; ".join(reasons)
    skill = "skill" if yardstick.is_rmse else f"skill by {yardstick.name}"
    on_validation = write_percentage(gap.validation_skill)
    standard_error = write_percentage(gap.skill_se)
    on_test = write_percentage(gap.test_skill)
    return (
        f"Its {skill} is {on_validation} ± {standard_error} on validation and "
        f"{on_test} on test, {side} than expected. What can explain that: {causes}."
    )


def _describe_naive(gap: SkillGap) -> str:
    return f"{name_naive()} errs {gap.naive_ratio:.2f} times as much there"


def _find_tied_ids(
    session: Session, experiment: Experiment, trials: Sequence[Trial]
) -> frozenset[int]:
    """The ids of those that tie with the first of these trials."""
    errors = _load_errors(session, experiment, [trial.id for trial in trials])
    if not trials or trials[0].id not in errors:
        return frozenset()
    best_errors = errors.pop(trials[0].id)
    tied = []
    measure = experiment.yardstick.info.measure
    for trial_id, errors_of_trial in errors.items():
        if is_tie(best_errors, errors_of_trial, measure):
            tied.append(trial_id)
    return frozenset(tied)


def _load_errors(
    session: Session, experiment: Experiment, trial_ids: Sequence[int]
) -> dict[int, NDArray[np.float64]]:
    """The errors of validation forecasts by trial id, (stored origins, horizon)."""
    series = datasets.series(session, experiment.dataset)
    values = series.target_values
    part = experiment.split.parts(len(values))[Part.VALIDATION]
    horizon = experiment.horizon
    actual = step_values(values, stored_origins(part, horizon), horizon)
    query = select(Forecast.trial_id, Forecast.predicted).where(
        Forecast.trial_id.in_(trial_ids),
        Forecast.part == Part.VALIDATION,
    )
    errors = {}
    for trial_id, content in session.execute(query):
        predicted = unpack_forecast(content, horizon)
        if len(predicted) == len(actual):
            errors[trial_id] = predicted - actual
    return errors


def _find_smallest(session: Session, experiment: Experiment, trials: Sequence[Trial]) -> Trial:
    """The trial with the fewest weights; for a custom model, with the fewest bytes stored of it."""
    if experiment.custom_model is None:
        shape = network_sizes.measure_data(session, experiment)
        return min(trials, key=lambda trial: count_weights(trial.parameters, shape))
    query = select(Artifact.trial_id, Artifact.size).where(
        Artifact.trial_id.in_([trial.id for trial in trials]),
        Artifact.kind == ArtifactKind.MODEL,
        Artifact.size.is_not(None),
    )
    sizes: dict[int, int] = {}
    for trial_id, size in session.execute(query):
        sizes[trial_id] = size or 0
    largest = max(sizes.values(), default=0)
    return min(trials, key=lambda trial: sizes.get(trial.id, largest))


def _describe_units(trial: Trial) -> str:
    units = [str(units) for units in units_of_layers(trial.parameters)]
    if not units:
        return ""
    return f" ({' + '.join(units)} units)"
