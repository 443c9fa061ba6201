"""Which modules of ours go into a bundle: those that read a CSV, under their own names."""

from pathlib import Path

BUNDLED_PACKAGES = ("app.domain.csv_reading",)  # they import nothing of ours but each other

ROOT = Path(__file__).resolve().parents[2]  # the folder of app and worker


def bundled_modules() -> list[Path]:
    """The source files to copy, relative to ROOT and to the bundle's folder alike."""
    modules: set[Path] = set()
    for package in BUNDLED_PACKAGES:
        names = package.split(".")
        folder = ROOT.joinpath(*names)
        modules.update(folder.rglob("*.py"))
        while folder.parent != ROOT:
            folder = folder.parent
            modules.add(folder / "__init__.py")
    relative = [path.relative_to(ROOT) for path in modules]
    return sorted(relative)
