"""A shell in which the virtual environment is not activated."""

import os
import sys

import pytest

from tests.app.commands.processes import ROOT


@pytest.fixture(params=["no python in PATH", "another python in PATH"])
def shell(request, tmp_path) -> dict[str, str]:
    """The environment variables of that shell."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if request.param == "another python in PATH":
        for name in ("python", "python3"):
            (folder / name).symlink_to(sys._base_executable)
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("PATH", "VIRTUAL_ENV")
    }
    return {
        **inherited,
        "PATH": f"{folder}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "FORETUNE_SLOTS": "1",
    }
