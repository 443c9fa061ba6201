"""The programs of experiments with custom models, as they are stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.db.models import Experiment
from app.domain.custom.trust import hash_program
from app.domain.terms import OPEN_EXPERIMENT_STATES
from app.errors import NotFound

ProgramRow = Row[int, str, datetime, str | None, str | None]

PROGRAMS = select(
    Experiment.id,
    Experiment.name,
    Experiment.created_at,
    Experiment.custom_model_name,
    Experiment.custom_model_source,
)


@dataclass(frozen=True)
class StoredProgram:
    """What a program is called, and the hash of its text."""

    name: str
    digest: str


@dataclass(frozen=True)
class ExperimentProgram:
    """The program of an experiment, and where it comes from."""

    experiment_id: int
    experiment_name: str
    created_at: datetime
    name: str
    source: str


def program_of(session: Session, experiment_id: int) -> ExperimentProgram | None:
    """The program of an experiment; None for the built-in network. Raises NotFound."""
    row = session.execute(PROGRAMS.where(Experiment.id == experiment_id)).first()
    if row is None:
        raise NotFound(f"Experiment {experiment_id} not found.")
    return _to_program(row)


def all_programs(session: Session) -> Iterator[ExperimentProgram]:
    """The programs of all experiments that have one, newest first."""
    has_program = Experiment.custom_model_source.is_not(None)
    query = PROGRAMS.where(has_program).order_by(Experiment.id.desc())
    for row in session.execute(query):
        program = _to_program(row)
        if program is not None:
            yield program


def _to_program(row: ProgramRow) -> ExperimentProgram | None:
    experiment_id, experiment_name, created_at, name, source = row
    if source is None:
        return None
    return ExperimentProgram(
        experiment_id=experiment_id,
        experiment_name=str(experiment_name),
        created_at=created_at,
        name=str(name),
        source=str(source),
    )


def open_programs(session: Session, known: Mapping[int, StoredProgram]) -> dict[int, StoredProgram]:
    """The programs of the open experiments, by experiment id; those known are not read again."""
    open_ids = select(Experiment.id).where(
        Experiment.state.in_(OPEN_EXPERIMENT_STATES),
        Experiment.custom_model_source.is_not(None),
    )
    programs = {}
    for experiment_id in session.scalars(open_ids.order_by(Experiment.id)):
        program = known.get(experiment_id)
        if program is None:
            program = _read_program(session, experiment_id)
        programs[experiment_id] = program
    return programs


def _read_program(session: Session, experiment_id: int) -> StoredProgram:
    query = select(Experiment.custom_model_name, Experiment.custom_model_source)
    name, source = session.execute(query.where(Experiment.id == experiment_id)).one()
    return StoredProgram(str(name), hash_program(str(source)))
