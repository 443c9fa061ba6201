"""The life of a trial: every change of state there is, who makes it, and what it needs."""

from dataclasses import dataclass

from app.domain.terms import State


@dataclass(frozen=True)
class Transition:
    """One change of state. A trial changes only when it is in one of `sources`; no sources: it is made like this."""

    name: str
    sources: frozenset[State]
    target: State
    meaning: str


def _from(name: str, sources: tuple[State, ...], target: State, meaning: str) -> Transition:
    return Transition(name, frozenset(sources), target, meaning)


PROPOSE = _from("propose", (), State.QUEUED, "the strategy asks for it")
REFUSE = _from("refuse", (), State.FAILED, "its parameters do not fit the data")
CLAIM = _from("claim", (State.QUEUED,), State.RUNNING, "a worker takes it under a new lease")
COMPLETE = _from(
    "complete", (State.RUNNING,), State.COMPLETED, "judged, by the holder of the lease"
)
PRUNE = _from(
    "prune", (State.RUNNING,), State.PRUNED, "no promise in it, by the holder of the lease"
)
STOP = _from(
    "stop",
    (State.RUNNING,),
    State.STOPPED,
    "asked for, after its epoch, by the holder of the lease",
)
FAIL = _from("fail", (State.RUNNING,), State.FAILED, "with its cause, by the holder of the lease")
RELEASE = _from(
    "release", (State.RUNNING,), State.QUEUED, "its worker was told to stop, or its slot was killed"
)
EXPIRE = _from(
    "expire",
    (State.RUNNING,),
    State.QUEUED,
    "its lease was not renewed for as long as a lease lasts",
)
WITHDRAW = _from(
    "withdraw", (State.QUEUED,), State.STOPPED, "a person stopped it before it started"
)
RETRY = _from(
    "retry", (State.FAILED, State.STOPPED), State.QUEUED, "a person asked for another try"
)
PROMOTE = _from(
    "promote", (State.PRUNED,), State.QUEUED, "it proved to be among the best of its rung"
)

TRANSITIONS = (
    *(PROPOSE, REFUSE, CLAIM, COMPLETE, PRUNE, STOP, FAIL),
    *(RELEASE, EXPIRE, WITHDRAW, RETRY, PROMOTE),
)
ENDINGS = {transition.target: transition for transition in (COMPLETE, PRUNE, STOP, FAIL)}


def drawing() -> str:
    """The table as a Mermaid state diagram, one arrow for each pair of states."""
    names: dict[tuple[str, str], list[str]] = {}
    for transition in TRANSITIONS:
        sources: list[str] = [state for state in State if state in transition.sources]
        for source in sources or ["[*]"]:
            names.setdefault((source, transition.target), []).append(transition.name)
    arrows = [
        f"    {source} --> {target}: {', '.join(found)}"
        for (source, target), found in names.items()
    ]
    return "\n".join(["stateDiagram-v2", *arrows])
