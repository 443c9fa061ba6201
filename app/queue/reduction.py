"""What the reduction strategy saw: its looks, stored when they are made and standing from then on."""

from collections.abc import Sequence
from dataclasses import astuple, fields

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Experiment, ReductionLook
from app.domain.reduction.steps import Evidence, Look, Reduction, Thinning

EVIDENCE = tuple(field.name for field in fields(Evidence))


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


def thinning(session: Session, experiment: Experiment) -> Thinning:
    """An experiment's reduction and every look there has been."""
    query = (
        select(ReductionLook)
        .where(ReductionLook.experiment_id == experiment.id)
        .order_by(ReductionLook.number)
    )
    return Thinning(reduction_of(experiment), tuple(_look(row) for row in session.scalars(query)))


def record(session: Session, experiment_id: int, looks: Sequence[Look]) -> None:
    """Store looks. One that another worker has stored meanwhile stands as it is."""
    for look in looks:
        try:
            with session.begin_nested():
                session.add(_row(experiment_id, look))
        except IntegrityError:
            return


def _row(experiment_id: int, look: Look) -> ReductionLook:
    row = ReductionLook(
        experiment_id=experiment_id,
        number=look.number,
        ended=look.ended,
        looked_at=look.looked_at,
        method=look.method,
        is_cut=look.is_cut,
        dropped=[],
        kept=[],
        size_before=_digits(look.size_before),
        size_after=_digits(look.size_after),
        share=look.share,
    )
    if look.evidence is not None:
        for name, value in zip(EVIDENCE, astuple(look.evidence), strict=True):
            setattr(row, name, list(value) if isinstance(value, tuple) else value)
    return row


def _look(row: ReductionLook) -> Look:
    evidence = None
    if row.parameter is not None:
        values = {name: getattr(row, name) for name in EVIDENCE}
        evidence = Evidence(**values | {"dropped": tuple(row.dropped), "kept": tuple(row.kept)})
    sizes = (_number(row.size_before), _number(row.size_after))
    return Look(
        row.number, row.ended, row.looked_at, row.method, evidence, row.is_cut, *sizes, row.share
    )


def _digits(size: int | None) -> str | None:
    return None if size is None else str(size)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
