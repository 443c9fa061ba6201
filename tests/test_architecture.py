"""The laws of the house, read off the sources."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"tensorflow", "keras", "hyperopt", "skopt", "sklearn", "numba", "statsforecast"}
OF_THE_DOMAIN = {"numpy", "scipy", "pandas"}  # what it may import besides the standard library

# Which layers a layer may reach, directly or through what it imports. A line includes those above.
ERRORS = {"app.errors"}
CONFIG = {"app.config", "app.domain"}
DB = {"app.db", "app.cache", *CONFIG, *ERRORS}
QUEUE = {"app.queue", *DB}
CHILDREN = {"app.memory", "app.outcomes"}  # what their child processes have in common
SERVICES = {"app.services", "app.schemas", "app.samples", *CHILDREN, *QUEUE}
WEB = {"app.web", *SERVICES}
ROUTES = {"app.routes", *WEB}
PROCESSES = {"app.processes", "app.supervision", "app.outcomes", *CONFIG}
COMMANDS = {"app.commands", "app.main", "app.demo", "app.backup", *PROCESSES, *ROUTES}
MAY_REACH = {
    "app": set(),
    "app.samples": set(),
    "app.errors": ERRORS,
    "app.cache": {"app.cache"},
    "app.memory": {"app.memory"},
    "app.outcomes": {"app.outcomes"},
    "app.domain": {"app.domain"},
    "app.config": CONFIG,
    "app.schemas": {"app.schemas", "app.domain", *ERRORS},
    "app.processes": {"app.processes", *CONFIG},
    "app.db": DB,
    "app.queue": QUEUE,
    "app.services": SERVICES,
    "app.web": WEB,
    "app.routes": ROUTES,
    "app.backup": {"app.backup", *QUEUE},
    "app.supervision": PROCESSES,
    "app.demo": {"app.demo", *PROCESSES, *WEB},
    "app.main": {"app.main", "app.processes", *ROUTES},
    "app.commands": COMMANDS,
    "app.__main__": {"app.__main__", *COMMANDS},
    "worker": {"worker", "app.processes", *CHILDREN, *QUEUE},
}

# What the worker may import of app by itself: all it says to the server, it says through queue.
WORKER_IMPORTS = {"app.domain", "app.queue", "app.errors", *CHILDREN}
MORE_OF_THE_WORKER = {
    "worker.__main__": {"app.db.engine", "app.db.upgrade", "app.config", "app.processes"},
    "worker.loop": {"app.db.engine", "app.config"},
    "worker.errands": set(),
    "worker.leases": {"app.db.engine", "app.config"},
    "worker.suggestions": {"app.db.engine"},
    "worker.faults": {"app.db.engine"},
    "worker.housekeeping": {"app.db.engine"},
    "worker.trust": {"app.db.engine"},
    "worker.runs.lease": {"app.db.engine"},
}


PRINT_PACKAGES = "print(','.join(sorted({name.split('.')[0] for name in sys.modules})))"


def sources(*rooms: str) -> list[Path]:
    return sorted(
        path
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if not {"__pycache__", "cases"} & set(path.parts)
    )


def imports(path: Path) -> set[str]:
    """Everything a file imports, at its head or inside its functions, by full name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules() -> dict[str, Path]:
    """Our modules by name. What a bundle takes along runs elsewhere and is none of them."""
    found = {}
    for path in sources("app", "worker"):
        if not path.is_relative_to(ROOT / "worker" / "bundles" / "files"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


def with_packages(module: str) -> set[str]:
    """A module and the packages it lies in: importing it runs them, too."""
    parts = module.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)}


def import_graph() -> dict[str, set[str]]:
    """For each of our modules, those of ours that it imports."""
    graph = {}
    for module, path in MODULES.items():
        imported = {package for name in imports(path) for package in with_packages(name)}
        graph[module] = imported & set(MODULES)
    return graph


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    """What a module imports, and what that imports, to the end."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def layer_of(module: str) -> str:
    """app.domain.split -> app.domain; worker.loop -> worker."""
    package, *rest = module.split(".")
    return f"app.{rest[0]}" if package == "app" and rest else package


GRAPH = import_graph()


def lies_in(module: str, packages: set[str]) -> bool:
    return not packages.isdisjoint(with_packages(module))


@cache
def of_others(path: Path) -> set[str]:
    """The packages of others that a file imports."""
    tops = {imported.split(".")[0] for imported in imports(path)}
    return tops - {"app", "worker"} - sys.stdlib_module_names


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("layer", sorted({layer_of(module) for module in MODULES}))
def test_a_layer_reaches_only_the_layers_below_it(layer):
    wrong = {}
    for module in MODULES:
        if layer_of(module) == layer:
            reached = {layer_of(other) for other in reachable(GRAPH, module)}
            too_high = reached - {"app"} - MAY_REACH[layer]
            if too_high:
                wrong[module] = sorted(too_high)

    assert wrong == {}


def test_app_never_reaches_what_only_the_worker_needs():
    wrong = {}
    for module in MODULES:
        if layer_of(module) != "worker":
            reached = {module, *reachable(GRAPH, module)}
            heavy = {heavy for other in reached for heavy in of_others(MODULES[other]) & HEAVY}
            if heavy:
                wrong[module] = sorted(heavy)

    assert wrong == {}


def test_the_domain_imports_the_standard_library_and_numbers_alone():
    others = {
        module: of_others(path) - OF_THE_DOMAIN
        for module, path in MODULES.items()
        if layer_of(module) == "app.domain"
    }

    assert {module: found for module, found in others.items() if found} == {}


def test_the_worker_speaks_to_the_server_through_queue_alone():
    wrong = {}
    for module in MODULES:
        if layer_of(module) == "worker":
            allowed = WORKER_IMPORTS | MORE_OF_THE_WORKER.get(module, set())
            of_app = {other for other in GRAPH[module] if layer_of(other) not in ("worker", "app")}
            packages = {"app.db"}  # which engine and upgrade lie in
            others = {other for other in of_app - packages if not lies_in(other, allowed)}
            if others:
                wrong[module] = sorted(others)

    assert wrong == {}


def test_only_a_few_files_of_the_worker_know_sqlalchemy():
    users = {
        module
        for module, path in MODULES.items()
        if layer_of(module) == "worker" and "sqlalchemy" in of_others(path)
    }

    assert users <= set(MORE_OF_THE_WORKER)


def test_an_import_is_followed_to_its_end():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}

    assert reachable(graph, "a") == {"a", "b", "c"}
    assert reachable(graph, "d") == set()


def test_routes_neither_query_nor_commit():
    for path in sources("app/routes"):
        text = path.read_text()
        assert "select(" not in text, name(path)
        assert ".commit(" not in text, name(path)


def test_one_line_heads_each_module():
    texts = {name(path): path.read_text() for path in sources("app", "worker", "tests")}

    headless = [
        file
        for file, text in texts.items()
        if text.strip() and not ast.get_docstring(ast.parse(text))
    ]

    assert not headless, "\n".join(headless)


def test_files_and_functions_stay_short():
    too_long = []
    for path in sources("app", "worker"):
        text = path.read_text()
        if text.count("\n") > 300:
            too_long.append(f"{name(path)} is two of something")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 40:
                    too_long.append(f"{name(path)}: {node.name} has {length} lines")

    assert not too_long, "\n".join(too_long)


def test_templates_hold_no_scripts_no_styles_and_say_what_they_need():
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        if not text.startswith("{#"):
            wrong.append(f"{name(path)} does not say at its top what it needs")
        for pattern in (r"<script(?![^>]*\bsrc=)", "<style", r"\s(style|on[a-z]+)="):
            if re.search(pattern, text):
                wrong.append(f"{name(path)} has {pattern}")

    assert not wrong, "\n".join(wrong)


def test_nothing_is_fetched_from_elsewhere():
    addresses = {}
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").iterdir()]:
        found = re.findall(r"https?://[^\s\"')]+", path.read_text())
        elsewhere = [address for address in found if "www.w3.org" not in address]
        if elsewhere:
            addresses[name(path)] = elsewhere

    assert addresses == {}


def test_the_server_starts_without_the_heavy_libraries():
    script = f"import sys, app.main; {PRINT_PACKAGES}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.strip().split(","))
    assert loaded & {*HEAVY, "scipy", "plotly", "worker"} == set()


def test_the_worker_itself_starts_without_tensorflow():
    script = f"import sys, worker.__main__; {PRINT_PACKAGES}"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (
        set(done.stdout.strip().split(","))
        & {"tensorflow", "keras", "hyperopt", "sklearn", "numba"}
        == set()
    )
