"""Trials, the trainings that they share, and what both leave."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.models.base import AnnotationColumns, Base, ScoreColumns
from app.db.models.experiments import Experiment
from app.db.models.tags import TrialTag
from app.db.types import DatabaseTime, Words
from app.domain.terms import TrialState

# Trials whose more scores are missing: see app.services.more_scores.
UNSCORED = text("more_scores IS NULL AND validation_rmse IS NOT NULL")


class Training(Base):
    """One network being fitted. Trials that differ only in `epochs` and `patience` share one."""

    __tablename__ = "trainings"
    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    engine: Mapped[str | None] = mapped_column(String(20))
    engine_reason: Mapped[str | None] = mapped_column(Words)
    epochs_trained: Mapped[int] = mapped_column(default=0)
    checkpoint_epoch: Mapped[int | None]
    checkpoint: Mapped[bytes | None] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Epoch(Base):
    """One pass over the train part. A loss is None where it was not a number."""

    __tablename__ = "epochs"
    training_id: Mapped[int] = mapped_column(
        ForeignKey("trainings.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    train_loss: Mapped[float | None]
    val_loss: Mapped[float | None]
    objective: Mapped[float | None]  # validation RMSE in the CSV's units after this epoch
    mae: Mapped[float | None]  # validation MAE; None also in epochs of earlier versions
    seconds: Mapped[float]
    recorded_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Trial(AnnotationColumns, ScoreColumns, Base):
    """One set of parameters, evaluated. Also the message in the queue: see app.queue.claims."""

    __tablename__ = "trials"
    __table_args__ = (
        UniqueConstraint("experiment_id", "number"),
        Index(None, "experiment_id", "validation_rmse"),
        Index(None, "state"),
        # Pages ask these of all trials of an experiment: from an index, 10,000 take 2 ms.
        Index(None, "experiment_id", "state", "started_at", "number"),
        Index(None, "experiment_id", "objective", "number"),
        Index(
            "ix_trials_shared_epochs",
            "experiment_id",
            "training_id",
            "source_trial_id",
            "epochs_trained",
        ),
        Index(
            "ix_trials_unscored",
            "experiment_id",
            sqlite_where=UNSCORED,
            postgresql_where=UNSCORED,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"), index=True)
    number: Mapped[int]
    state: Mapped[TrialState] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]]

    objective: Mapped[float | None]
    objective_se: Mapped[float | None]  # its standard error: see app.domain.bootstrap
    best_epoch: Mapped[int | None]
    epochs_trained: Mapped[int] = mapped_column(default=0)
    # The trial whose result was copied; None: this one was trained.
    source_trial_id: Mapped[int | None] = mapped_column(
        ForeignKey("trials.id", ondelete="SET NULL")
    )

    error: Mapped[str | None] = mapped_column(Words)  # why it failed or was stopped, in words
    failure_cause: Mapped[str | None] = mapped_column(String(40))  # to group failures by
    traceback: Mapped[str | None] = mapped_column(Words)
    attempts: Mapped[int] = mapped_column(default=0)
    stop_requested_at: Mapped[datetime | None]
    worker_id: Mapped[str | None] = mapped_column(String(64))
    slot: Mapped[int | None]  # of that worker, from 1; None before a run has begun
    lease_token: Mapped[str | None] = mapped_column(String(32), index=True)
    # How often the lease was renewed.
    lease_beats: Mapped[int] = mapped_column(default=0, server_default="0")
    # How many runs have begun since its last new epoch.
    interruptions: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    experiment: Mapped[Experiment] = relationship()
    training: Mapped[Training] = relationship()
    tag_rows: Mapped[list[TrialTag]] = relationship(
        order_by=TrialTag.name, cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def tags(self) -> list[str]:
        """Its tags in alphabetical order."""
        return [row.name for row in self.tag_rows]


class LogLine(Base):
    """One thing that happened to a trial."""

    __tablename__ = "log_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    message: Mapped[str] = mapped_column(Words)


class Forecast(Base):
    """What the best epoch of a trial predicts for every row of one part."""

    __tablename__ = "forecasts"
    trial_id: Mapped[int] = mapped_column(
        ForeignKey("trials.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    predicted: Mapped[bytes]  # float64, little-endian, in the CSV's units


class Artifact(Base):
    """Bytes that a trial leaves. A bundle is requested first, without content, then made."""

    __tablename__ = "artifacts"
    __table_args__ = (
        UniqueConstraint("trial_id", "kind"),
        Index(None, "trial_id", "kind", "size"),  # the content lies between them in the table
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    problem: Mapped[str | None] = mapped_column(Words)  # why there is no content, in words
    lease_token: Mapped[str | None] = mapped_column(String(32), index=True)
    lease_beats: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
