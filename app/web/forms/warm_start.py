"""The fields of the form for an experiment that say which results it starts from."""

import re
from collections.abc import Iterable
from typing import Any

from app.db.models import Experiment
from app.web.forms.fields import FieldReader, split_words

WARM_START_LABELS = {
    "start_from": "earlier experiments",
    "pasted_results": "pasted results",
    "pasted_horizon": "rows ahead of the pasted results",
}


def warm_start_fields(
    experiment: Experiment | None = None, earlier_ids: Iterable[int] = ()
) -> dict[str, str]:
    """The text of each field: what was pasted for an experiment, and the ids of earlier ones."""
    pasted = None
    horizon = ""
    if experiment is not None and experiment.pasted_results:
        pasted = experiment.pasted_results
        horizon = str(experiment.horizon)
    return {
        "start_from": ", ".join(map(str, earlier_ids)),
        "pasted_results": pasted or "",
        "pasted_horizon": horizon,
    }


def read_warm_start(reader: FieldReader) -> dict[str, Any]:
    """The warm start's part of a request."""
    words = split_words(reader.text("start_from"))
    earlier_ids = []
    for word in words:
        if re.fullmatch(r"\d{1,10}", word):
            earlier_ids.append(int(word))
    if len(earlier_ids) < len(words):
        message = "Give the numbers of earlier experiments, such as 3, or 3, 5."
        reader.refuse(("start_from",), message)
    return {
        "start_from": earlier_ids,
        "pasted_results": reader.text("pasted_results"),
        "pasted_horizon": _read_horizon(reader),
    }


def _read_horizon(reader: FieldReader) -> int | None:
    """How many rows ahead the pasted results forecast; None: as many as the experiment."""
    if not reader.stripped("pasted_horizon"):
        return None
    message = "Enter how many rows ahead the pasted results forecast, or leave it empty."
    return reader.integer("pasted_horizon", message) or None
