"""A Python that has loaded Keras once and runs scripts in forks of itself.

A script that is run as `python -I script.py` loads Keras for four seconds of processor first. A
fork has it already, and nothing else: no code of ours, no variables of this process.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

SERVE = """
import json, os, runpy, sys, traceback
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy, pandas

def run(request):
    out = os.open(request["stdout"], os.O_WRONLY | os.O_CREAT)
    err = os.open(request["stderr"], os.O_WRONLY | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = [request["script"], *request["arguments"]]
    runpy.run_path(request["script"], run_name="__main__")

for line in sys.stdin:
    child = os.fork()
    if not child:
        code = 0
        try:
            run(json.loads(line))
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=sys.stderr)
            code = 1 if isinstance(end.code, str) else end.code or 0
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class WarmPython:
    """Takes the place of `subprocess` where that runs `python -I script.py`."""

    TimeoutExpired = subprocess.TimeoutExpired

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = 0
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        **_: object,
    ) -> subprocess.CompletedProcess[str]:
        """Run the script and wait for its end. Other arguments of `subprocess.run` are fixed."""
        executable, isolated, script, *arguments = command
        assert [executable, isolated] == [sys.executable, "-I"]
        self.runs += 1
        stdout = self.folder / f"{self.runs}.stdout"
        stderr = self.folder / f"{self.runs}.stderr"
        request = {
            "script": script,
            "arguments": arguments,
            "cwd": str(cwd),
            "env": dict(env or {}),
            "stdout": str(stdout),
            "stderr": str(stderr),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        exit_code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(
            command, exit_code, stdout.read_text(), stderr.read_text()
        )

    def __enter__(self) -> "WarmPython":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
