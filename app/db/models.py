"""The tables, one class each."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, MetaData, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.db.types import DatabaseTime, UtcDateTime, Words
from app.domain.custom.catalogue import catalogue_for
from app.domain.custom.detection import CustomModel, recognise
from app.domain.search_space.catalogue import Catalogue
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.domain.terms import ExperimentState, Objective, TrialState

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


class Upload(Base):
    """A CSV that was sent and not yet saved as a dataset."""

    __tablename__ = "uploads"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Dataset(Base):
    """One uploaded series: the CSV as it came, how it was read, and the series that came of it."""

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    source: Mapped[bytes] = mapped_column(deferred=True)
    dialect: Mapped[
        dict[str, Any]
    ]  # separator, decimal sign, date format, … as recognised or corrected
    notes: Mapped[list[Any]]  # what was found and what was done about it, in words
    series: Mapped[bytes] = mapped_column(
        deferred=True
    )  # app.domain.csv_reading.series.Series.to_bytes
    fingerprint: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    date_column: Mapped[str | None] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(200))
    features: Mapped[list[Any]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Experiment(Base):
    """One tuning run."""

    __tablename__ = "experiments"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), index=True)
    strategy: Mapped[str] = mapped_column(String(40))
    objective: Mapped[Objective] = mapped_column(String(20), default=Objective.RMSE)
    pruning: Mapped[str] = mapped_column(String(40), default="none")
    choice_reason: Mapped[str | None] = mapped_column(
        Words
    )  # why `auto` chose strategy or pruning, in words
    seed: Mapped[int]
    max_trials: Mapped[int]
    time_budget_seconds: Mapped[float | None]
    train_fraction: Mapped[float]
    validation_fraction: Mapped[float]
    test_fraction: Mapped[float]
    custom_model_name: Mapped[str | None] = mapped_column(String(60))  # None: the built-in network
    custom_model_source: Mapped[str | None] = mapped_column(Text)  # its file as it was then
    space_document: Mapped[dict[str, Any]] = mapped_column("space")
    points: Mapped[list[Any]]  # the manual strategy's
    pasted_results: Mapped[str | None] = mapped_column(Text, deferred=True)  # CSV, as it was pasted
    results_ignored: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # known ones outside its search space
    reduction_method: Mapped[str | None] = mapped_column(
        String(20)
    )  # these four are the reduction strategy's
    reduction_interval: Mapped[int | None]
    reduction_window: Mapped[int | None]  # None: every trial
    reduction_threshold: Mapped[float | None]
    state: Mapped[ExperimentState] = mapped_column(String(20), index=True)
    exhausted: Mapped[bool] = mapped_column(
        default=False
    )  # the strategy has no fresh parameters left
    reason: Mapped[str | None] = mapped_column(Words)  # why it ended, in words
    stop_requested_at: Mapped[datetime | None]
    pauses: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # because its first trials failed
    stored_bytes: Mapped[int] = mapped_column(
        BigInteger, default=0, server_default="0"
    )  # see app.queue.storage
    seconds_used: Mapped[float] = mapped_column(
        default=0.0
    )  # of the time budget, before `resumed_at`
    resumed_at: Mapped[datetime | None]  # since when it runs; None while it does not
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    dataset: Mapped[Dataset] = relationship()

    @property
    def split(self) -> Split:
        """How the rows are shared out between the three parts."""
        return Split(self.train_fraction, self.validation_fraction, self.test_fraction)

    @property
    def custom_model(self) -> CustomModel | None:
        """The custom model as it was when the experiment was made; None: the built-in network."""
        if self.custom_model_name is None or self.custom_model_source is None:
            return None
        return recognise(self.custom_model_name, self.custom_model_source)

    @property
    def catalogue(self) -> Catalogue:
        """The hyperparameters the experiment can vary."""
        return catalogue_for(self.custom_model)

    @property
    def space(self) -> SearchSpace:
        """The search space, parsed from `space_document`."""
        return SearchSpace.parse(self.space_document, self.catalogue)


class WarmStartResult(Base):
    """One result a search starts from, copied when it is made: a trial of an earlier experiment, or a pasted line."""

    __tablename__ = "warm_start_results"
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    parameters: Mapped[dict[str, Any]]
    objective: Mapped[float]
    is_pasted: Mapped[bool]
    from_experiment_id: Mapped[int | None] = mapped_column(  # None: pasted, or deleted since
        ForeignKey("experiments.id", ondelete="SET NULL"), index=True
    )


class ReductionStepRow(Base):
    """One step of the reduction strategy: see app.domain.reduction.steps. It stands once it is stored."""

    __tablename__ = "reduction_steps"
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    n_finished: Mapped[int]
    n_considered: Mapped[int]
    method: Mapped[str] = mapped_column(String(20))
    is_cut: Mapped[bool]
    parameter: Mapped[str | None] = mapped_column(Text)
    dropped: Mapped[list[Any]]
    kept: Mapped[list[Any]]
    coefficient: Mapped[float | None]
    p_value: Mapped[float | None]
    n_with: Mapped[int | None]
    n_without: Mapped[int | None]
    median_with: Mapped[float | None]
    median_without: Mapped[float | None]
    size_before: Mapped[str | None] = mapped_column(
        Text
    )  # digits: it may be larger than any column of numbers
    size_after: Mapped[str | None] = mapped_column(Text)
    fraction: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Training(Base):
    """One network being fitted. Trials that differ only in `epochs` and `patience` are read off one training."""

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
    """One pass over the training part. A missing loss means it was not a number."""

    __tablename__ = "epochs"
    training_id: Mapped[int] = mapped_column(
        ForeignKey("trainings.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    train_loss: Mapped[float | None]
    val_loss: Mapped[float | None]
    objective: Mapped[float | None]  # validation RMSE in the CSV's units after this epoch
    seconds: Mapped[float]
    recorded_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Trial(Base):
    """One set of parameters, judged. Also the message in the queue: see app.queue.claims."""

    __tablename__ = "trials"
    __table_args__ = (
        Unique("experiment_id", "number"),
        Index(None, "experiment_id", "state"),
        Index(None, "experiment_id", "objective"),
        Index(None, "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"))
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"), index=True)
    number: Mapped[int]
    state: Mapped[TrialState] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]]
    objective: Mapped[float | None]
    best_epoch: Mapped[int | None]
    epochs_trained: Mapped[int] = mapped_column(default=0)
    source_trial_id: Mapped[int | None] = mapped_column(
        ForeignKey("trials.id", ondelete="SET NULL")
    )
    validation_rmse: Mapped[float | None]
    validation_mae: Mapped[float | None]
    validation_mape: Mapped[float | None]
    validation_skill: Mapped[float | None]
    test_rmse: Mapped[float | None]
    test_mae: Mapped[float | None]
    test_mape: Mapped[float | None]
    test_skill: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Words)  # why it failed or was stopped, in words
    failure_cause: Mapped[str | None] = mapped_column(
        String(40)
    )  # the kind of failure, for grouping
    traceback: Mapped[str | None] = mapped_column(Words)
    attempts: Mapped[int] = mapped_column(default=0)
    stop_requested_at: Mapped[datetime | None]
    worker_id: Mapped[str | None] = mapped_column(String(64))
    lease_token: Mapped[str | None] = mapped_column(String(32), index=True)
    lease_beats: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # renewals of the lease so far
    interruptions: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # runs begun since it last came further
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    experiment: Mapped[Experiment] = relationship()
    training: Mapped[Training] = relationship()


class LogLine(Base):
    """One thing that happened to a trial."""

    __tablename__ = "log_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    message: Mapped[str] = mapped_column(Words)


class Forecast(Base):
    """What a trial's best epoch predicts for every row of one part, float64 little-endian in the CSV's units."""

    __tablename__ = "forecasts"
    trial_id: Mapped[int] = mapped_column(
        ForeignKey("trials.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    predicted: Mapped[bytes]


class Artifact(Base):
    """Bytes a trial leaves. A bundle is first a wish (no content), which a worker fulfils."""

    __tablename__ = "artifacts"
    __table_args__ = (Unique("trial_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    problem: Mapped[str | None] = mapped_column(Words)  # why there is no content, in words
    lease_token: Mapped[str | None] = mapped_column(String(32), index=True)
    lease_beats: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Worker(Base):
    """One worker process, and when it was last heard of."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    hostname: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    slots: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    seen_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    stopped_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Words)  # why it waits for the database, in words
