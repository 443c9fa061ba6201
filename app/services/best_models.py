"""The best model as a download: how far its bundle is, in a state and in words."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.db.models import Artifact, Experiment, Trial
from app.domain.bands import Band
from app.domain.delivery import Member
from app.domain.terms import Part
from app.errors import Conflict
from app.queue import artifacts, deliveries, workers
from app.queue.artifacts import BestModel
from app.services import forecast_bands, several_steps, trials
from app.services.more_scores import all_scores
from app.services.several_steps import StepComparison
from app.services.trials import ForecastView


class BundleState(StrEnum):
    """How far the bundle of a best model is."""

    READY = "ready"  # checked, and there to be downloaded
    REQUESTED = "requested"  # a worker packs and checks it, or will
    NOT_REQUESTED = "not requested"  # nobody has asked for it, and its search goes on
    FAILED = "failed"  # it could not be packed, or its predictions were wrong


@dataclass(frozen=True)
class Download:
    """The best model of an experiment as a download."""

    trial: Trial
    state: BundleState
    words: str
    is_being_made: bool
    is_delivery: bool  # more than the best trial as it was trained
    content: bytes | None = None


@dataclass(frozen=True)
class HandedOver:
    """What an experiment hands over, in numbers.

    members: one, where it is the best trial alone. reason: why these; None for the best trial as
    it was trained. metrics: by part and name.
    """

    members: tuple[Member, ...]
    reason: str | None
    is_retrained: bool
    metrics: dict[str, dict[str, float | None]]


def find(session: Session, experiment: Experiment, best: Trial | None) -> BestModel | None:
    """The best trial, which is known already, and the bundle of what is handed over."""
    if best is None:
        return None
    delivery = deliveries.find(session, experiment)
    if delivery is not None:
        return BestModel(best, delivery)
    return artifacts.with_bundle(session, best)


def find_download(session: Session, experiment: Experiment, lease_seconds: float) -> Download:
    """The bundle of the best model with its bytes, or how far it is. Raises NotFound."""
    best = _find_best(session, experiment)
    content = None
    if best.is_ready:
        content = _read_content(session, best)
    return _describe(session, best, lease_seconds, content)


def request_download(session: Session, experiment: Experiment, lease_seconds: float) -> Download:
    """Ask a worker for the bundle of the best model, unless it is there. Raises NotFound."""
    best = _find_best(session, experiment)
    if best.delivery is not None:
        deliveries.retry(session, best.delivery)
        return _describe(session, best, lease_seconds)
    artifacts.request_bundle(session, best.trial)
    requested = artifacts.with_bundle(session, best.trial)
    return _describe(session, requested, lease_seconds)


def read_numbers(session: Session, experiment: Experiment) -> HandedOver:
    """What is handed over, and its scores. Raises NotFound, and Conflict while it is made."""
    best = _find_best(session, experiment)
    delivery = best.delivery
    if delivery is None:
        trial = best.trial
        member = Member(f"trial {trial.number}", 1.0, trial.id, trial.number)
        return HandedOver((member,), None, False, all_scores(trial))
    _require_forecast(best)
    return HandedOver(
        members=tuple(Member.from_document(document) for document in delivery.members),
        reason=delivery.reason,
        is_retrained=delivery.is_retrained,
        metrics=all_scores(delivery),
    )


def read_forecast(
    session: Session, experiment: Experiment, part: Part, step: int = 1
) -> ForecastView:
    """The forecast of what is handed over, at one step ahead.

    Raises NotFound, Invalid for a step it does not have, and Conflict while it is made.
    """
    best = _find_best(session, experiment)
    delivery = best.delivery
    if delivery is None:
        return trials.forecast(session, best.trial, part, step)
    _require_forecast(best)
    predicted = getattr(delivery, f"{part.value}_forecast")
    return trials.view_forecast(session, experiment, part, predicted, step)


def read_steps(session: Session, experiment: Experiment, part: Part) -> StepComparison:
    """The errors by step of what is handed over. Raises NotFound, and Conflict while it is made."""
    best = _find_best(session, experiment)
    if best.delivery is None:
        return several_steps.compare_steps(session, best.trial, part)
    _require_forecast(best)
    return several_steps.compare_steps_of_delivery(session, best.delivery, part)


def read_bands(
    session: Session, experiment: Experiment, part: Part, step: int = 1
) -> dict[float, Band]:
    """The bands by level of the same forecast. Raises NotFound."""
    best = _find_best(session, experiment)
    if best.delivery is None:
        return forecast_bands.load(session, best.trial, part, step)
    return forecast_bands.load_of_delivery(session, best.delivery, part, step)


def require_content(download: Download) -> bytes:
    """The bytes of the bundle. Raises Conflict that says why there are none yet."""
    if download.content is None:
        raise Conflict(download.words)
    return download.content


def _find_best(session: Session, experiment: Experiment) -> BestModel:
    best = artifacts.best_model(session, experiment)
    delivery = deliveries.find(session, experiment)
    if delivery is None:
        return best
    return BestModel(best.trial, delivery)


def _read_content(session: Session, best: BestModel) -> bytes:
    if isinstance(best.bundle, Artifact):
        return artifacts.read_content(session, best.bundle)
    return deliveries.read_content(session, best.trial.experiment_id)


def _require_forecast(best: BestModel) -> None:
    """Raises Conflict while a delivery has no forecast."""
    delivery = best.delivery
    if delivery is None or delivery.test_rmse is not None:
        return
    if delivery.problem:
        raise Conflict(f"The best model could not be made: {delivery.problem}")
    raise Conflict("The best model is being made: try again in a few seconds.")


def _describe(
    session: Session, best: BestModel, lease_seconds: float, content: bytes | None = None
) -> Download:
    state = _state_of(best)
    has_workers = bool(workers.alive(session, lease_seconds))
    return Download(
        trial=best.trial,
        state=state,
        words=_words_for(state, best, has_workers),
        is_being_made=state == BundleState.REQUESTED and has_workers,
        is_delivery=best.delivery is not None,
        content=content,
    )


def _state_of(best: BestModel) -> BundleState:
    if best.bundle is None:
        return BundleState.NOT_REQUESTED
    if best.is_ready:
        return BundleState.READY
    if best.bundle.problem:
        return BundleState.FAILED
    return BundleState.REQUESTED


def _words_for(state: BundleState, best: BestModel, has_workers: bool) -> str:
    if state == BundleState.READY:
        return "The best model is packed and checked: a GET of this address downloads it."
    if state == BundleState.NOT_REQUESTED:
        return (
            "The best model is packed when its search ends. To have it sooner, send a POST to "
            "this address, or press “Download the best model” on the experiment's page."
        )
    if state == BundleState.FAILED:
        assert best.bundle is not None
        return f"The best model cannot be downloaded: {best.bundle.problem} A POST tries again."
    if has_workers and best.delivery is not None:
        return (
            "The best model is being chosen, retrained, packed and checked: try again in a"
            " few seconds."
        )
    if has_workers:
        return "The best model is being packed and checked: try again in a few seconds."
    return (
        "A worker has to pack and check the best model, and none is running. "
        "Start one: foretune worker"
    )
