"""Predict what comes next in a series with the model beside this file.

    python predict.py new.csv   prints the rows to come, writes future.csv and predictions.csv
    python predict.py new.csv --output out.csv --future next.csv   writes other files
    python predict.py --check   compares predictions with the stored forecast

future.csv has the rows to come with their dates, and bands around them that should hold 80 % and
95 % of what will happen. predictions.csv has a prediction of each row from the rows before it.

`new.csv` has the columns of the CSV the model was trained on; the oldest or the newest row comes
first. Where columns are known ahead, it ends with the rows to come: these columns filled in, the
target left empty. Needs what requirements.txt names. Where the model is a mean of several members,
each of them has a column in predictions.csv.

Where a network.py lies beside this file, it is run, because the network has layers of its own. If
that file says HAS_LAMBDA_LAYERS = True, model.keras holds Python code as well: Keras runs it only
with its safe mode off, so safe mode is off for that model, and for no other. Treat such a bundle as
a program: use it only if you trust whoever made it.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from forecasting import History, find_first_row, forecast_member  # noqa: E402
from reading import Rows, read_series, require_known_ahead  # noqa: E402

from app.domain.next_date import append_next_dates  # noqa: E402

TOLERANCE = 1e-5  # relative


@dataclass(frozen=True)
class Forecasts:
    """What is predicted from each of some rows on, in the units of the CSV.

    rows: the first row of each forecast. mean: the weighted mean of the members, float64
    (rows, horizon). by_member: theirs, by name.
    """

    rows: np.ndarray
    mean: np.ndarray
    by_member: dict[str, np.ndarray]


def main() -> None:
    """Predict from the CSV named on the command line, or check the bundle."""
    parser = argument_parser()
    arguments = parser.parse_args()
    settings = read_json(HERE / "settings.json")
    if arguments.check:
        vectors = read_json(HERE / "test_vectors.json")
        rows = read_series(HERE / "test_vectors.csv", settings, vectors["dialect"])
        check(read_history(rows, settings), settings, vectors)
    elif arguments.csv:
        rows = read_series(Path(arguments.csv), settings, settings["dialect"])
        require_known_ahead(rows, settings)
        history = read_history(rows, settings)
        forecasts = forecast(history, settings, list_origins(history, settings))
        predictions = tabulate_predictions(rows.values, history, forecasts)
        future = tabulate_future(rows.values, history, settings, forecasts.mean[-1])
        report(predictions, future, settings["target"], arguments)
    else:
        parser.error("name a CSV, or --check")


def read_json(path: Path) -> Any:
    """What a JSON file holds."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text)


def argument_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(description="Predict what comes next in a series.")
    parser.add_argument("csv", nargs="?", help="CSV with the columns the model was trained on")
    parser.add_argument(
        "--output", default="predictions.csv", help="where to write the predictions"
    )
    parser.add_argument(
        "--future", default="future.csv", help="where to write the rows to come, with their bands"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the test vectors of this bundle"
    )
    return parser


def read_history(rows: Rows, settings: dict[str, Any]) -> History:
    """The rows of the CSV, with the dates of the rows to come. Exits where they are too few."""
    values = rows.values
    horizon = settings["horizon"]
    rows_before = max(member["rows_before"] for member in settings["members"])
    if len(values) < rows_before:
        sys.exit(f"The model looks back {rows_before} rows, and the CSV has only {len(values)}.")
    target = values[settings["target"]].to_numpy()
    known_ahead = {}
    for name in settings["known_ahead"]:
        known = np.concatenate([values[name], rows.ahead[name], np.full(horizon, np.nan)])
        known_ahead[name] = known[: len(values) + horizon]
    dates = find_dates(rows, horizon)
    return History(values.to_numpy(), target, dates, horizon, known_ahead)


def find_dates(rows: Rows, horizon: int) -> "np.ndarray | None":
    """The dates of the rows and of the rows to come; None where rows have no dates."""
    if not isinstance(rows.values.index, pd.DatetimeIndex):
        return None
    index = rows.values.index.append(rows.ahead.index[:horizon])
    dates = index.to_numpy().astype("datetime64[us]")
    return append_next_dates(dates, len(rows.values) + horizon - len(dates))


def list_origins(history: History, settings: dict[str, Any]) -> np.ndarray:
    """Every row with enough rows before it, and the one to come: where forecasts can begin."""
    members = settings["members"]
    first_row = max(find_first_row(member, history) for member in members)
    rows_before = max(member["rows_before"] for member in members)
    return np.arange(max(first_row, rows_before), len(history.target) + 1)


def forecast(history: History, settings: dict[str, Any], rows: np.ndarray) -> Forecasts:
    """What the members predict from these rows on, and the weighted mean of that."""
    members = settings["members"]
    mean = np.zeros((len(rows), history.horizon))
    by_member = {}
    for member in members:
        predicted = forecast_member(member, history, rows)
        mean = mean + member["weight"] * predicted
        by_member[member["name"]] = predicted
    return Forecasts(rows, mean, by_member)


def tabulate_predictions(
    values: pd.DataFrame, history: History, forecasts: Forecasts
) -> pd.DataFrame:
    """One prediction for each row, from the rows before it, and one for the row to come.

    Where there are several members, each has a column.
    """
    first_row = forecasts.rows[0]
    table: dict[str, Any] = {
        "date": [*values.index[first_row:].astype(str), "next"],
        "actual": [*history.target[first_row:], np.nan],
        "predicted": forecasts.mean[:, 0],
    }
    if len(forecasts.by_member) > 1:
        for name, predicted in forecasts.by_member.items():
            table[name] = predicted[:, 0]
    return pd.DataFrame(table)


def tabulate_future(
    values: pd.DataFrame, history: History, settings: dict[str, Any], predicted: np.ndarray
) -> pd.DataFrame:
    """The rows to come, dated, with their bands; rows without dates are numbered on.

    predicted: float64 (horizon,). A band is empty where too few errors were known.
    """
    if history.dates is None:
        labels = values.index[-1] + history.steps
    else:
        labels = pd.DatetimeIndex(history.dates[-history.horizon :]).astype(str).to_numpy()
    table: dict[str, Any] = {"date": labels, "predicted": predicted}
    for level, half_widths in settings["bands"].items():
        widths = np.asarray(half_widths, float)  # None is not a number
        table[f"lower_{level}"] = predicted - widths
        table[f"upper_{level}"] = predicted + widths
    return pd.DataFrame(table)


def report(
    predictions: pd.DataFrame, future: pd.DataFrame, target: str, arguments: argparse.Namespace
) -> None:
    """Print the rows to come, and write them and all predictions to files."""
    predictions.to_csv(arguments.output, index=False)
    future.to_csv(arguments.future, index=False)
    n_predictions = len(predictions)
    n_next = len(future)
    if n_next == 1:
        print(f"Next {target}: {future['predicted'].iloc[0]:.6g}")
    else:
        print(f"Next {n_next} rows of {target}:")
        print(future.to_string(index=False, float_format="{:.6g}".format, na_rep="-"))
    print(
        f"{n_predictions} predictions written to {arguments.output}; the last row is the next"
        " value."
    )
    print(f"What comes next written to {arguments.future}: {n_next} rows with 80 % and 95 % bands.")


def check(history: History, settings: dict[str, Any], vectors: dict[str, Any]) -> None:
    """Exit with an error unless the predictions equal the stored forecast, at every step."""
    expected = np.asarray(vectors["predicted"]).reshape(-1, history.horizon)
    origins = list_origins(history, settings)
    n_origins = len(origins) - history.horizon  # whose rows are all known
    rows = origins[:n_origins][:: vectors["interval"]]
    n_expected = len(expected)
    if len(rows) != n_expected:
        sys.exit(f"{len(rows)} predictions were made where {n_expected} were expected.")
    predicted = forecast(history, settings, rows).mean
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
        f"{n_expected} predictions equal the stored forecast"
        f" (largest relative difference {largest:.1g})."
    )


if __name__ == "__main__":
    main()
