"""The lives of trials and experiments: every change of state, who makes it, and what it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.domain.terms import OPEN_EXPERIMENT_STATES, ExperimentState, TrialState

StateT = TypeVar("StateT", bound=StrEnum)


@dataclass(frozen=True)
class Transition(Generic[StateT]):
    """One change of state, possible only from `sources`; without sources, it creates a row."""

    name: str
    sources: frozenset[StateT]
    target: StateT
    meaning: str


TrialTransition = Transition[TrialState]
ExperimentTransition = Transition[ExperimentState]


PROPOSE_TRIAL = TrialTransition(
    "propose", frozenset(), TrialState.QUEUED, "the strategy asks for it"
)
REFUSE_TRIAL = TrialTransition(
    "refuse", frozenset(), TrialState.FAILED, "its parameters do not fit the data"
)
CLAIM_TRIAL = TrialTransition(
    "claim",
    frozenset({TrialState.QUEUED}),
    TrialState.RUNNING,
    "a worker takes it under a new lease",
)
COMPLETE_TRIAL = TrialTransition(
    "complete",
    frozenset({TrialState.RUNNING}),
    TrialState.COMPLETED,
    "evaluated, by the holder of the lease",
)
PRUNE_TRIAL = TrialTransition(
    "prune",
    frozenset({TrialState.RUNNING}),
    TrialState.PRUNED,
    "others were better at the same epoch, by the holder of the lease",
)
STOP_TRIAL = TrialTransition(
    "stop",
    frozenset({TrialState.RUNNING}),
    TrialState.STOPPED,
    "a person or the time budget asked for it, after its epoch, by the holder of the lease",
)
FAIL_TRIAL = TrialTransition(
    "fail",
    frozenset({TrialState.RUNNING}),
    TrialState.FAILED,
    "with its cause, by the holder of the lease",
)
RELEASE_TRIAL = TrialTransition(
    "release",
    frozenset({TrialState.RUNNING}),
    TrialState.QUEUED,
    "its worker was told to stop, or its slot was killed",
)
EXPIRE_TRIAL = TrialTransition(
    "expire",
    frozenset({TrialState.RUNNING}),
    TrialState.QUEUED,
    "its lease was not renewed for as long as a lease lasts",
)
WITHDRAW_TRIAL = TrialTransition(
    "withdraw",
    frozenset({TrialState.QUEUED}),
    TrialState.WITHDRAWN,
    "a person, or the end of the experiment, took it out of the queue before it began",
)
ABANDON_TRIAL = TrialTransition(
    "abandon",
    frozenset({TrialState.QUEUED}),
    TrialState.STOPPED,
    "the same, while a trial that had begun waited to go on",
)
RETRY_TRIAL = TrialTransition(
    "retry",
    frozenset({TrialState.FAILED, TrialState.STOPPED, TrialState.WITHDRAWN}),
    TrialState.QUEUED,
    "a person asked for another try, or for the experiment to go on",
)
PROMOTE_TRIAL = TrialTransition(
    "promote",
    frozenset({TrialState.PRUNED}),
    TrialState.QUEUED,
    "it proved to be among the best of its rung",
)

TRIAL_TRANSITIONS = (
    PROPOSE_TRIAL,
    REFUSE_TRIAL,
    CLAIM_TRIAL,
    COMPLETE_TRIAL,
    PRUNE_TRIAL,
    STOP_TRIAL,
    FAIL_TRIAL,
    RELEASE_TRIAL,
    EXPIRE_TRIAL,
    WITHDRAW_TRIAL,
    ABANDON_TRIAL,
    RETRY_TRIAL,
    PROMOTE_TRIAL,
)
RUN_ENDINGS = {
    transition.target: transition
    for transition in (COMPLETE_TRIAL, PRUNE_TRIAL, STOP_TRIAL, FAIL_TRIAL)
}


CREATE_EXPERIMENT = ExperimentTransition(
    "create", frozenset(), ExperimentState.QUEUED, "a person asks for it"
)
START_EXPERIMENT = ExperimentTransition(
    "start",
    frozenset({ExperimentState.QUEUED}),
    ExperimentState.RUNNING,
    "a worker takes the first of its trials",
)
PAUSE_EXPERIMENT = ExperimentTransition(
    "pause",
    OPEN_EXPERIMENT_STATES,
    ExperimentState.PAUSED,
    "its first trials have all failed of one cause",
)
COMPLETE_EXPERIMENT = ExperimentTransition(
    "complete",
    OPEN_EXPERIMENT_STATES,
    ExperimentState.COMPLETED,
    "all its trials have ended, or its time budget is used up",
)
FAIL_EXPERIMENT = ExperimentTransition(
    "fail",
    OPEN_EXPERIMENT_STATES | {ExperimentState.PAUSED},
    ExperimentState.FAILED,
    "all its trials failed, its strategy raised an error, or it cannot be read",
)
STOP_EXPERIMENT = ExperimentTransition(
    "stop",
    OPEN_EXPERIMENT_STATES | {ExperimentState.PAUSED},
    ExperimentState.STOPPED,
    "a person asked for it, and its last running trial has ended",
)
RESUME_EXPERIMENT = ExperimentTransition(
    "resume",
    frozenset({ExperimentState.STOPPED, ExperimentState.PAUSED}),
    ExperimentState.QUEUED,
    "a person asked it to go on",
)
REOPEN_EXPERIMENT = ExperimentTransition(
    "reopen",
    frozenset(ExperimentState) - OPEN_EXPERIMENT_STATES,
    ExperimentState.QUEUED,
    "a person added trials or time, or asked for another try of a trial",
)

EXPERIMENT_TRANSITIONS = (
    CREATE_EXPERIMENT,
    START_EXPERIMENT,
    PAUSE_EXPERIMENT,
    COMPLETE_EXPERIMENT,
    FAIL_EXPERIMENT,
    STOP_EXPERIMENT,
    RESUME_EXPERIMENT,
    REOPEN_EXPERIMENT,
)


def state_diagram(transitions: Sequence[Transition[StateT]]) -> str:
    """A table of transitions as a Mermaid state diagram, one arrow for each pair of states."""
    states = type(transitions[0].target)
    names_of_arrow: dict[tuple[str, str], list[str]] = {}
    for transition in transitions:
        sources: list[str] = [state for state in states if state in transition.sources]
        for source in sources or ["[*]"]:
            names_of_arrow.setdefault((source, transition.target), []).append(transition.name)
    lines = ["stateDiagram-v2"]
    for (source, target), names in names_of_arrow.items():
        lines.append(f"    {source} --> {target}: {', '.join(names)}")
    return "\n".join(lines)
