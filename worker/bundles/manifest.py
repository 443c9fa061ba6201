"""Which modules of ours go into a bundle, under their own names: what reads a CSV and forecasts."""

from pathlib import Path

# They import nothing of ours but each other.
BUNDLED_PACKAGES = ("app.domain.csv_reading", "worker.baselines.recursions")
BUNDLED_MODULES = (
    "app.domain.calendar_inputs",
    "app.domain.model_inputs",
    "app.domain.next_date",
    "app.domain.texts",
    "worker.baselines.ridge",
)

ROOT = Path(__file__).resolve().parents[2]  # the folder of app and worker


def bundled_modules() -> list[Path]:
    """The source files to copy, relative to ROOT and to the bundle's folder alike."""
    modules: set[Path] = set()
    for package in BUNDLED_PACKAGES:
        names = package.split(".")
        folder = ROOT.joinpath(*names)
        modules.update(folder.rglob("*.py"))
        modules.update(_packages_above(folder))
    for module in BUNDLED_MODULES:
        names = module.split(".")
        file = ROOT.joinpath(*names).with_suffix(".py")
        modules.add(file)
        modules.update(_packages_above(file))
    relative = [path.relative_to(ROOT) for path in modules]
    return sorted(relative)


def _packages_above(path: Path) -> list[Path]:
    """The `__init__.py` of each package that a module or package is in."""
    inits = []
    folder = path.parent
    while folder != ROOT:
        inits.append(folder / "__init__.py")
        folder = folder.parent
    return inits
