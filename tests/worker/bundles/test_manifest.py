"""A bundle's modules need nothing of ours that is not in the bundle."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from worker.bundles.bundle import FILES, SCRIPTS
from worker.bundles.manifest import ROOT, bundled_modules


def module_name(path):
    parts = path.with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


MODULES = {module_name(path) for path in bundled_modules()}


def imported_names(path):
    """Every module a file imports, and every name it imports from one."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_bundled(name):
    """Whether a name is a bundled module, or something in one."""
    return name in MODULES or name.rpartition(".")[0] in MODULES


@pytest.mark.parametrize(
    "path",
    [*(ROOT / path for path in bundled_modules()), *(FILES / script for script in SCRIPTS)],
    ids=lambda path: path.name,
)
def test_a_bundled_module_imports_nothing_of_ours_that_is_not_bundled(path):
    ours = {
        name for name in imported_names(path) if name.split(".")[0] in ("app", "worker", "tests")
    }

    assert {name for name in ours if not is_bundled(name)} == set()


def test_every_bundled_module_is_imported_where_nothing_else_of_ours_is(tmp_path):
    for path in bundled_modules():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    script += "".join(f"import {name}\n" for name in sorted(MODULES))
    script += "print(app.__file__)"

    completed = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False
    )

    assert completed.returncode == 0, completed.stderr
    assert Path(completed.stdout.strip()) == tmp_path / "app" / "__init__.py"


def test_the_code_that_reads_csvs_is_bundled():
    assert {
        "app.domain.csv_reading.dialect",
        "app.domain.csv_reading.series",
        "app.domain.csv_reading.table",
    } <= MODULES
