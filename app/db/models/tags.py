"""The tags of experiments and trials: one row for each word."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base

MAX_TAG_LENGTH = 40  # app.schemas checks it


class ExperimentTag(Base):
    """One word that somebody tagged an experiment with."""

    __tablename__ = "experiment_tags"
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH), primary_key=True, index=True)


class TrialTag(Base):
    """One word that somebody tagged a trial with."""

    __tablename__ = "trial_tags"
    trial_id: Mapped[int] = mapped_column(
        ForeignKey("trials.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(MAX_TAG_LENGTH), primary_key=True, index=True)
