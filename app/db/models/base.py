"""What all tables share: how constraints are named, and which column type a Python type gets."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, LargeBinary, MetaData, Text, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.types import UtcDateTime

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


class ScoreColumns:
    """The scores of a forecast on the validation and the test part: app.domain.metrics.Scores."""

    validation_rmse: Mapped[float | None]
    validation_mae: Mapped[float | None]
    validation_mape: Mapped[float | None]
    validation_skill: Mapped[float | None]
    test_rmse: Mapped[float | None]
    test_mae: Mapped[float | None]
    test_mape: Mapped[float | None]
    test_skill: Mapped[float | None]
    # By part, then by name: what app.domain.more_scores computes. None: not yet, as of a forecast
    # of an earlier version.
    more_scores: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # By part: lists of a score at each step ahead. None: one row is forecast.
    step_scores: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), deferred=True
    )


class AnnotationColumns:
    """What people write on an experiment or a trial; see also app.db.models.tags."""

    notes: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))  # Markdown
    is_starred: Mapped[bool] = mapped_column(default=False, server_default=false())
