"""A worker of tests that trains nothing: each epoch's value is a function of trial and epoch."""

from app.db.models import Experiment, Trial
from app.domain.metrics import Scores
from app.domain.runs import Claim, EpochRecord, Evaluation, TrialOutcome
from app.domain.search_space.parameters import with_defaults
from app.domain.terms import OPEN_EXPERIMENT_STATES, Part, TrialState
from app.queue import claims, lifecycle, proposals, recording
from tests import factories

EPOCHS = 27  # rungs of asha: 1, 3 and 9
N_SLOTS = 2


def value_at(number: int, epoch: int) -> float:
    """The objective of a trial after an epoch: a little better each time, each trial in its way."""
    quality = (number * 7) % 31
    return 10.0 + quality + 20.0 / epoch


def record_of(number: int, epoch: int, column: str) -> EpochRecord:
    """An epoch whose value is in this column; the others rank trials the other way round."""
    value = value_at(number, epoch)
    values = dict.fromkeys(("train_loss", "val_loss", "objective", "mae"), 100 - value)
    return EpochRecord(epoch, **{**values, column: value}, seconds=1.0)


def search(session, **changes) -> Experiment:
    """A search with as many different trials as it may ask for, of EPOCHS epochs each."""
    space = {**factories.TINY, "units_1": {"integer": [2, 200]}, "epochs": EPOCHS}
    return factories.experiment(session, space=space, **changes)


def train(session, claim: Claim, epochs: int) -> None:
    """Store so many epochs of a claim's training, all alike."""
    for number in range(1, epochs + 1):
        epoch = EpochRecord(number, train_loss=0.5, val_loss=0.6, objective=0.7, seconds=0.1)
        recording.record_epoch(session, claim.token, claim.training_id, epoch)


class FakeWorker:
    """Trains one search in N_SLOTS slots, an epoch in each of them a second."""

    def __init__(self, session, experiment: Experiment) -> None:
        self.session = session
        self.experiment = experiment
        self.runs: dict = {}  # by token: the claim, and its next epoch

    def run(self) -> None:
        while self.experiment.state in OPEN_EXPERIMENT_STATES:
            while len(self.runs) < N_SLOTS and self._start():
                pass
            self.run_second()

    def run_second(self) -> None:
        for token in list(self.runs):
            self._run_epoch(token)
        self.experiment.seconds_used += 1
        self.session.flush()
        lifecycle.close_finished(self.session)
        self.session.refresh(self.experiment)

    def _start(self) -> bool:
        proposals.promote(self.session)
        claim = claims.claim(self.session, "worker")
        if claim is None:
            if not proposals.needing_trials(self.session):
                return False
            number = self.session.query(Trial).count() + 1
            parameters = {**factories.TINY, "units_1": number + 1, "epochs": EPOCHS}
            proposals.propose_for(
                self.session, self.experiment.id, number, with_defaults(parameters)
            )
            claim = claims.claim(self.session, "worker")
        trial = self.session.get_one(Trial, claim.trial_ids[0])
        self.session.refresh(trial)
        self.runs[claim.token] = (trial, trial.epochs_trained + 1)
        return True

    def _run_epoch(self, token: str) -> None:
        trial, epoch = self.runs[token]
        yardstick = self.experiment.yardstick
        record = record_of(trial.number, epoch, yardstick.info.epoch_column)
        value = yardstick.monitored(record)
        decisions = recording.record_epoch(self.session, token, trial.training_id, record)
        decision = decisions.get(trial.id)
        if epoch == EPOCHS:
            self._finish(token, TrialOutcome(TrialState.COMPLETED, epoch, evaluation(value, epoch)))
        elif decision is not None:
            outcome = TrialOutcome(
                decision.state, epoch, evaluation(value, epoch), error=decision.reason
            )
            self._finish(token, outcome)
        else:
            self.runs[token] = (trial, epoch + 1)

    def _finish(self, token: str, outcome: TrialOutcome) -> None:
        trial, _ = self.runs.pop(token)
        recording.finish(self.session, token, trial.id, outcome)
        self.session.flush()
        self.session.refresh(trial)


def evaluation(objective: float, epoch: int) -> Evaluation:
    scores = dict.fromkeys((Part.VALIDATION, Part.TEST), Scores(objective, objective, None, 0.1))
    return Evaluation(objective, epoch, scores, {}, b"weights")
