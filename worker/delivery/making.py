"""Makes what an experiment hands over: chooses members, trains them once more, and packs them."""

import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from app.domain.baselines import score_rows
from app.domain.delivery import DeliveryOutcome, Member
from app.domain.ensembles import Choice, Errors, choose
from app.domain.horizons import origins, step_values, stored_origins
from app.domain.metrics import Scores
from app.domain.terms import EVALUATED_PARTS, Part
from app.queue.delivery_jobs import CandidateTrial, DeliveryJob
from worker.bundles.bundle import BundleError
from worker.delivery.baseline_members import FittedBaseline, refit_baseline
from worker.delivery.fitted import FittedDelivery
from worker.delivery.networks import (
    TrainedNetwork,
    estimate_seconds,
    restore_network,
    retrain,
)
from worker.delivery.packing import pack
from worker.delivery.reasons import explain

Floats = NDArray[np.float64]
TIME_FRACTION = 1 / 4  # of the search's time, for training once more
MIN_SECONDS = 5.0
MAX_SECONDS = 300.0  # less than after which a slot counts as hung

ReadModel = Callable[[int], bytes]  # the stored weights of a trial, by its id


def make_delivery(job: DeliveryJob, read_model: ReadModel) -> DeliveryOutcome:
    """Choose on the validation part, train once more, forecast the test part, and pack.

    The test part decides nothing. A bundle that fails its check leaves the outcome with a problem.
    """
    started = time.monotonic()
    choice = choose_members(job)
    seconds = min(MAX_SECONDS, max(MIN_SECONDS, TIME_FRACTION * job.seconds_used))
    delivery = fit_members(job, choice, read_model, started + seconds)
    left_as_trained = []
    for member in delivery.members:
        if member.trial_id is not None and member.epochs is None:
            left_as_trained.append(member.name)
    seconds_taken = time.monotonic() - started
    bundle = None
    problem = None
    try:
        bundle = pack(job, delivery)
    except BundleError as error:
        problem = str(error)
    return DeliveryOutcome(
        members=delivery.members,
        reason=explain(choice, left_as_trained, job.yardstick),
        is_retrained=not left_as_trained,
        seconds=seconds_taken,
        scores=delivery.scores,
        forecasts=delivery.forecasts,
        future=delivery.future,
        bundle=bundle,
        problem=problem,
    )


def choose_members(job: DeliveryJob) -> Choice:
    """What to hand over, by the validation part alone."""
    rows = stored_origins(job.parts[Part.VALIDATION], job.horizon)
    actual = step_values(job.series.target_values, rows, job.horizon)
    trials: Errors = {trial.name: trial.validation - actual for trial in job.trials}
    baselines = {baseline.name: baseline.validation - actual for baseline in job.baselines}
    return choose(trials, baselines, job.yardstick.info.measure)


def fit_members(
    job: DeliveryJob, choice: Choice, read_model: ReadModel, deadline: float
) -> FittedDelivery:
    """Every member trained or fitted once more on all but the test rows, where the time allows."""
    chosen = [trial for trial in job.trials if trial.name in choice.weights]
    networks = {}
    for trial in sorted(chosen, key=lambda trial: estimate_seconds(job, trial)):
        network = retrain(job, trial, deadline)
        if network is None:
            network = restore_network(job, trial, read_model(trial.trial_id))
        networks[trial.name] = network
    baselines = {}
    for baseline in job.baselines:
        if baseline.name in choice.weights:
            baselines[baseline.name] = refit_baseline(job, baseline)
    fitted: dict[str, TrainedNetwork | FittedBaseline] = {**networks, **baselines}
    tests = {name: member.test for name, member in fitted.items()}
    forecasts = {
        Part.VALIDATION: _mean_validation_forecast(job, choice),
        Part.TEST: _weighted_mean(choice.weights, tests),
    }
    futures = {name: member.future for name, member in fitted.items()}
    return FittedDelivery(
        members=_describe_members(choice, chosen, networks),
        networks=networks,
        baselines=baselines,
        forecasts=forecasts,
        future=_weighted_mean(choice.weights, futures),
        scores=_score(job, forecasts),
    )


def _mean_validation_forecast(job: DeliveryJob, choice: Choice) -> Floats:
    by_name = {trial.name: trial.validation for trial in job.trials}
    for baseline in job.baselines:
        by_name[baseline.name] = baseline.validation
    return _weighted_mean(choice.weights, by_name)


def _weighted_mean(weights: Mapping[str, float], forecasts: Mapping[str, Floats]) -> Floats:
    weighted = [weight * forecasts[name] for name, weight in weights.items()]
    return np.asarray(np.sum(weighted, axis=0), np.float64)


def _describe_members(
    choice: Choice, chosen: list[CandidateTrial], networks: Mapping[str, TrainedNetwork]
) -> tuple[Member, ...]:
    """The heaviest first."""
    trials = {trial.name: trial for trial in chosen}
    members = []
    for name, weight in sorted(choice.weights.items(), key=lambda item: -item[1]):
        trial = trials.get(name)
        if trial is None:
            members.append(Member(name, weight))
            continue
        epochs = networks[name].epochs
        members.append(Member(name, weight, trial.trial_id, trial.number, epochs))
    return tuple(members)


def _score(job: DeliveryJob, forecasts: Mapping[Part, Floats]) -> dict[Part, Scores]:
    values = job.series.target_values
    rows_by_part = {
        Part.VALIDATION: stored_origins(job.parts[Part.VALIDATION], job.horizon),
        Part.TEST: origins(job.parts[Part.TEST], job.horizon),
    }
    scores = {}
    for part in EVALUATED_PARTS:
        scores[part] = score_rows(values, rows_by_part[part], forecasts[part])
    return scores
