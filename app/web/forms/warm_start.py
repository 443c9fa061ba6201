"""The fields of the form for an experiment that say which results it starts from."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.db.models import Experiment
from app.errors import FieldProblem

LABELS = {"start_from": "earlier experiments", "pasted_results": "pasted results"}


def known_fields(
    experiment: Experiment | None = None, earlier: Iterable[int] = ()
) -> dict[str, str]:
    """The text of each field: what was pasted for an experiment, and the numbers of earlier ones."""
    pasted = experiment.pasted_results if experiment is not None else None
    return {"start_from": ", ".join(map(str, earlier)), "pasted_results": pasted or ""}


def read_known(values: Mapping[str, str], problems: list[FieldProblem]) -> dict[str, Any]:
    """The request's part."""
    words = [word for word in re.split(r"[,;\s]+", values.get("start_from", "")) if word]
    numbers = [int(word) for word in words if re.fullmatch(r"\d{1,10}", word)]
    if len(numbers) < len(words):
        problems.append(
            FieldProblem(
                ("start_from",), "Give the numbers of earlier experiments, such as 3, or 3, 5."
            )
        )
    return {"start_from": numbers, "pasted_results": values.get("pasted_results", "")}
