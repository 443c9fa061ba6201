"""Whether the parameters of a trial fit the data: its rows, its seasons and its calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.calendar_inputs import Cycle
from app.domain.model_inputs import first_complete_row, list_shifts
from app.domain.search_space.problems import Problem
from app.domain.seasons import season_lags

MAX_TRAINING_BYTES = 4e9
BYTES_PER_NUMBER = 4
ACTIVATIONS_PER_UNIT = 12  # kept for the gradient at every time step
LSTM_GATES = 4  # of an LSTM, each with its own weights
WEIGHT_COPIES = 4  # the weights, their gradients and two moments of the optimizer
TYPICAL_INPUTS = 16.0  # of the first layer


@dataclass(frozen=True)
class DataFacts:
    """What of a dataset decides which inputs a network may have. None: it is not known."""

    season_lengths: tuple[float, ...] | None = None
    cycles: tuple[Cycle, ...] | None = None


NOTHING_KNOWN = DataFacts()


def fit_problems(
    parameters: Mapping[str, object],
    train_rows: int,
    validation_rows: int,
    data: DataFacts | None = None,
    horizon: int = 1,
) -> list[Problem]:
    """Why complete parameters do not fit the data: too long windows, large batches, much memory.

    Without `data`, extra inputs are taken to be possible, and to need no rows. horizon: rows ahead.
    """
    facts = data or NOTHING_KNOWN
    problems = _extra_input_problems(parameters, facts)
    if problems:
        return problems
    time_steps = int(_number(parameters, "time_steps"))
    first_row = 0
    if parameters["target"] != "level":
        first_row = 1  # the first row has no row before it to change from
    lags = chosen_lags(parameters, facts.season_lengths or ())
    rows_before = first_complete_row(first_row, lags, list_shifts(horizon, time_steps))
    rows_after = horizon - 1  # the first row that a window predicts
    windows = train_rows - time_steps - rows_before - rows_after
    if windows < 1:
        message = f"Windows of {time_steps} rows do not fit into a train part of {train_rows} rows"
        if lags:
            message += f" beside a season of {lags[-1]} rows before them"
        if horizon > 1:
            message += f" with {horizon} rows to forecast after each"
        return [Problem("time_steps", f"{message}.")]
    return _size_problems(parameters, windows, validation_rows - rows_after)


def chosen_lags(
    parameters: Mapping[str, object], season_lengths: Sequence[float]
) -> tuple[int, ...]:
    """The lags that these parameters make inputs: those of all seasons, or none."""
    if parameters.get("season_lags", "none") == "none":
        return ()
    return season_lags(season_lengths)


def _extra_input_problems(parameters: Mapping[str, object], data: DataFacts) -> list[Problem]:
    """Inputs that the dataset does not have."""
    problems = []
    if parameters.get("season_lags") == "season" and data.season_lengths == ():
        message = (
            "This series has no season, so there is no value one season before: choose none, or "
            "name its seasons on the page of the dataset."
        )
        problems.append(Problem("season_lags", message))
    if parameters.get("calendar") == "cyclic" and data.cycles == ():
        message = (
            "The dates of this dataset tell no hour, weekday or day of the year apart: choose none."
        )
        problems.append(Problem("calendar", message))
    return problems


def _size_problems(
    parameters: Mapping[str, object], windows: int, validation_rows: int
) -> list[Problem]:
    batch_problem = _batch_problem(parameters, windows, validation_rows)
    problems = []
    if batch_problem:
        problems.append(Problem("batch_size", batch_problem))
    gigabytes = memory_bytes(parameters) / 1e9
    limit = MAX_TRAINING_BYTES / 1e9
    if gigabytes > limit:
        message = (
            f"This network would need about {gigabytes:.0f} GB of memory; the limit is "
            f"{limit:.0f} GB. Choose fewer units, fewer time_steps or a smaller batch_size."
        )
        problems.append(Problem("units_1", message))
    return problems


def _batch_problem(
    parameters: Mapping[str, object], windows: int, validation_origins: int
) -> str | None:
    batch_size = int(_number(parameters, "batch_size"))
    if batch_size > windows:
        count = f"{windows} windows" if windows > 1 else "one window"
        return (
            f"A batch of {batch_size} is more than the {count} of {parameters['time_steps']} rows "
            "in the train part."
        )
    if parameters["stateful"] and batch_size > validation_origins:
        return (
            "A stateful network is evaluated in whole batches, but the validation part has "
            f"{validation_origins} rows to forecast from: too few for a batch of {batch_size}."
        )
    return None


def memory_bytes(parameters: Mapping[str, object]) -> float:
    """A rough estimate of the memory that one training needs: activations and weights."""
    time_steps = _number(parameters, "time_steps")
    batch_size = _number(parameters, "batch_size")
    units = []
    for name in parameters:
        if name.startswith("units_"):
            units.append(_number(parameters, name))
    activations = batch_size * time_steps * ACTIVATIONS_PER_UNIT * sum(units)
    weights = 0.0
    inputs = TYPICAL_INPUTS
    for layer_units in units:
        weights += LSTM_GATES * layer_units * (layer_units + inputs)
        inputs = layer_units
    numbers = activations + WEIGHT_COPIES * weights
    return BYTES_PER_NUMBER * numbers


def _number(parameters: Mapping[str, object], name: str) -> float:
    value = parameters[name]
    assert isinstance(value, int | float)
    return float(value)
