"""The bytes that trials leave. The bundle of the best model is requested here, made by a worker."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from app.db.models import Artifact, Delivery, Experiment, Trial
from app.domain.terms import ArtifactKind
from app.errors import NotFound
from app.queue.errands import ErrandClaim, ErrandQueue

# Such a trial can be the best one, whatever its state: a pruned or promoted trial keeps its
# evaluation and its model, and so does one that failed after it was promoted.
IS_EVALUATED = and_(
    Trial.objective.is_not(None),
    exists().where(Artifact.trial_id == Trial.id, Artifact.kind == ArtifactKind.MODEL),
)
BUNDLES = ErrandQueue(
    Artifact,
    Artifact.id,
    (
        Artifact.kind == ArtifactKind.BUNDLE,
        Artifact.size.is_(None),
        Artifact.problem.is_(None),
        Artifact.lease_token.is_(None),
    ),
)


@dataclass(frozen=True)
class BestModel:
    """The best trial of an experiment, and the bundle that the experiment hands over.

    bundle: of the best trial, or the experiment's delivery; None where none was requested.
    """

    trial: Trial
    bundle: Artifact | Delivery | None

    @property
    def delivery(self) -> Delivery | None:
        """What is handed over in place of the best trial."""
        if isinstance(self.bundle, Delivery):
            return self.bundle
        return None

    @property
    def is_ready(self) -> bool:
        """Whether there is a checked bundle to download."""
        if self.bundle is None:
            return False
        return self.bundle.size is not None


def best_trial(session: Session, experiment_id: int) -> Trial | None:
    """The evaluated trial with the lowest objective; of equals the earlier one."""
    experiment_ids = [experiment_id]
    by_experiment = best_trials(session, experiment_ids)
    return by_experiment.get(experiment_id)


def best_trials(session: Session, experiment_ids: Collection[int]) -> dict[int, Trial]:
    """The best trial of each of these experiments that has one."""
    best_id = (
        select(Trial.id)
        .where(Trial.experiment_id == Experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(1)
        .correlate(Experiment)
        .scalar_subquery()
    )
    best_ids = select(best_id).select_from(Experiment).where(Experiment.id.in_(experiment_ids))
    trial_ids = []
    for trial_id in session.scalars(best_ids):
        if trial_id is not None:
            trial_ids.append(trial_id)
    query = select(Trial).where(Trial.id.in_(trial_ids))
    trials = session.scalars(query)
    return {trial.experiment_id: trial for trial in trials}


def best_model(session: Session, experiment: Experiment) -> BestModel:
    """The best trial and its bundle. Raises NotFound while no trial has been evaluated."""
    trial = best_trial(session, experiment.id)
    if trial is None:
        raise NotFound(
            "No trial of this experiment has been judged yet, so there is no best model."
        )
    return with_bundle(session, trial)


def with_bundle(session: Session, trial: Trial) -> BestModel:
    """The best trial, which is known already, and its bundle."""
    bundle = find_bundle(session, trial.id)
    return BestModel(trial, bundle)


def find_bundle(session: Session, trial_id: int) -> Artifact | None:
    """The bundle of a trial, made or requested."""
    query = select(Artifact).where(
        Artifact.trial_id == trial_id,
        Artifact.kind == ArtifactKind.BUNDLE,
    )
    return session.scalar(query)


def read_content(session: Session, artifact: Artifact) -> bytes:
    """The bytes of an artifact. Raises NotFound while they are only requested."""
    query = select(Artifact.content).where(Artifact.id == artifact.id)
    content = session.scalar(query)
    if content is None:
        raise NotFound("This has not been made yet.")
    return content


def read_model(session: Session, trial_id: int) -> bytes | None:
    """The model of a trial's best epoch as the worker packed it; None where it is not stored."""
    query = select(Artifact.content).where(
        Artifact.trial_id == trial_id,
        Artifact.kind == ArtifactKind.MODEL,
    )
    return session.scalar(query)


def read_model_problem(session: Session, trial_id: int) -> str | None:
    """Why the model of a trial could not be stored; None where it could."""
    query = select(Artifact.problem).where(
        Artifact.trial_id == trial_id,
        Artifact.kind == ArtifactKind.MODEL,
    )
    return session.scalar(query)


def request_bundle(session: Session, trial: Trial) -> Artifact:
    """Request the bundle of a trial: once, and again where making it failed."""
    bundle = find_bundle(session, trial.id)
    if bundle is None:
        bundle = Artifact(trial_id=trial.id, kind=ArtifactKind.BUNDLE)
        session.add(bundle)
    elif bundle.problem is not None:
        bundle.problem = None
        bundle.lease_token = None
    session.flush()
    return bundle


def claim_bundle(session: Session) -> ErrandClaim | None:
    """Take the next requested bundle that nobody is making, under a lease."""
    claim = BUNDLES.claim(session)
    if claim is None:
        return None
    query = (
        select(Trial.experiment_id)
        .join(Artifact, Artifact.trial_id == Trial.id)
        .where(Artifact.id == claim.row_id)
    )
    return replace(claim, experiment_id=session.scalars(query).one())


def complete_bundle(session: Session, token: str, content: bytes) -> None:
    """Store a bundle, if its lease still holds."""
    BUNDLES.end(session, token, content=content, size=len(content))


def fail_bundle(session: Session, token: str, problem: str) -> None:
    """Store why a bundle could not be made, if its lease still holds."""
    BUNDLES.end(session, token, problem=problem)
