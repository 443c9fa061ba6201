"""What the reduction strategy saw: its steps, stored when they are taken and standing from then on."""

from collections.abc import Sequence
from dataclasses import astuple, fields

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Experiment, ReductionStepRow
from app.domain.reduction.steps import Evidence, Reduction, ReductionState, ReductionStep

EVIDENCE_FIELDS = tuple(field.name for field in fields(Evidence))


def reduction_of(experiment: Experiment) -> Reduction:
    """How an experiment's space is thinned."""
    usual = Reduction()
    return Reduction(
        experiment.reduction_method or usual.method,
        experiment.reduction_interval or usual.interval,
        experiment.reduction_window,
        usual.threshold
        if experiment.reduction_threshold is None
        else experiment.reduction_threshold,
    )


def load_state(session: Session, experiment_id: int) -> ReductionState:
    """An experiment's reduction and every step there has been."""
    reduction = reduction_of(session.get_one(Experiment, experiment_id))
    query = (
        select(ReductionStepRow)
        .where(ReductionStepRow.experiment_id == experiment_id)
        .order_by(ReductionStepRow.number)
    )
    steps = tuple(_step_of(row) for row in session.scalars(query))
    return ReductionState(reduction, steps)


def record(session: Session, experiment_id: int, steps: Sequence[ReductionStep]) -> None:
    """Store steps. One that another worker has stored meanwhile stands as it is."""
    for step in steps:
        try:
            with session.begin_nested():
                session.add(_row(experiment_id, step))
        except IntegrityError:
            return


def _row(experiment_id: int, step: ReductionStep) -> ReductionStepRow:
    row = ReductionStepRow(
        experiment_id=experiment_id,
        number=step.number,
        n_finished=step.n_finished,
        n_considered=step.n_considered,
        method=step.method,
        is_cut=step.is_cut,
        dropped=[],
        kept=[],
        size_before=_digits(step.size_before),
        size_after=_digits(step.size_after),
        fraction=step.fraction,
    )
    if step.evidence is not None:
        for name, value in zip(EVIDENCE_FIELDS, astuple(step.evidence), strict=True):
            setattr(row, name, list(value) if isinstance(value, tuple) else value)
    return row


def _step_of(row: ReductionStepRow) -> ReductionStep:
    evidence = None
    if row.parameter is not None:
        values = {name: getattr(row, name) for name in EVIDENCE_FIELDS}
        evidence = Evidence(**values | {"dropped": tuple(row.dropped), "kept": tuple(row.kept)})
    sizes = (_number(row.size_before), _number(row.size_after))
    return ReductionStep(
        row.number,
        row.n_finished,
        row.n_considered,
        row.method,
        evidence,
        row.is_cut,
        *sizes,
        row.fraction,
    )


def _digits(size: int | None) -> str | None:
    return None if size is None else str(size)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
