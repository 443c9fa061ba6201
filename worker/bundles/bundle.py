"""The bundle: a zip that predicts on its own, run once before it is handed over."""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

from app.queue.bundles import BundleSource
from worker.bundles.contents import BundleContents, contents_of
from worker.bundles.manifest import ROOT, bundled_modules
from worker.bundles.readme import render_readme
from worker.bundles.vectors import write_test_vectors

FILES = Path(__file__).parent / "files"
PREDICT_SCRIPT = "predict.py"
SCRIPTS = (PREDICT_SCRIPT, "reading.py", "forecasting.py")
CHECK_TIMEOUT_SECONDS = 300
PACKAGES = ("numpy", "pandas")
PACKAGES_OF_NETWORKS = ("tensorflow", "keras")


class BundleError(Exception):
    """The bundle does not predict what was stored; why, in words."""


def bundle_trial(source: BundleSource) -> bytes:
    """The checked zip of a stored trial. Raises BundleError and ForeignCode."""
    contents = contents_of(source)
    return make_bundle(contents)


def make_bundle(contents: BundleContents) -> bytes:
    """The checked zip.

    Raises BundleError when its predictions differ from the stored forecast.
    """
    with tempfile.TemporaryDirectory(prefix="foretune-bundle-") as name:
        folder = Path(name)
        for member in contents.members:
            member.write_files(folder, is_alone=contents.is_single)
        _write_code(folder)
        _write_texts(folder, contents)
        write_test_vectors(folder, contents)
        _check_predictions(folder)
        return _zip_folder(folder)


def _write_code(folder: Path) -> None:
    for script in SCRIPTS:
        shutil.copyfile(FILES / script, folder / script)
    for module in bundled_modules():
        copy = folder / module
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / module, copy)


def _write_texts(folder: Path, contents: BundleContents) -> None:
    packages: tuple[str, ...] = PACKAGES
    if contents.has_network:
        packages = (*PACKAGES_OF_NETWORKS, *PACKAGES)
    requirements = ""
    for package in packages:
        requirements += f"{package}=={version(package)}\n"
    texts = {
        "settings.json": json.dumps(contents.settings, indent=2),
        "trial.json": json.dumps(contents.record, indent=2),
        "requirements.txt": requirements,
        "README.md": render_readme(contents),
    }
    for name, text in texts.items():
        file = folder / name
        file.write_text(text, encoding="utf-8")


def _check_predictions(folder: Path) -> None:
    """Run the bundle as its owner will: another process, with nothing of ours on its path."""
    environment = {}
    for name, value in os.environ.items():
        if not name.startswith("PYTHON"):
            environment[name] = value
    try:
        completed = subprocess.run(
            [sys.executable, "-I", str(folder / PREDICT_SCRIPT), "--check"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=CHECK_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BundleError(
            f"The bundle did not finish its check within {CHECK_TIMEOUT_SECONDS} seconds."
        ) from None
    exit_code = completed.returncode
    if exit_code != 0:
        reason = _last_line(completed.stderr)
        raise BundleError(reason or f"The bundle's check ended with exit code {exit_code}.")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    if not lines:
        return ""
    return lines[-1]


def _zip_folder(folder: Path) -> bytes:
    buffer = io.BytesIO()
    paths = sorted(folder.rglob("*"))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            is_source = path.is_file() and path.suffix != ".pyc"
            if is_source:
                name = path.relative_to(folder)
                archive.write(path, name)
    return buffer.getvalue()
