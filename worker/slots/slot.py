"""One slot, seen from its worker: a child process that runs one function at a time."""

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from worker import memory
from worker.slots.child import ChildSetup, serve
from worker.slots.errors import RunKilled, SlotDied
from worker.slots.messages import Call, Raised, Returned, Waiting
from worker.slots.stack_dump import DUMP_SIGNAL, read_dump

DUMP_SECONDS = 0.5
JOIN_SECONDS = 5.0
SPAWN = get_context("spawn")


class Slot:
    """One child process, called from one thread at a time."""

    def __init__(self, warm_up: Callable[[], None], memory_mb: int = 0) -> None:
        self.runs = 0
        self.is_warm = False
        self.waiting_reason = ""  # why its run cannot go on
        self._kill_reason: RunKilled | None = None
        self._kernel_kills = memory.count_oom_kills()
        self._connection, child_connection = SPAWN.Pipe()
        self._dump_pipe, child_dump_pipe = SPAWN.Pipe(duplex=False)
        setup = ChildSetup(
            connection=child_connection,
            dump_pipe=child_dump_pipe,
            parent_pid=os.getpid(),
            warm_up=warm_up,
            memory_mb=memory_mb,
        )
        self._process = SPAWN.Process(
            target=serve,
            args=(setup,),
            daemon=True,
        )
        self._process.start()
        child_connection.close()
        child_dump_pipe.close()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in the child and return its result.

        Raises what the function raises, SlotDied, or the RunKilled given to `kill_run`.
        """
        self.runs += 1
        try:
            self._wait_until_warm()
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
        self._process.kill()

    def close(self) -> None:
        """Kill the child at once and free its pipe."""
        self._process.kill()
        self._process.join(timeout=JOIN_SECONDS)
        self._connection.close()

    def _wait_until_warm(self) -> None:
        if not self.is_warm:
            self._connection.recv()
            self.is_warm = True

    def _receive_answer(self) -> Returned | Raised:
        message = self._connection.recv()
        while isinstance(message, Waiting):
            self.waiting_reason = message.reason
            message = self._connection.recv()
        answer: Returned | Raised = message
        return answer

    def _explain_death(self) -> Exception:
        self._process.join(timeout=JOIN_SECONDS)
        if self._kill_reason is not None:
            return self._kill_reason
        exit_code = self._process.exitcode
        was_sigkill = exit_code == -signal.SIGKILL
        kernel_killed = memory.count_oom_kills() > self._kernel_kills
        return SlotDied(
            exit_code,
            stack_dump=read_dump(self._dump_pipe),
            ran_out_of_memory=was_sigkill and kernel_killed,
        )
