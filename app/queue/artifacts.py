"""The bytes trials leave, and the bundle of the best model: wished for here, made by a worker."""

from collections.abc import Collection
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session

from app.db.models import Artifact, Experiment, Trial
from app.domain.terms import ArtifactKind
from app.errors import NotFound

# What can be the best trial, whatever its state: a pruned or promoted trial keeps its evaluation and its model, and so
# does one that failed after it was promoted.
IS_EVALUATED = and_(
    Trial.objective.is_not(None),
    exists().where(Artifact.trial_id == Trial.id, Artifact.kind == ArtifactKind.MODEL),
)


@dataclass(frozen=True)
class BestModel:
    """The best trial of an experiment and its bundle, if one was wished for."""

    trial: Trial
    bundle: Artifact | None

    @property
    def is_ready(self) -> bool:
        """There is a checked zip to hand over."""
        return self.bundle is not None and self.bundle.size is not None


def best_trial(session: Session, experiment_id: int) -> Trial | None:
    """The evaluated trial with the lowest objective; the earlier one of equals."""
    return best_trials(session, [experiment_id]).get(experiment_id)


def best_trials(session: Session, experiment_ids: Collection[int]) -> dict[int, Trial]:
    """The best trial of each of these experiments that has one."""
    best = (
        select(Trial.id)
        .where(Trial.experiment_id == Experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(1)
        .correlate(Experiment)
        .scalar_subquery()
    )
    ids = session.scalars(
        select(best).select_from(Experiment).where(Experiment.id.in_(experiment_ids))
    ).all()
    found = session.scalars(
        select(Trial).where(Trial.id.in_([found for found in ids if found is not None]))
    )
    return {trial.experiment_id: trial for trial in found}


def bundle_of(session: Session, trial_id: int) -> Artifact | None:
    """The bundle of a trial, made or wished for."""
    return session.scalar(
        select(Artifact).where(Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.BUNDLE)
    )


def best_model(session: Session, experiment: Experiment) -> BestModel:
    """The best trial and its bundle. Raises NotFound while no trial has been judged."""
    trial = best_trial(session, experiment.id)
    if trial is None:
        raise NotFound(
            "No trial of this experiment has been judged yet, so there is no best model."
        )
    return with_bundle(session, trial)


def with_bundle(session: Session, trial: Trial) -> BestModel:
    """A trial that is known to be the best one, and its bundle."""
    return BestModel(trial, bundle_of(session, trial.id))


def wish(session: Session, trial: Trial) -> Artifact:
    """Ask for a bundle; one that is there or asked for already is left alone, one that failed is tried again."""
    bundle = bundle_of(session, trial.id)
    if bundle is None:
        bundle = Artifact(trial_id=trial.id, kind=ArtifactKind.BUNDLE)
        session.add(bundle)
    elif bundle.problem is not None:
        bundle.problem = bundle.lease_token = None
    session.flush()
    return bundle


def content(session: Session, artifact: Artifact) -> bytes:
    """The bytes. Raises NotFound while they are only wished for."""
    found = session.scalar(select(Artifact.content).where(Artifact.id == artifact.id))
    if found is None:
        raise NotFound("This has not been made yet.")
    return found


def model_of(session: Session, trial_id: int) -> bytes | None:
    """The weights of a trial's best epoch, as the worker packed them; None where they could not be stored."""
    query = select(Artifact.content).where(
        Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.MODEL
    )
    return session.scalar(query)


def model_problem(session: Session, trial_id: int) -> str | None:
    """Why a trial's model could not be stored, if it could not."""
    query = select(Artifact.problem).where(
        Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.MODEL
    )
    return session.scalar(query)


WISHED = (
    Artifact.kind == ArtifactKind.BUNDLE,
    Artifact.size.is_(None),
    Artifact.problem.is_(None),
    Artifact.lease_token.is_(None),
)
FIRST_WISH = select(Artifact.id).where(*WISHED).order_by(Artifact.id).limit(1)


def is_wished(session: Session) -> bool:
    """Whether a bundle is wished for that nobody is making."""
    return session.scalar(FIRST_WISH) is not None


@dataclass(frozen=True)
class BundleClaim:
    """A bundle to make: where it is stored, the token of its lease, and whose trial it is of."""

    artifact_id: int
    token: str
    experiment_id: int


def claim_wish(session: Session) -> BundleClaim | None:
    """Take the next bundle that is wished for and nobody is making, under a lease."""
    artifact_id = session.scalar(FIRST_WISH)
    if artifact_id is None:
        return None
    token = token_hex(16)
    claimed = (
        update(Artifact)
        .where(Artifact.id == artifact_id, *WISHED)
        .values(lease_token=token, lease_beats=0)
        .returning(Artifact.trial_id)
    )
    trial_id = session.scalar(claimed, execution_options={"synchronize_session": False})
    if trial_id is None:
        return None
    experiment_id = session.scalars(select(Trial.experiment_id).where(Trial.id == trial_id)).one()
    return BundleClaim(artifact_id, token, experiment_id)


def fulfil(
    session: Session, artifact_id: int, token: str, made: bytes | None, problem: str | None
) -> None:
    """Store the bundle, or why there is none, if the lease still holds."""
    session.execute(
        update(Artifact)
        .where(Artifact.id == artifact_id, Artifact.lease_token == token)
        .values(
            content=made,
            size=None if made is None else len(made),
            problem=problem,
            lease_token=None,
        ),
        execution_options={"synchronize_session": False},
    )


def fail_wish(session: Session, token: str, problem: str) -> None:
    """Say why a bundle could not be made."""
    session.execute(
        update(Artifact)
        .where(Artifact.lease_token == token)
        .values(problem=problem, lease_token=None),
        execution_options={"synchronize_session": False},
    )


def give_up(session: Session, token: str) -> None:
    """Leave a wish to another worker."""
    session.execute(
        update(Artifact).where(Artifact.lease_token == token).values(lease_token=None),
        execution_options={"synchronize_session": False},
    )
