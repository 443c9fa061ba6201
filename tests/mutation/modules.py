"""Which modules get faults, and which tests have to notice them: the mirrored one first."""

from pathlib import Path

from tests.test_mirrored_paths import COVERED_ELSEWHERE

ROOT = Path(__file__).parents[2]
FOLDERS = ("app/queue", "worker/runs")
# Tests elsewhere that are quick and use much of a folder.
OTHER_TESTS = {
    "app/queue": ("tests/worker/runs/test_runner.py",),
    "worker/runs": ("tests/worker/custom/test_training.py",),
}


def find_modules(names: list[str]) -> list[str]:
    """The modules of these folders or files, relative to the root."""
    modules = []
    for name in names or FOLDERS:
        path = ROOT / name
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        modules += [str(file.relative_to(ROOT)) for file in files if file.name != "__init__.py"]
    return modules


def find_tests(module: str) -> list[str]:
    """The test files that are run for a module, in this order until one fails."""
    path = Path(module)
    folder = Path("tests") / path.parent
    own_tests = COVERED_ELSEWHERE.get(module, str(folder / f"test_{path.name}"))
    neighbours = sorted((ROOT / folder).glob("test_*.py"))
    tests = [str(neighbour.relative_to(ROOT)) for neighbour in neighbours]
    tests += OTHER_TESTS.get(str(path.parent), ())
    others = [test for test in tests if test != own_tests]
    if not (ROOT / own_tests).exists():  # its whole folder is covered by one file
        return others
    return [own_tests, *others]
