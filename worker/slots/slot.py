"""One slot, seen from its worker: a child process that runs one function at a time."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing import get_context
from typing import Any

from app import memory
from app.outcomes import Raised, Returned, describe_end
from worker.slots.child import ChildSetup, serve
from worker.slots.errors import RunKilled, SlotDied, SlotNotStarted
from worker.slots.messages import Call, NotWarm, Waiting
from worker.slots.stack_dump import DUMP_SIGNAL, read_dump

DUMP_SECONDS = 2.0  # a slot gives way to everything else, so this takes time on a busy machine
JOIN_SECONDS = 5.0
POLL_SECONDS = 0.01
WARM_UP_SECONDS = 600.0  # the first slot of an installation also compiles native code
SPAWN = get_context("spawn")


class Slot:
    """One child process, called from one thread at a time."""

    def __init__(self, warm_up: Callable[[], None], memory_mb: int = 0, number: int = 1) -> None:
        """Start the process. Raises OSError where it cannot be started, and leaves nothing open."""
        self.runs = 0
        self.is_warm = False
        self.waiting_reason = ""  # why its run cannot go on
        self._kill_reason: RunKilled | None = None
        with ExitStack() as own_ends, ExitStack() as child_ends:
            self._connection, child_connection = SPAWN.Pipe()
            own_ends.enter_context(self._connection)
            child_ends.enter_context(child_connection)
            self._dump_pipe, child_dump_pipe = SPAWN.Pipe(duplex=False)
            own_ends.enter_context(self._dump_pipe)
            child_ends.enter_context(child_dump_pipe)
            self._kernel_kills = memory.count_oom_kills()
            setup = ChildSetup(
                connection=child_connection,
                dump_pipe=child_dump_pipe,
                parent_pid=os.getpid(),
                warm_up=warm_up,
                memory_mb=memory_mb,
                number=number,
            )
            self._process = SPAWN.Process(
                target=serve,
                args=(setup,),
                daemon=True,
            )
            self._process.start()
            self._own_ends = own_ends.pop_all()

    def wait_until_warm(self) -> None:
        """Wait until the engine is loaded. Raises SlotNotStarted where it cannot be."""
        try:
            if not self._connection.poll(WARM_UP_SECONDS):
                raise SlotNotStarted(
                    f"the training engine was not loaded within {WARM_UP_SECONDS:g} s"
                )
            message = self._connection.recv()
        except (EOFError, OSError):
            end = describe_end(self._wait_for_end())
            raise SlotNotStarted(
                f"the process {end} before the training engine was loaded"
            ) from None
        if isinstance(message, NotWarm):
            raise SlotNotStarted(message.reason)
        self.is_warm = True

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in the child, which is warm, and return its result.

        Raises what the function raises, SlotDied, or the RunKilled given to `kill_run`.
        """
        self.runs += 1
        try:
            self._connection.send(Call(function, arguments))
            answer = self._receive_answer()
        except (EOFError, OSError):
            raise self._explain_death() from None
        finally:
            self.waiting_reason = ""
        if isinstance(answer, Raised):
            raise answer.error
        return answer.value

    @property
    def is_usable(self) -> bool:
        """The child runs, and nobody has killed its run."""
        if self._kill_reason is not None:
            return False
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    @property
    def memory_bytes(self) -> int:
        """Bytes the child holds in memory."""
        if self.pid is None:
            return 0
        return memory.resident_bytes(self.pid)

    def kill_run(self, reason: RunKilled) -> None:
        """Kill the child; its run raises the reason, completed by where the child was."""
        self._kill_reason = reason
        if self.pid is not None and self._process.is_alive():
            os.kill(self.pid, DUMP_SIGNAL)
            reason.stack_dump = read_dump(self._dump_pipe, DUMP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Kill the child; whoever waits for it hears of it."""
        self._process.kill()

    def close(self) -> None:
        """Kill the child at once and free its pipes; only the thread that calls it may do that."""
        with self._own_ends:
            self.kill()
            self._wait_for_end()

    def _wait_for_end(self) -> int | None:
        """The exit code of the child; None where it does not end soon.

        Another thread that asks whether the child lives, or starts another one, may be the one that
        the kernel tells the code. This one then sees no child and no code yet, for a moment.
        """
        deadline = time.monotonic() + JOIN_SECONDS
        self._process.join(JOIN_SECONDS)
        while self._process.exitcode is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return self._process.exitcode

    def _receive_answer(self) -> Returned | Raised:
        message = self._connection.recv()
        while isinstance(message, Waiting):
            self.waiting_reason = message.reason
            message = self._connection.recv()
        answer: Returned | Raised = message
        return answer

    def _explain_death(self) -> Exception:
        exit_code = self._wait_for_end()
        if self._kill_reason is not None:
            return self._kill_reason
        was_sigkill = exit_code == -signal.SIGKILL
        kernel_killed = memory.count_oom_kills() > self._kernel_kills
        return SlotDied(
            exit_code,
            stack_dump=read_dump(self._dump_pipe),
            ran_out_of_memory=was_sigkill and kernel_killed,
        )
