"""Predict the next value of a series with the model beside this file.

    python predict.py new.csv                    prints the next value, writes predictions.csv
    python predict.py new.csv --output out.csv   writes another file
    python predict.py --check                    compares predictions with the stored forecast

`new.csv` has the columns of the CSV the model was trained on; the oldest or the newest row comes
first. Needs what requirements.txt names. Where the model is a mean of several members, each of them
has a column in predictions.csv.

Where a network.py lies beside this file, it is run, because the network has layers of its own. If
that file says HAS_LAMBDA_LAYERS = True, model.keras holds Python code as well: Keras runs it only
with its safe mode off, so safe mode is off for that model, and for no other. Treat such a bundle as
a program: use it only if you trust whoever made it.
"""

import argparse
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

from forecasting import History, find_first_row, forecast_member  # noqa: E402

from app.domain.csv_reading.dialect import Dialect  # noqa: E402
from app.domain.csv_reading.findings import FindingKind  # noqa: E402
from app.domain.csv_reading.series import SeriesError  # noqa: E402
from app.domain.csv_reading.table import Table, read_table  # noqa: E402
from app.domain.next_date import append_next_date  # noqa: E402

TOLERANCE = 1e-5  # relative


def main() -> None:
    """Predict from the CSV named on the command line, or check the bundle."""
    parser = argument_parser()
    arguments = parser.parse_args()
    settings = read_json(HERE / "settings.json")
    if arguments.check:
        vectors = read_json(HERE / "test_vectors.json")
        series = read_series(HERE / "test_vectors.csv", settings, vectors["dialect"])
        predictions = predict(series, settings)
        check(predictions, vectors["predicted"])
    elif arguments.csv:
        series = read_series(Path(arguments.csv), settings, settings["dialect"])
        predictions = predict(series, settings)
        report(predictions, settings["target"], arguments.output)
    else:
        parser.error("name a CSV, or --check")


def read_json(path: Path) -> Any:
    """What a JSON file holds."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text)


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


def read_series(path: Path, settings: dict[str, Any], dialect: dict[str, Any]) -> pd.DataFrame:
    """The feature columns, float64, indexed by date where there are dates, oldest row first."""
    columns = settings["columns"]
    table = read_csv(path, dialect)
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
    content = path.read_bytes()
    try:
        table = read_table(content, Dialect.from_document(dialect))
    except SeriesError as error:
        sys.exit(f"{path} cannot be read like the CSV this model was trained on. {error}")
    for finding in table.findings:
        if finding.kind == FindingKind.SERIES:
            sys.exit(
                f"The CSV this model was trained on had one series. {finding.message}"
                f" Send the rows of that one alone: {path} has the rows of all."
            )
    return table


def sort_by_date(values: pd.DataFrame, dates: "pd.Series[pd.Timestamp]") -> pd.DataFrame:
    """The rows that have a date, oldest first; of rows with one date the last."""
    has_date = dates.notna().to_numpy()
    by_date = values.set_axis(dates, axis="index")
    dated = by_date[has_date]
    ordered = dated.sort_index(kind="stable")
    is_repeated = ordered.index.duplicated(keep="last")
    return ordered[~is_repeated]


def predict(values: pd.DataFrame, settings: dict[str, Any]) -> pd.DataFrame:
    """One prediction for every row with enough rows before it, and one for the row to come.

    The prediction is the weighted mean of the members'. Where there are several, each has a column.
    """
    members = settings["members"]
    rows_before = max(member["rows_before"] for member in members)
    if len(values) < rows_before:
        sys.exit(f"The model looks back {rows_before} rows, and the CSV has only {len(values)}.")
    target = values[settings["target"]].to_numpy()
    history = History(values.to_numpy(), target, find_dates(values))
    first_row = max(find_first_row(member, history) for member in members)
    rows = np.arange(max(first_row, rows_before), len(values) + 1)
    table: dict[str, Any] = {
        "date": [*values.index[rows[0] :].astype(str), "next"],
        "actual": [*target[rows[0] :], np.nan],
        "predicted": np.zeros(len(rows)),
    }
    for member in members:
        forecast = forecast_member(member, history, rows)
        table["predicted"] = table["predicted"] + member["weight"] * forecast
        if len(members) > 1:
            table[member["name"]] = forecast
    return pd.DataFrame(table)


def find_dates(values: pd.DataFrame) -> "np.ndarray | None":
    """The dates of the rows and of the row to come; None where rows have no dates."""
    if not isinstance(values.index, pd.DatetimeIndex):
        return None
    dates = values.index.to_numpy().astype("datetime64[us]")
    return append_next_date(dates)


def report(predictions: pd.DataFrame, target: str, output: str) -> None:
    """Print the next value and write all predictions to a file."""
    predictions.to_csv(output, index=False)
    predicted = predictions["predicted"]
    next_value = predicted.iloc[-1]
    n_predictions = len(predictions)
    print(f"Next {target}: {next_value:.6g}")
    print(f"{n_predictions} predictions written to {output}; the last row is the next value.")


def check(predictions: pd.DataFrame, stored: list[float]) -> None:
    """Exit with an error unless the predictions equal the stored forecast."""
    expected = np.asarray(stored)
    predicted = predictions["predicted"].to_numpy()
    predicted = predicted[:-1]  # without the row to come
    n_predicted = len(predicted)
    n_expected = len(expected)
    if n_predicted != n_expected:
        sys.exit(f"{n_predicted} predictions were made where {n_expected} were expected.")
    spread = max(float(np.std(expected)), 1e-12)  # the size of forecasts that cross zero
    sizes = np.maximum(np.abs(expected), spread)
    differences = np.abs(predicted - expected) / sizes
    largest = float(np.max(differences))
    if not largest <= TOLERANCE:  # also where it is not a number
        sys.exit(
            "The predictions differ from the stored forecast:"
            f" the largest relative difference is {largest:.2g}."
        )
    print(
        f"{n_predicted} predictions equal the stored forecast"
        f" (largest relative difference {largest:.1g})."
    )


if __name__ == "__main__":
    main()
