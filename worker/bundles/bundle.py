"""The bundle: a zip that predicts on its own, run once in a process of its own before it is handed over."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.domain import csv_reading
from app.domain.csv_reading.dates import format_dates
from app.domain.csv_reading.series import Series

FILES = Path(__file__).parent / "files"
READING_FILES = Path(csv_reading.__file__).parent
READING = (
    "body",
    "checks",
    "date_detection",
    "dates",
    "dialect",
    "encoding",
    "findings",
    "layout",
    "numbers",
    "rows",
    "series",
    "table",
)  # how CSVs are read
CHECK_SECONDS = 300
PACKAGES = ("tensorflow", "keras", "numpy", "pandas")
Weights = Sequence[np.ndarray]


class BundleError(Exception):
    """The bundle does not predict what was stored; why, in words."""


@dataclass(frozen=True)
class Contents:
    """What goes into a bundle. `predicted`: the stored test forecast, for the rows `test` of the series."""

    title: str
    trial: Mapping[str, Any]  # name, parameters, metrics, data: trial.json
    windows: Mapping[str, Any]  # worker.windows.Prepared.settings
    dialect: Mapping[str, Any]  # how the dataset's CSV is read
    series: Series
    test: range
    predicted: np.ndarray


def make(contents: Contents, write_model: Callable[[Path], None]) -> bytes:
    """The checked zip; `write_model` writes the model's .keras file.

    Raises BundleError when its predictions differ from the stored forecast.
    """
    with tempfile.TemporaryDirectory(prefix="foretune-bundle-") as folder:
        place = Path(folder)
        write_model(place / "model.keras")
        _write_texts(place, contents)
        _write_vectors(place, contents)
        _check(place)
        return _zip(place)


def built_in(
    parameters: Mapping[str, Any], features: int, weights: Weights
) -> Callable[[Path], None]:
    """Writes the built-in network with these weights."""

    def write(path: Path) -> None:
        from worker.network import NetworkConfig, build_trained_model

        config = NetworkConfig.from_parameters(parameters)
        build_trained_model(config, features, weights).save(path)

    return write


def as_saved(model: bytes, definitions: str) -> Callable[[Path], None]:
    """Writes a model that was kept as a .keras file, and beside it the program's own parts it is made of.

    Raises BundleError where Keras could not save it.
    """

    def write(path: Path) -> None:
        from worker.custom.evaluator import is_saved_model

        if not is_saved_model(model):
            raise BundleError(model.decode())
        path.write_bytes(model)
        if definitions:
            path.with_name("network.py").write_text(definitions, encoding="utf-8")

    return write


def _write_texts(place: Path, contents: Contents) -> None:
    settings = {
        "windows": contents.windows,
        "dialect": contents.dialect,
    }
    (place / "settings.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")
    (place / "trial.json").write_text(json.dumps(contents.trial, indent=2), encoding="utf-8")
    (place / "predict.py").write_text(
        (FILES / "predict.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (place / "reading").mkdir()
    for name in READING:
        text = (
            (READING_FILES / f"{name}.py")
            .read_text(encoding="utf-8")
            .replace("from app.domain.csv_reading", "from reading")
        )
        (place / "reading" / f"{name}.py").write_text(text, encoding="utf-8")
    pins = "".join(f"{package}=={version(package)}\n" for package in PACKAGES)
    (place / "requirements.txt").write_text(pins, encoding="utf-8")
    (place / "README.md").write_text(_readme(contents), encoding="utf-8")


def _readme(contents: Contents) -> str:
    metrics, windows = contents.trial["metrics"], contents.windows
    rows = [
        f"| {name} | {_number(metrics['validation'][name])} | {_number(metrics['test'][name])} |"
        for name in ("rmse", "mae", "mape", "skill")
    ]
    return (
        (FILES / "README.md")
        .read_text(encoding="utf-8")
        .format(
            title=contents.title,
            verdict=_verdict(metrics["test"]["skill"]),
            target=windows["target"],
            columns=", ".join(windows["columns"]),
            look_back=windows["time_steps"] + 1,
            best_epoch=contents.trial["best_epoch"],
            metrics="\n".join(rows),
        )
    )


def _verdict(skill: float | None) -> str:
    if skill is None:
        return "There is no baseline to compare with on the test part."
    if skill > 0:
        return f'On the test part it beats "tomorrow = today": its error is {skill:.1%} smaller.'
    return (
        f'On the test part it does not beat "tomorrow = today": its error is {-skill:.1%} larger.'
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _write_vectors(place: Path, contents: Contents) -> None:
    """The test rows and what their windows look back on, written the way the dataset's own CSV is."""
    first = 0 if contents.windows["transform"] == "level" else 1
    start = contents.test.start - contents.windows["time_steps"] - first
    rows = slice(start, contents.test.stop)
    series, dialect = contents.series, contents.dialect
    table = pd.DataFrame(
        dict.fromkeys(contents.dialect["columns"], ""), index=range(contents.test.stop - start)
    )
    for place_of, name in enumerate(series.columns):
        table[name] = series.values[rows, place_of]
    if dialect["date_column"]:
        table[dialect["date_column"]] = format_dates(
            pd.DatetimeIndex(series.dates[rows]), dialect["date_format"]
        )
    table.to_csv(
        place / "test_vectors.csv",
        sep=dialect["separator"],
        decimal=dialect["decimal"],
        encoding=dialect["encoding"],
        header=bool(dialect["has_header"]),
        index=False,
    )
    expected = {"predicted": [float(value) for value in contents.predicted]}
    (place / "test_vectors.json").write_text(json.dumps(expected), encoding="utf-8")


def _check(place: Path) -> None:
    """Run the bundle as its owner will: another process, this folder, nothing of ours on its path."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    command = [sys.executable, "-I", str(place / "predict.py"), "--check"]
    try:
        done = subprocess.run(  # the command is ours
            command,
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=CHECK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BundleError(
            f"The bundle did not finish its check within {CHECK_SECONDS} seconds."
        ) from None
    if done.returncode != 0:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise BundleError(
            said[-1] if said else f"The bundle's check ended with exit code {done.returncode}."
        )


def _zip(place: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(place.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                archive.write(path, path.relative_to(place))
    return buffer.getvalue()
