"""Experiments, the earlier results they start from, and the steps of their reduction."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.models.base import AnnotationColumns, Base
from app.db.models.boards import Board
from app.db.models.datasets import Dataset
from app.db.models.tags import ExperimentTag
from app.db.types import DatabaseTime, Words
from app.domain.custom.catalogue import catalogue_for
from app.domain.custom.detection import CustomModel, detect_custom_model
from app.domain.objectives import Yardstick
from app.domain.search_space.catalogue import Catalogue
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.domain.terms import ExperimentState, Objective


class Experiment(AnnotationColumns, Base):
    """One tuning run."""

    __tablename__ = "experiments"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id"), index=True)
    strategy: Mapped[str] = mapped_column(String(40))
    objective: Mapped[Objective] = mapped_column(String(20), default=Objective.RMSE)
    # What a relative objective divides errors by: the naive forecast's MAE on the train part.
    objective_scale: Mapped[float | None]
    pruning: Mapped[str] = mapped_column(String(40), default="none")
    # Why `auto` chose the strategy or the pruning, in words.
    choice_reason: Mapped[str | None] = mapped_column(Words)
    seed: Mapped[int]
    max_trials: Mapped[int]
    time_budget_seconds: Mapped[float | None]
    train_fraction: Mapped[float]
    validation_fraction: Mapped[float]
    test_fraction: Mapped[float]
    horizon: Mapped[int] = mapped_column(default=1, server_default="1")  # rows ahead
    # Those of its dataset when it was made; None: an experiment of an earlier version.
    season_lengths: Mapped[list[Any] | None]
    # The baselines it is compared with; None: an experiment of an earlier version.
    board_id: Mapped[int | None] = mapped_column(
        ForeignKey("boards.id", ondelete="SET NULL"), index=True
    )
    # What it hands over: app.domain.terms.Delivered.
    deliver: Mapped[str] = mapped_column(String(20), default="ensemble", server_default="single")

    custom_model_name: Mapped[str | None] = mapped_column(String(60))  # None: the built-in network
    custom_model_source: Mapped[str | None] = mapped_column(Text)  # its file as it was then
    space_document: Mapped[dict[str, Any]] = mapped_column("space")
    points: Mapped[list[Any]]  # the parameters of each trial, for a strategy that needs them

    pasted_results: Mapped[str | None] = mapped_column(Text, deferred=True)  # CSV, as it was pasted
    # How many earlier results were left out: they lie outside the search space.
    results_ignored: Mapped[int] = mapped_column(default=0, server_default="0")

    # Settings of the reduction strategy; None for every other strategy.
    reduction_method: Mapped[str | None] = mapped_column(String(20))
    reduction_interval: Mapped[int | None]
    reduction_window: Mapped[int | None]  # None: every trial
    reduction_threshold: Mapped[float | None]

    state: Mapped[ExperimentState] = mapped_column(String(20), index=True)
    exhausted: Mapped[bool] = mapped_column(default=False)  # no untried parameters are left
    reason: Mapped[str | None] = mapped_column(Words)  # why it ended or was paused, in words
    stop_requested_at: Mapped[datetime | None]
    # How often it was paused because its first trials failed.
    pauses: Mapped[int] = mapped_column(default=0, server_default="0")
    # What it keeps in the database: see app.queue.storage.
    stored_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    # How long at least one of its trials was running, up to `counted_until`: see app.queue.budget.
    seconds_used: Mapped[float] = mapped_column(default=0.0)
    counted_until: Mapped[datetime | None]  # None while none of its trials runs
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]  # hidden since then: see app.services.deletion
    archived_at: Mapped[datetime | None]  # None: the list of experiments shows it

    dataset: Mapped[Dataset] = relationship()
    board: Mapped[Board | None] = relationship()
    tag_rows: Mapped[list[ExperimentTag]] = relationship(
        order_by=ExperimentTag.name, cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def tags(self) -> list[str]:
        """Its tags in alphabetical order."""
        return [row.name for row in self.tag_rows]

    @property
    def split(self) -> Split:
        """How the rows are divided into the three parts."""
        return Split(
            self.train_fraction,
            self.validation_fraction,
            self.test_fraction,
        )

    @property
    def yardstick(self) -> Yardstick:
        """What its forecasts are compared by."""
        return Yardstick.of_objective(self.objective, self.objective_scale)

    @property
    def seasons(self) -> tuple[float, ...]:
        """Its season lengths in rows; none of an experiment of an earlier version."""
        return tuple(self.season_lengths or ())

    @property
    def custom_model(self) -> CustomModel | None:
        """The custom model as it was when the experiment was made; None: the built-in network."""
        name = self.custom_model_name
        source = self.custom_model_source
        if name is None or source is None:
            return None
        return detect_custom_model(name, source)

    @property
    def catalogue(self) -> Catalogue:
        """The hyperparameters the experiment can vary."""
        return catalogue_for(self.custom_model)

    @property
    def space(self) -> SearchSpace:
        """The search space, parsed from `space_document`."""
        return SearchSpace.parse(
            self.space_document,
            self.catalogue,
        )


class WarmStartResult(Base):
    """An earlier result that an experiment starts from: of a trial, or a pasted line; a copy."""

    __tablename__ = "warm_start_results"
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    parameters: Mapped[dict[str, Any]]
    objective: Mapped[float]
    is_pasted: Mapped[bool]
    # None: pasted, or of an experiment that was deleted since.
    from_experiment_id: Mapped[int | None] = mapped_column(
        ForeignKey("experiments.id", ondelete="SET NULL"), index=True
    )


class ReductionStepRow(Base):
    """One step of the reduction strategy: see app.domain.reduction.steps. It never changes."""

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
    # Sizes as digits: they may be larger than any column of numbers can hold.
    size_before: Mapped[str | None] = mapped_column(Text)
    size_after: Mapped[str | None] = mapped_column(Text)
    fraction: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
