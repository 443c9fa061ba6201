"""The reduction strategy's fields in the form for an experiment."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.db.models import Experiment
from app.domain.reduction.steps import Reduction
from app.domain.strategies import strategy_info
from app.errors import FieldProblem
from app.queue.reduction import reduction_of

LABELS = {
    "reduction_method": "method of reduction",
    "reduction_interval": "trials between two looks",
    "reduction_window": "trials looked at",
    "reduction_threshold": "least coefficient",
}


def reduction_fields(experiment: Experiment | None = None) -> dict[str, str]:
    """The text of each field: an experiment's, where its strategy is reduction, else the usual ones."""
    is_reducing = experiment is not None and strategy_info(experiment.strategy).shrinks_space
    values = asdict(
        reduction_of(experiment) if experiment is not None and is_reducing else Reduction()
    )
    if not is_reducing:
        values["interval"] = None  # it follows the number of trials
    return {
        f"reduction_{name}": "" if value is None else str(value) for name, value in values.items()
    }


def read_reduction(values: Mapping[str, str], problems: list[FieldProblem]) -> dict[str, Any]:
    """The request's part; nothing with another strategy.

    An empty interval follows the number of trials; an empty window means every trial.
    """
    if not strategy_info(values.get("strategy", "")).shrinks_space:
        return {}
    usual = reduction_fields()
    texts = {name: values.get(name, text).strip() for name, text in usual.items()}
    body: dict[str, Any] = {
        "reduction_method": texts["reduction_method"],
        "reduction_interval": None,
        "reduction_window": None,
    }
    for name in ("reduction_interval", "reduction_window"):
        if re.fullmatch(r"\d{1,15}", texts[name]):
            body[name] = int(texts[name])
        elif texts[name]:
            problems.append(FieldProblem((name,), "This is a whole number."))
    try:
        body["reduction_threshold"] = float(texts["reduction_threshold"])
    except ValueError:
        problems.append(
            FieldProblem(("reduction_threshold",), "This is a number between 0 and 1, such as 0.3.")
        )
    return body
