"""The laws of the house, read off the sources."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("tensorflow", "keras", "hyperopt", "skopt", "sklearn", "numba", "scipy")
DATABASE = ("sqlalchemy", "app.db.engine", "app.db.models")
MAY_TOUCH_THE_DATABASE = {
    "worker/loop.py",
    "worker/suggestions.py",
    "worker/runs/runner.py",
    "worker/__main__.py",
}

FILES_TO_SPLIT = {
    "app/__main__.py",
    "app/db/models.py",
    "app/domain/csv_reading/text.py",
    "app/domain/hyperopt/syntax.py",
    "app/routes/api/schemas.py",
    "app/routes/experiment_form.py",
    "app/services/experiments.py",
    "app/web/forms/experiment.py",
    "worker/runs/runner.py",
}  # until its room is rewritten
FUNCTIONS_TO_SPLIT = {
    "app/domain/search_space/catalogue.py:_training",
    "app/routes/experiment_form.py:_preview",
    "worker/engines/fused/graphs.py:training_epoch",
}


def sources(*rooms: str) -> list[Path]:
    return sorted(
        path
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def of_package(found: set[str], *packages: str) -> set[str]:
    return {
        name
        for name in found
        for package in packages
        if name == package or name.startswith(f"{package}.")
    }


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_app_imports_neither_the_worker_nor_what_only_the_worker_needs():
    wrong = {name(path): of_package(imports(path), "worker", *HEAVY) for path in sources("app")}
    assert {path: found for path, found in wrong.items() if found} == {}


def test_the_domain_imports_nothing_of_ours():
    wrong = {}
    for path in sources("app/domain"):
        ours = {
            found
            for found in of_package(imports(path), "app", "worker")
            if not found.startswith("app.domain")
        }
        others = of_package(
            imports(path), "fastapi", "sqlalchemy", "pydantic", "jinja2", "starlette", "scipy"
        )
        if ours - {"app"} or others:
            wrong[name(path)] = ours | others
    assert wrong == {}


def test_in_the_worker_only_loop_asking_and_runner_touch_the_database():
    wrong = {
        name(path): of_package(imports(path), *DATABASE)
        for path in sources("worker")
        if name(path) not in MAY_TOUCH_THE_DATABASE
    }
    assert {path: found for path, found in wrong.items() if found} == {}


def test_routes_neither_query_nor_commit():
    for path in sources("app/routes"):
        text = path.read_text()
        assert "select(" not in text, name(path)
        assert ".commit(" not in text, name(path)


@pytest.mark.parametrize("path", sources("app", "worker", "tests"), ids=name)
def test_one_line_heads_each_module(path):
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text)), (
        f"{name(path)} does not say what it is"
    )


@pytest.mark.parametrize("path", sources("app", "worker"), ids=name)
def test_files_and_functions_stay_short(path):
    text = path.read_text()
    if name(path) not in FILES_TO_SPLIT:
        assert text.count("\n") <= 300, f"{name(path)} is two of something"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if f"{name(path)}:{node.name}" in FUNCTIONS_TO_SPLIT:
                continue
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 40, f"{name(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=name)
def test_templates_hold_no_scripts_no_styles_and_say_what_they_need(path):
    text = path.read_text()
    assert text.startswith("{#"), "a template says at its top what it needs"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"\s(style|on[a-z]+)=", text)


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "static").iterdir()),
    ids=name,
)
def test_nothing_is_fetched_from_elsewhere(path):
    text = path.read_text()
    addresses = [
        found for found in re.findall(r"https?://[^\s\"')]+", text) if "www.w3.org" not in found
    ]
    assert addresses == []


def test_the_server_starts_without_the_heavy_libraries():
    script = "import sys, app.main; print(','.join(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.strip().split(","))
    assert loaded & {*HEAVY, "plotly", "worker"} == set()


def test_the_worker_itself_starts_without_tensorflow():
    script = "import sys, worker.__main__; print(','.join(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (
        set(done.stdout.strip().split(","))
        & {"tensorflow", "keras", "hyperopt", "sklearn", "numba"}
        == set()
    )
