"""The fields of the reduction strategy in the form for an experiment."""

import re
from dataclasses import asdict
from typing import Any

from app.db.models import Experiment
from app.domain.reduction.steps import Reduction
from app.domain.strategies import strategy_info
from app.queue.reduction import reduction_of
from app.web.forms.fields import FieldReader

REDUCTION_LABELS = {
    "reduction_method": "method of reduction",
    "reduction_interval": "trials between two reductions",
    "reduction_window": "latest trials that count",
    "reduction_threshold": "least coefficient",
}


def reduction_fields(experiment: Experiment | None = None) -> dict[str, str]:
    """The text of each field: of an experiment that reduces its space, else the usual options.

    The usual interval is empty: it follows the number of trials.
    """
    if experiment is not None and strategy_info(experiment.strategy).shrinks_space:
        options = asdict(reduction_of(experiment))
    else:
        options = asdict(Reduction()) | {"interval": None}
    fields = {}
    for name, option in options.items():
        text = "" if option is None else str(option)
        fields[f"reduction_{name}"] = text
    return fields


def read_reduction(reader: FieldReader) -> dict[str, Any]:
    """The reduction's part of a request; nothing for another strategy.

    An empty interval follows the number of trials; an empty window means every trial.
    """
    if not strategy_info(reader.text("strategy")).shrinks_space:
        return {}
    options = _OptionReader(reader)
    return {
        "reduction_method": options.text("reduction_method"),
        "reduction_interval": options.integer_or_none("reduction_interval"),
        "reduction_window": options.integer_or_none("reduction_window"),
        "reduction_threshold": options.fraction("reduction_threshold"),
    }


class _OptionReader:
    """Reads the fields of the reduction; one that was not sent has its usual option."""

    def __init__(self, reader: FieldReader) -> None:
        self.reader = reader
        self.usual = reduction_fields()

    def text(self, name: str) -> str:
        usual_option = self.usual[name]
        text = self.reader.text(name, usual_option)
        return text.strip()

    def integer_or_none(self, name: str) -> int | None:
        text = self.text(name)
        if re.fullmatch(r"\d{1,15}", text):
            return int(text)
        if text:
            self.reader.refuse((name,), "Enter a whole number.")
        return None

    def fraction(self, name: str) -> float:
        try:
            return float(self.text(name))
        except ValueError:
            self.reader.refuse((name,), "Enter a number between 0 and 1, such as 0.3.")
            return 0.0
