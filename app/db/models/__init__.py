"""The tables, one class each."""

from app.db.models.base import Base
from app.db.models.boards import Baseline, Board
from app.db.models.datasets import Dataset, Upload
from app.db.models.deliveries import Delivery
from app.db.models.experiments import Experiment, ReductionStepRow, WarmStartResult
from app.db.models.requests import RequestKey
from app.db.models.tags import ExperimentTag, TrialTag
from app.db.models.trials import Artifact, Epoch, Forecast, LogLine, Training, Trial
from app.db.models.views import NamedView
from app.db.models.workers import Worker

__all__ = [
    "Artifact",
    "Base",
    "Baseline",
    "Board",
    "Dataset",
    "Delivery",
    "Epoch",
    "Experiment",
    "ExperimentTag",
    "Forecast",
    "LogLine",
    "NamedView",
    "ReductionStepRow",
    "RequestKey",
    "Training",
    "Trial",
    "TrialTag",
    "Upload",
    "WarmStartResult",
    "Worker",
]
