"""Predict the next value of a series with the model beside this file.

    python predict.py new.csv                    prints the next value, writes predictions.csv
    python predict.py new.csv --output out.csv   writes another file
    python predict.py --check                    compares predictions with the stored forecast

`new.csv` has the columns of the CSV the model was trained on; the oldest or the newest row comes
first. Needs tensorflow, numpy and pandas.
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

from app.domain.csv_reading.dialect import Dialect  # noqa: E402
from app.domain.csv_reading.series import SeriesError  # noqa: E402
from app.domain.csv_reading.table import Table, read_table  # noqa: E402

TOLERANCE = 1e-5  # relative
BATCH_SIZE = 512


def main() -> None:
    """Predict from the CSV named on the command line, or check the bundle."""
    parser = argument_parser()
    arguments = parser.parse_args()
    settings = json.loads((HERE / "settings.json").read_text(encoding="utf-8"))
    if arguments.check:
        check(predict(read_series(HERE / "test_vectors.csv", settings), settings))
    elif arguments.csv:
        predictions = predict(read_series(Path(arguments.csv), settings), settings)
        report(predictions, settings["windows"]["target"], arguments.output)
    else:
        parser.error("name a CSV, or --check")


def argument_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(description="Predict the next value of a series.")
    parser.add_argument("csv", nargs="?", help="CSV with the columns the model was trained on")
    parser.add_argument(
        "--output", default="predictions.csv", help="where to write the predictions"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the test vectors of this bundle"
    )
    return parser


def read_series(path: Path, settings: dict[str, Any]) -> pd.DataFrame:
    """The feature columns, float64, indexed by date where there are dates, oldest row first."""
    columns = settings["windows"]["columns"]
    table = read_csv(path, settings["dialect"])
    missing = [name for name in columns if name not in table.numbers.columns]
    if missing:
        available = ", ".join(table.number_columns)
        sys.exit(
            f"{path} lacks the columns {', '.join(missing)}."
            f" Its columns of numbers are: {available}."
        )
    values: pd.DataFrame = table.numbers[columns]
    if table.dates is not None:
        values = sort_by_date(values, table.dates)
    complete = values.dropna()
    n_dropped = table.rows - len(complete)
    if n_dropped:
        print(
            f"{n_dropped} rows without a date or value, or of one date, were left out.",
            file=sys.stderr,
        )
    return complete


def read_csv(path: Path, dialect: dict[str, Any]) -> Table:
    """The CSV, read like the one the model was trained on."""
    if not path.is_file():
        sys.exit(f"There is no file {path}.")
    fields = {name: value for name, value in dialect.items() if name != "columns"}
    try:
        return read_table(path.read_bytes(), Dialect(**fields))
    except SeriesError as error:
        sys.exit(f"{path} cannot be read like the CSV this model was trained on. {error}")


def sort_by_date(values: pd.DataFrame, dates: "pd.Series[pd.Timestamp]") -> pd.DataFrame:
    """The rows that have a date, oldest first; of rows with one date the last."""
    has_date = dates.notna().to_numpy()
    dated = values.set_axis(dates, axis="index")
    dated = dated[has_date].sort_index(kind="stable")
    is_repeated = dated.index.duplicated(keep="last")
    return dated[~is_repeated]


def predict(values: pd.DataFrame, settings: dict[str, Any]) -> pd.DataFrame:
    """One prediction for every row with enough rows before it, and one for the row to come."""
    windows = settings["windows"]
    first_row = 0
    if windows["transform"] != "level":
        first_row = 1  # differences begin with the second row
    rows_before = first_row + windows["time_steps"]
    if len(values) < rows_before:
        sys.exit(f"The model looks back {rows_before} rows, and the CSV has only {len(values)}.")
    inputs = scale_inputs(values.to_numpy(), windows)[first_row:]
    output = run_model(inputs, windows["time_steps"])
    target = values[windows["target"]].to_numpy()
    return pd.DataFrame(
        {
            "date": [*values.index[rows_before:].astype(str), "next"],
            "actual": [*target[rows_before:], np.nan],
            "predicted": unscale_output(output, target[rows_before - 1 :], windows),
        }
    )


def run_model(inputs: np.ndarray, time_steps: int) -> np.ndarray:
    """The network's output, float64 (windows,), for every window of inputs (rows, features)."""
    import keras

    windows = np.lib.stride_tricks.sliding_window_view(inputs, time_steps, axis=0)
    x = np.ascontiguousarray(windows.transpose(0, 2, 1))
    custom_objects = load_custom_objects()
    model = keras.saving.load_model(
        HERE / "model.keras", custom_objects, compile=False, safe_mode=custom_objects is None
    )
    output = model.predict(x, batch_size=BATCH_SIZE, verbose=0)
    return np.asarray(output, "float64").reshape(-1)


def load_custom_objects() -> dict[str, Any] | None:
    """Layers and functions from the network.py beside this file; None for a stock network."""
    if not (HERE / "network.py").is_file():
        return None
    network = importlib.import_module("network")
    return {name: value for name, value in vars(network).items() if callable(value)}


def scale_inputs(values: np.ndarray, windows: dict[str, Any]) -> np.ndarray:
    """What the network reads: float32 (rows, features), scaled as for training.

    The first row is meaningless where rows are differenced.
    """
    if windows["transform"] != "level":
        is_log = np.asarray(windows["log_columns"], bool)
        logarithms = np.log(np.where(is_log, values, 1.0))
        values = np.where(is_log, logarithms, values)
        values = np.diff(values, axis=0, prepend=values[:1])
    offset = np.asarray(windows["input_offset"])
    scale = np.asarray(windows["input_scale"])
    scaled: np.ndarray = ((values - offset) / scale).astype("float32")
    return scaled


def unscale_output(output: np.ndarray, before: np.ndarray, windows: dict[str, Any]) -> np.ndarray:
    """Network output in the units of the CSV; `before` is the target one row earlier."""
    values: np.ndarray = output * windows["target_scale"] + windows["target_offset"]
    if windows["transform"] == "difference":
        values = before + values
    elif windows["transform"] == "log_return":
        values = before * np.exp(values)
    return values


def report(predictions: pd.DataFrame, target: str, output: str) -> None:
    """Print the next value and write all predictions to a file."""
    predictions.to_csv(output, index=False)
    next_value = predictions["predicted"].iloc[-1]
    print(f"Next {target}: {next_value:.6g}")
    print(f"{len(predictions)} predictions written to {output}; the last row is the next value.")


def check(predictions: pd.DataFrame) -> None:
    """Exit with an error unless the predictions equal the stored forecast."""
    stored = json.loads((HERE / "test_vectors.json").read_text(encoding="utf-8"))
    expected = np.asarray(stored["predicted"])
    predicted = predictions["predicted"].to_numpy()[:-1]
    if len(predicted) != len(expected):
        sys.exit(f"{len(predicted)} predictions were made where {len(expected)} were expected.")
    differences = np.abs(predicted - expected) / np.maximum(np.abs(expected), 1e-12)
    largest = float(np.max(differences))
    if not largest <= TOLERANCE:  # also where it is not a number
        sys.exit(
            "The predictions differ from the stored forecast:"
            f" the largest relative difference is {largest:.2g}."
        )
    print(
        f"{len(predicted)} predictions equal the stored forecast"
        f" (largest relative difference {largest:.1g})."
    )


if __name__ == "__main__":
    main()
