"""The points of the manual strategy as text, one a line: `units_1=32 learning_rate=0.001`."""

from collections.abc import Mapping
from typing import Any

from app.domain.search_space.parameters import Catalogue, parse_value
from app.domain.strategies import strategy_info
from app.web.forms.fields import FieldReader, format_value, parse_assignment

EXAMPLE = "units_1=32 learning_rate=0.001"


def format_point(point: Mapping[str, Any]) -> str:
    """One point as a line of text."""
    words = []
    for name, value in point.items():
        words.append(f"{name}={format_value(value)}")
    return " ".join(words)


def read_points(reader: FieldReader, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The points that were entered; none where the strategy needs none."""
    if not strategy_info(reader.text("strategy")).needs_points:
        return []
    points = []
    for number, line in enumerate(reader.text("points").splitlines(), start=1):
        point: dict[str, Any] = {}
        for word in line.replace(",", " ").split():
            assignment = parse_assignment(word, catalogue)
            if assignment is None:
                reader.refuse(("points",), f'Line {number}: "{word[:40]}" is not like {EXAMPLE}.')
                continue
            hyperparameter, text = assignment
            point[hyperparameter.name] = parse_value(hyperparameter, text)
        if point:
            points.append(point)
    return points
