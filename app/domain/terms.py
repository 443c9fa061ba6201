"""States, parts, objectives and kinds of artifacts, each with what it means."""

from enum import StrEnum


class TrialState(StrEnum):
    """Where a trial stands."""

    QUEUED = "queued"  # waits for a slot
    RUNNING = "running"  # a slot holds its lease and trains it
    COMPLETED = "completed"  # evaluated: objective, forecast and model are stored
    FAILED = "failed"  # ended by an error, which is stored with it
    STOPPED = "stopped"  # ended because a person or the time budget asked for it
    PRUNED = "pruned"  # ended because others were better at the same epoch
    WITHDRAWN = "withdrawn"  # taken out of the queue before it began: it has not ended


class ExperimentState(StrEnum):
    """Where an experiment stands."""

    QUEUED = "queued"  # waits for a worker to take one of its trials
    RUNNING = "running"  # its trials are being trained
    COMPLETED = "completed"  # all its trials have ended, or its time budget is used up
    FAILED = "failed"  # no trial of it succeeded, or its strategy raised an error
    STOPPED = "stopped"  # ended because a person asked for it
    PAUSED = "paused"  # waits for a person, because its first trials failed


PENDING_TRIAL_STATES = frozenset({TrialState.QUEUED, TrialState.RUNNING})
FINISHED_TRIAL_STATES = frozenset(TrialState) - PENDING_TRIAL_STATES - {TrialState.WITHDRAWN}
OPEN_EXPERIMENT_STATES = frozenset({ExperimentState.QUEUED, ExperimentState.RUNNING})


class Part(StrEnum):
    """The three chronological parts of a dataset."""

    TRAIN = "train"  # fits weights and scalers
    VALIDATION = "validation"  # feeds the objective and every choice
    TEST = "test"  # scored once, when a trial completes


FUTURE = "future"  # in the place of a part: the rows after the last one of the file
EVALUATED_PARTS = (Part.VALIDATION, Part.TEST)  # those that have forecasts and scores


class Objective(StrEnum):
    """What a search minimises, always on the validation part."""

    RMSE = "rmse"  # root mean squared error in the units of the CSV: comparable between all trials
    MAE = "mae"  # mean absolute error in the units of the CSV
    MASE = "mase"  # that, divided by the naive forecast's on the train part
    VAL_LOSS = "val_loss"  # mean squared error in scaled units, as Keras reports it


class Delivered(StrEnum):
    """What an experiment hands over when it ends."""

    ENSEMBLE = "ensemble"  # the mean of some trials and the ridge, where that is better
    SINGLE = "single"  # the best trial, as it was trained


class ArtifactKind(StrEnum):
    """What kind of bytes a trial left."""

    MODEL = "model"  # the best epoch's weights
    BUNDLE = "bundle"  # the zip that predicts on its own


class Keep(StrEnum):
    """Which trainings keep their checkpoint when a trial has ended. Models are always kept.

    A training without a checkpoint starts again when it goes on, and comes to the same numbers.
    """

    ALL = "all"  # every training
    RESUMABLE = "resumable"  # those that may go on, at a click or by themselves
    BEST = "best"  # none: only the model of the best epoch stays
