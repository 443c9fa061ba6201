"""Pasted cells: values of hyperparameters, states of trials, and what stands for nothing."""

from app.domain.pasting.numbers import NumberFormat
from app.domain.search_space.catalogue import Hyperparameter, Value
from app.domain.search_space.parameters import parse_value

MISSING = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>", "-"})
FINISHED_STATES = frozenset(
    {"complete", "completed", "finished", "stopped", "success", "succeeded", "ok", "done"}
    | {"terminated", "true"}
)
FLAG_NUMBERS = {"1": "true", "0": "false", "1.0": "true", "0.0": "false"}


def is_missing(text: str) -> bool:
    """Whether a cell stands for no value."""
    return text.strip().lower() in MISSING


def is_finished(text: str) -> bool:
    """Whether a trial in this state has a result: Optuna's COMPLETE, MLflow's FINISHED."""
    state = text.strip().lower().rpartition(".")[2]
    return not state or state in FINISHED_STATES


def parse_cell(hyperparameter: Hyperparameter, text: str, number_format: NumberFormat) -> Value:
    """The value that a cell means; the text itself where it means none."""
    text = text.strip()
    if hyperparameter.kind == "category":
        word = text.strip("\"'").lower()
        for choice in hyperparameter.choices:
            if choice.lower() == word:
                return choice
        return text
    if hyperparameter.kind == "flag":
        return parse_value(hyperparameter, FLAG_NUMBERS.get(text, text))
    return parse_value(hyperparameter, number_format.plain(text))
