"""Predicts the next value of a series with the model beside this file. Needs tensorflow, numpy and pandas.

    python predict.py new.csv                    prints the next value, writes predictions.csv
    python predict.py new.csv --output out.csv   writes somewhere else
    python predict.py --check                    compares with the test vectors this bundle came with

`new.csv` has the columns of the CSV the model was trained on, oldest or newest row first.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from reading.dialect import Dialect  # noqa: E402
from reading.series import SeriesError  # noqa: E402
from reading.table import read_table  # noqa: E402

TOLERANCE = 1e-5


def main() -> None:
    """Read the arguments and say what comes next."""
    parser = argparse.ArgumentParser(description="Predict the next value of a series.")
    parser.add_argument("csv", nargs="?", help="CSV with the columns the model was trained on")
    parser.add_argument(
        "--output", default="predictions.csv", help="where to write the predictions"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the test vectors of this bundle"
    )
    arguments = parser.parse_args()
    settings = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))
    if not arguments.check and not arguments.csv:
        parser.error("name a CSV, or --check")
    source = HERE / "test_vectors.csv" if arguments.check else Path(arguments.csv)
    predictions = predict(read(source, settings), settings)
    if arguments.check:
        check(predictions)
        return
    predictions.to_csv(arguments.output, index=False)
    print(f"Next {settings['windows']['target']}: {predictions['predicted'].iloc[-1]:.6g}")
    print(
        f"{len(predictions)} predictions written to {arguments.output}; the last row is the next value."
    )


def read(path: Path, settings: dict[str, Any]) -> pd.DataFrame:
    """The feature columns, float64, indexed by date, oldest row first."""
    columns = settings["windows"]["columns"]
    if not path.is_file():
        sys.exit(f"There is no file {path}.")
    written = {name: value for name, value in settings["dialect"].items() if name != "columns"}
    try:
        table = read_table(path.read_bytes(), Dialect(**written))
    except SeriesError as error:
        sys.exit(f"{path} cannot be read like the CSV this model was trained on. {error}")
    missing = [name for name in columns if name not in table.numbers.columns]
    if missing:
        there = ", ".join(table.number_columns)
        sys.exit(
            f"{path} lacks the columns {', '.join(missing)}. Its columns of numbers are: {there}."
        )
    values: pd.DataFrame = table.numbers[columns]
    if table.dates is not None:
        values = values.set_axis(table.dates, axis="index")[
            table.dates.notna().to_numpy()
        ].sort_index(kind="stable")
        values = values[~values.index.duplicated(keep="last")]
    complete = values.dropna()
    if len(complete) < table.rows:
        print(
            f"{table.rows - len(complete)} rows without a date or value, or of one date, were left out.",
            file=sys.stderr,
        )
    return complete


def predict(values: pd.DataFrame, settings: dict[str, Any]) -> pd.DataFrame:
    """One prediction for every row that has a whole window before it, and one for the row to come."""
    import keras

    windows = settings["windows"]
    steps, first = windows["time_steps"], 0 if windows["transform"] == "level" else 1
    start = first + steps
    if len(values) < start:
        sys.exit(f"The model looks back {start} rows, and the CSV has only {len(values)}.")
    inputs = scaled_inputs(values.to_numpy(), windows)
    view = np.lib.stride_tricks.sliding_window_view(inputs[first:], steps, axis=0).transpose(
        0, 2, 1
    )
    parts = own_parts()
    model = keras.saving.load_model(
        HERE / "model.keras", parts, compile=False, safe_mode=parts is None
    )
    output = np.asarray(
        model.predict(np.ascontiguousarray(view), batch_size=512, verbose=0), "float64"
    ).reshape(-1)
    target = values[windows["target"]].to_numpy()
    predicted = unscaled(output, target[start - 1 :], windows)
    return pd.DataFrame(
        {
            "date": [*values.index[start:].astype(str), "next"],
            "actual": [*target[start:], np.nan],
            "predicted": predicted,
        }
    )


def own_parts() -> dict[str, Any] | None:
    """Layers and functions of the network's own, from the network.py beside this file; None for a stock network."""
    if not (HERE / "network.py").is_file():
        return None
    return {
        name: part
        for name, part in vars(importlib.import_module("network")).items()
        if callable(part)
    }


def scaled_inputs(values: np.ndarray, windows: dict[str, Any]) -> np.ndarray:
    """What the network reads: float32, same shape; the first row is meaningless where rows are differenced."""
    if windows["transform"] != "level":
        logs = np.asarray(windows["log_columns"], bool)
        values = np.where(logs, np.log(np.where(logs, values, 1.0)), values)
        values = np.diff(values, axis=0, prepend=values[:1])
    offset, scale = np.asarray(windows["input_offset"]), np.asarray(windows["input_scale"])
    scaled: np.ndarray = ((values - offset) / scale).astype("float32")
    return scaled


def unscaled(output: np.ndarray, before: np.ndarray, windows: dict[str, Any]) -> np.ndarray:
    """Network output to the units of the CSV; `before` is the target one row earlier."""
    value: np.ndarray = output * windows["target_scale"] + windows["target_offset"]
    if windows["transform"] == "difference":
        value = before + value
    if windows["transform"] == "log_return":
        value = before * np.exp(value)
    return value


def check(predictions: pd.DataFrame) -> None:
    """Stop with an error unless the predictions are those this model was judged by."""
    expected = np.asarray(
        json.loads((HERE / "test_vectors.json").read_text(encoding="utf-8"))["predicted"]
    )
    found = predictions["predicted"].to_numpy()[:-1]
    if len(found) != len(expected):
        sys.exit(f"{len(found)} predictions were made where {len(expected)} were expected.")
    worst = float(np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 1e-12)))
    if not worst <= TOLERANCE:
        sys.exit(f"The predictions differ from the stored forecast by up to {worst:.2g} relative.")
    print(
        f"{len(found)} predictions equal the stored forecast (largest relative difference {worst:.1g})."
    )


if __name__ == "__main__":
    main()
