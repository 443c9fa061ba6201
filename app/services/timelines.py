"""When the trials of an experiment ran, and in which slot of which worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.terms import TrialState
from app.queue.clock import clock

MAX_BARS = 1000  # the latest; more would be thinner than a pixel


@dataclass(frozen=True)
class Run:
    """The latest run of a trial; one that goes on ends now.

    `slot`: None where it is not stored: the trial is of an earlier version, or was in no slot yet.
    """

    trial_id: int
    number: int
    state: TrialState
    objective: float | None
    started_at: datetime
    ended_at: datetime
    worker_id: str | None
    slot: int | None

    @property
    def seconds(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Row:
    """The runs of one slot, in the order in which they began; of `slot` None: packed ones."""

    worker_id: str | None
    slot: int | None
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Timeline:
    """All rows, and how many trials have begun, drawn or not."""

    rows: tuple[Row, ...]
    n_begun: int

    @property
    def runs(self) -> list[Run]:
        return [run for row in self.rows for run in row.runs]


def load_timeline(session: Session, experiment: Experiment) -> Timeline:
    """The latest runs, in a row for each slot; those without a known slot in as few as possible."""
    has_begun = (Trial.experiment_id == experiment.id, Trial.started_at.is_not(None))
    query = (
        select(
            Trial.id,
            Trial.number,
            Trial.state,
            Trial.objective,
            Trial.started_at,
            Trial.finished_at,
            Trial.worker_id,
            Trial.slot,
        )
        .where(*has_begun, Trial.state != TrialState.QUEUED)
        .order_by(Trial.number.desc())
        .limit(MAX_BARS)
    )
    now = clock(session)
    runs = []
    for trial in session.execute(query):
        started_at = trial.started_at
        run = Run(
            trial_id=trial.id,
            number=trial.number,
            state=TrialState(trial.state),
            objective=trial.objective,
            started_at=started_at,
            ended_at=max(started_at, trial.finished_at or now),
            worker_id=trial.worker_id,
            slot=trial.slot,
        )
        runs.append(run)
    runs.sort(key=lambda run: (run.started_at, -run.seconds, run.number))
    count = select(func.count()).select_from(Trial).where(*has_begun)
    rows = _rows_of_slots(runs) + pack([run for run in runs if run.slot is None])
    return Timeline(tuple(rows), session.scalars(count).one())


def pack(runs: Sequence[Run]) -> list[Row]:
    """Put runs, in the order in which they began, into the fewest rows without an overlap."""
    lanes: list[list[Run]] = []
    for run in runs:
        free = [lane for lane in lanes if lane[-1].ended_at <= run.started_at]
        if free:
            latest = max(free, key=lambda lane: lane[-1].ended_at)
            latest.append(run)
        else:
            lanes.append([run])
    return [Row(None, None, tuple(lane)) for lane in lanes]


def _rows_of_slots(runs: Sequence[Run]) -> list[Row]:
    """A row for each slot, those of the worker that began first first."""
    runs_by_slot: dict[str, dict[int, list[Run]]] = {}
    for run in runs:
        if run.slot is not None:
            slots = runs_by_slot.setdefault(run.worker_id or "", {})
            slots.setdefault(run.slot, []).append(run)
    rows = []
    for worker_id, slots in runs_by_slot.items():
        for slot in sorted(slots):
            rows.append(Row(worker_id, slot, tuple(slots[slot])))
    return rows
