"""The steps of the reduction strategy: stored when they are taken, and never changed again."""

from collections.abc import Sequence
from dataclasses import astuple, fields

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Experiment, ReductionStepRow
from app.domain.reduction.steps import Evidence, Reduction, ReductionState, ReductionStep

EVIDENCE_FIELDS = tuple(field.name for field in fields(Evidence))


def reduction_of(experiment: Experiment) -> Reduction:
    """How the search space of an experiment is reduced."""
    default = Reduction()
    threshold = experiment.reduction_threshold
    if threshold is None:
        threshold = default.threshold
    return Reduction(
        experiment.reduction_method or default.method,
        experiment.reduction_interval or default.interval,
        experiment.reduction_window,
        threshold,
    )


def load_state(session: Session, experiment_id: int) -> ReductionState:
    """How the search space of an experiment is reduced, and every step taken so far."""
    reduction = reduction_of(session.get_one(Experiment, experiment_id))
    query = (
        select(ReductionStepRow)
        .where(ReductionStepRow.experiment_id == experiment_id)
        .order_by(ReductionStepRow.number)
    )
    steps = tuple(_to_step(row) for row in session.scalars(query))
    return ReductionState(reduction, steps)


def record(session: Session, experiment_id: int, steps: Sequence[ReductionStep]) -> None:
    """Store steps, up to the first that another worker has stored in the meantime."""
    for step in steps:
        try:
            with session.begin_nested():
                session.add(_to_row(experiment_id, step))
        except IntegrityError:
            return


def _to_row(experiment_id: int, step: ReductionStep) -> ReductionStepRow:
    row = ReductionStepRow(
        experiment_id=experiment_id,
        number=step.number,
        n_finished=step.n_finished,
        n_considered=step.n_considered,
        method=step.method,
        is_cut=step.is_cut,
        dropped=[],
        kept=[],
        size_before=_to_digits(step.size_before),
        size_after=_to_digits(step.size_after),
        fraction=step.fraction,
    )
    if step.evidence is not None:
        for name, value in zip(EVIDENCE_FIELDS, astuple(step.evidence), strict=True):
            if isinstance(value, tuple):
                value = list(value)
            setattr(row, name, value)
    return row


def _to_step(row: ReductionStepRow) -> ReductionStep:
    return ReductionStep(
        row.number,
        row.n_finished,
        row.n_considered,
        row.method,
        _to_evidence(row),
        row.is_cut,
        _from_digits(row.size_before),
        _from_digits(row.size_after),
        row.fraction,
    )


def _to_evidence(row: ReductionStepRow) -> Evidence | None:
    if row.parameter is None:
        return None
    values = {name: getattr(row, name) for name in EVIDENCE_FIELDS}
    values["dropped"] = tuple(row.dropped)
    values["kept"] = tuple(row.kept)
    return Evidence(**values)


def _to_digits(size: int | None) -> str | None:
    if size is None:
        return None
    return str(size)


def _from_digits(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits)
