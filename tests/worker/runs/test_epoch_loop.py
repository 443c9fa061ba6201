"""The epochs of a run, with a training and a lease that only note what they are told."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from app.domain.objectives import Yardstick
from app.domain.runs import SharedTrial, StopDecision
from app.domain.terms import Objective, TrialState
from worker import serialization
from worker.runs import epoch_loop
from worker.runs.epoch_loop import EpochLoop
from worker.runs.failures import Diverged, OutputTooLarge
from worker.runs.progress import RunProgress
from worker.serialization import BestEpoch
from worker.training import EpochResult, TrainingOver

NAN = float("nan")
SCALE = 4.0  # of a relative objective
STATE = b"state after epoch "


@dataclass
class NotedTraining:
    """Epochs with these validation losses; `numbers` are those that were trained."""

    losses: list[float]
    seconds: float = 0.0
    numbers: list[int] = field(default_factory=list)
    number: int = 0
    train_loss: float = 0.5
    maes: list[float] | None = None  # None: 5 times the losses
    engine = "noted"
    engine_reason = "it is a test"

    def run_epoch(self) -> EpochResult:
        if self.number == len(self.losses):
            raise TrainingOver("The program ended by itself")
        self.number += 1
        self.numbers.append(self.number)
        loss = self.losses[self.number - 1]
        mae = self.maes[self.number - 1] if self.maes else 5 * loss
        return EpochResult(self.number, self.train_loss, loss, 10 * loss, mae, self.seconds)

    def weights(self) -> list[np.ndarray]:
        return [np.array([self.number])]

    def checkpoint(self) -> bytes:
        return STATE + str(self.number).encode()

    def restore(self, data: bytes) -> None:
        self.number = int(data.removeprefix(STATE))


@dataclass
class NotedLease:
    """Notes what a run writes; `decisions` are those that are answered after an epoch."""

    decisions: dict[int, dict[int, StopDecision]] = field(default_factory=dict)
    epochs: list[int] = field(default_factory=list)
    checkpoints: list[int] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    outcomes: dict[int, object] = field(default_factory=dict)
    messages: list[tuple[tuple[int, ...], str]] = field(default_factory=list)
    engine: tuple[str, str] | None = None

    def record_engine(self, engine, reason):
        self.engine = (engine, reason)

    def record_epoch(self, epoch):
        self.epochs.append(epoch.number)
        return self.decisions.get(epoch.number, {})

    def record_checkpoint(self, epoch, content):
        assert isinstance(content, bytes)
        self.contents.append(content)
        self.checkpoints.append(epoch)
        self.events.append(f"checkpoint {epoch}")

    def finish(self, trial_id, outcome):
        self.outcomes[trial_id] = outcome
        self.events.append(f"trial {trial_id} ends")

    def write_log(self, trial_ids, message):
        self.messages.append((tuple(trial_ids), message))


@pytest.fixture
def lease():
    return NotedLease()


@pytest.fixture
def make_loop(lease, monkeypatch):
    """Makes the loop of a run of these trials; a model is evaluated as the number of its epoch."""
    monkeypatch.setattr(epoch_loop, "evaluate", evaluate_as_epoch)

    def make(training, *trials, max_bytes=10_000, objective=Objective.VAL_LOSS, **of_job):
        job_fields = {"values": (), "checkpoint": None, "checkpoint_epoch": None, **of_job}
        yardstick = Yardstick.of_objective(objective, SCALE)
        job = SimpleNamespace(trials=trials, objective=objective, yardstick=yardstick, **job_fields)
        progress = RunProgress(lease, lambda work: work(), job)
        return EpochLoop(progress, training, prepared=None, max_bytes=max_bytes)

    return make


def evaluate_as_epoch(_job, _training, _prepared, best, monitored_value, _max_bytes):
    return (best.epoch, monitored_value, [int(array[0]) for array in best.weights])


def trial(trial_id=1, epochs=3, patience=0):
    return SharedTrial(trial_id, number=trial_id, epochs=epochs, patience=patience)


def checkpoint_after(number, best_epoch, monitor=Objective.VAL_LOSS):
    best = BestEpoch(str(monitor), best_epoch, [np.array([best_epoch])])
    return serialization.pack_checkpoint(STATE + str(number).encode(), best)


def run(loop):
    """Run a loop. Returns how often it reported an epoch."""
    reports = []
    loop.run(lambda: reports.append(1))
    return len(reports)


def test_a_trial_ends_after_its_epochs_with_its_best_one(make_loop, lease):
    loop = make_loop(NotedTraining([3.0, 1.0, 2.0, 0.5]), trial(epochs=3))

    reports = run(loop)

    outcome = lease.outcomes[1]
    assert (outcome.state, outcome.epochs_trained) == (TrialState.COMPLETED, 3)
    assert outcome.evaluation == (2, 1.0, [2])
    assert outcome.notes == ("All 3 epochs done",)
    assert outcome.error is None
    assert lease.epochs == [1, 2, 3]
    assert reports == 3
    assert lease.engine == ("noted", "it is a test")


def test_by_rmse_the_best_epoch_is_that_of_the_objective(make_loop, lease):
    loop = make_loop(NotedTraining([3.0, 1.0]), trial(epochs=2), objective=Objective.RMSE)

    run(loop)

    assert lease.outcomes[1].evaluation == (2, 10.0, [2])


@pytest.mark.parametrize(
    ("objective", "best"),
    [
        (Objective.RMSE, (1, 20.0, [1])),
        (Objective.MAE, (2, 12.0, [2])),
        (Objective.MASE, (2, 12.0 / SCALE, [2])),
    ],
)
def test_the_best_epoch_by_mae_may_be_another_and_patience_counts_from_it(
    make_loop, lease, objective, best
):
    training = NotedTraining([2.0, 2.5, 3.0, 3.5, 1.0], maes=[16.0, 12.0, 13.0, 14.0, 1.0])
    loop = make_loop(training, trial(epochs=5, patience=2), objective=objective)

    run(loop)

    assert lease.outcomes[1].evaluation == best
    assert lease.outcomes[1].epochs_trained == best[0] + 2
    packed = lease.contents[-1]
    _, kept = serialization.unpack_checkpoint(packed)
    assert (kept.monitor, kept.epoch) == (objective, best[0])


def test_patience_ends_a_trial_and_its_log_says_so(make_loop, lease):
    loop = make_loop(NotedTraining([1.0, 2.0, 2.0, 0.5]), trial(epochs=4, patience=2))

    run(loop)

    outcome = lease.outcomes[1]
    assert outcome.epochs_trained == 3
    assert outcome.notes == ("Stopped early: no better epoch in 2",)


def test_a_shorter_trial_ends_first_and_has_its_own_best_epoch(make_loop, lease):
    training = NotedTraining([2.0, 3.0, 1.0])
    loop = make_loop(training, trial(1, epochs=3), trial(2, epochs=2))

    run(loop)

    assert lease.events == ["trial 2 ends", "checkpoint 3", "trial 1 ends"]
    assert lease.outcomes[2].evaluation == (1, 2.0, [1])
    assert lease.outcomes[1].evaluation == (3, 1.0, [3])
    assert training.numbers == [1, 2, 3]


def test_a_stopped_trial_ends_at_its_epoch_with_the_reason_and_others_go_on(make_loop, lease):
    lease.decisions[2] = {1: StopDecision(TrialState.STOPPED, "Stopped by you.")}
    loop = make_loop(NotedTraining([2.0, 1.0, 3.0]), trial(1), trial(2))

    run(loop)

    outcome = lease.outcomes[1]
    assert (outcome.state, outcome.error) == (TrialState.STOPPED, "Stopped by you.")
    assert outcome.epochs_trained == 2
    assert outcome.evaluation == (2, 1.0, [2])
    assert lease.outcomes[2].epochs_trained == 3


def test_an_end_that_is_due_comes_before_a_decision_to_stop(make_loop, lease):
    lease.decisions[3] = {1: StopDecision(TrialState.PRUNED, "Pruned.")}
    loop = make_loop(NotedTraining([2.0, 1.0, 3.0]), trial())

    run(loop)

    assert lease.outcomes[1].state == TrialState.COMPLETED


@pytest.mark.parametrize("loss", ["train_loss", "val_loss"])
def test_a_loss_that_is_no_number_ends_the_run(make_loop, lease, loss):
    training = NotedTraining([1.0, NAN if loss == "val_loss" else 1.0])
    loop = make_loop(training, trial())
    if loss == "train_loss":
        training.train_loss = NAN

    with pytest.raises(Diverged):
        run(loop)

    assert lease.epochs == list(range(1, len(training.numbers) + 1))
    assert lease.outcomes == {}


def test_a_program_that_ends_by_itself_completes_its_trials(make_loop, lease):
    loop = make_loop(NotedTraining([2.0, 1.0]), trial(1, epochs=5), trial(2, epochs=9))

    reports = run(loop)

    assert reports == 2
    assert lease.outcomes.keys() == {1, 2}
    for outcome in lease.outcomes.values():
        assert (outcome.state, outcome.epochs_trained) == (TrialState.COMPLETED, 2)
        assert outcome.notes == ("The program ended by itself after epoch 2",)
        assert outcome.evaluation == (2, 1.0, [2])


def test_a_checkpoint_is_taken_before_the_last_trial_ends_and_not_before_it_is_due(
    make_loop, lease
):
    run(make_loop(NotedTraining([3.0, 2.0, 1.0]), trial()))

    assert lease.events == ["checkpoint 3", "trial 1 ends"]


@pytest.mark.parametrize(("epoch_seconds", "checkpoints"), [(1.0, [3]), (10.0, [1, 2, 3])])
def test_a_checkpoint_is_due_when_the_next_epoch_could_end_too_late(
    make_loop, lease, epoch_seconds, checkpoints
):
    run(make_loop(NotedTraining([3.0, 2.0, 1.0], seconds=epoch_seconds), trial()))

    assert lease.checkpoints == checkpoints


def test_a_checkpoint_is_due_so_many_seconds_after_the_last_one(make_loop, lease, monkeypatch):
    loop = make_loop(NotedTraining([5.0, 4.0, 3.0, 2.0, 1.0]), trial(epochs=5))
    seconds = iter([4.0, 9.0, 10.5, 11.0, 12.0, 21.0, 21.5, 22.0, 23.0])
    started_at = loop.saved_at
    monkeypatch.setattr(epoch_loop.time, "monotonic", lambda: started_at + next(seconds))

    run(loop)

    assert lease.checkpoints == [3, 5]


def test_a_checkpoint_that_is_too_large_is_refused(make_loop, lease):
    loop = make_loop(NotedTraining([1.0]), trial(epochs=1), max_bytes=10)

    with pytest.raises(OutputTooLarge):
        run(loop)

    assert lease.checkpoints == []


def test_a_training_without_a_checkpoint_runs_without(make_loop, lease):
    training = NotedTraining([2.0, 1.0])
    training.checkpoint = lambda: None

    run(make_loop(training, trial(epochs=2)))

    assert lease.checkpoints == []
    assert lease.outcomes[1].state == TrialState.COMPLETED


@pytest.mark.parametrize("objective", [Objective.VAL_LOSS, Objective.MASE])
def test_a_run_goes_on_from_its_checkpoint_and_says_so(make_loop, lease, objective):
    training = NotedTraining([3.0, 1.0, 2.0, 4.0])
    checkpoint = checkpoint_after(3, best_epoch=2, monitor=objective)
    loop = make_loop(
        training,
        trial(epochs=4),
        objective=objective,
        values=(3.0, 1.0, 2.0),
        checkpoint=checkpoint,
        checkpoint_epoch=3,
    )

    run(loop)

    assert training.numbers == [4]
    assert lease.messages == [((1,), "Resumed at epoch 3")]
    assert lease.outcomes[1].evaluation == (2, 1.0, [2])


def test_a_trial_that_ends_at_the_checkpoint_is_not_trained_and_not_saved_again(make_loop, lease):
    training = NotedTraining([3.0, 1.0])
    checkpoint = checkpoint_after(2, best_epoch=2)
    loop = make_loop(
        training,
        trial(epochs=2),
        values=(3.0, 1.0),
        checkpoint=checkpoint,
        checkpoint_epoch=2,
    )

    run(loop)

    assert training.numbers == []
    assert lease.events == ["trial 1 ends"]


@pytest.mark.parametrize(
    ("checkpoint", "trials"),
    [
        (checkpoint_after(3, best_epoch=2, monitor=Objective.RMSE), [trial(epochs=4)]),
        (checkpoint_after(3, best_epoch=3), [trial(epochs=4)]),
        # The second trial ends after one epoch, so that its best one is another.
        (checkpoint_after(3, best_epoch=2), [trial(1, epochs=4), trial(2, epochs=1)]),
        (serialization.pack_checkpoint(STATE + b"3", None), [trial(epochs=4)]),
    ],
)
def test_a_checkpoint_without_the_best_epoch_of_every_trial_is_not_used(
    make_loop, lease, checkpoint, trials
):
    training = NotedTraining([3.0, 1.0, 2.0, 4.0])
    loop = make_loop(
        training,
        *trials,
        values=(3.0, 1.0, 2.0),
        checkpoint=checkpoint,
        checkpoint_epoch=3,
    )

    run(loop)

    assert training.numbers == [1, 2, 3, 4]
    assert lease.messages == []
