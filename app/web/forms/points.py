"""The points of the manual strategy as text, one a line: `units_1=32 learning_rate=0.001`."""

from collections.abc import Mapping
from typing import Any

from app.domain.search_space.parameters import Catalogue, parse_value
from app.domain.strategies import strategy_info
from app.web.forms.fields import FieldReader, format_value, parse_assignment, split_words

POINT_EXAMPLE = "units_1=32 learning_rate=0.001"


def format_point(point: Mapping[str, Any]) -> str:
    """One point as a line of text."""
    words = []
    for name, value in point.items():
        text = format_value(value)
        words.append(f"{name}={text}")
    return " ".join(words)


def read_points(reader: FieldReader, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The points that were entered; none where the strategy needs none."""
    if not strategy_info(reader.text("strategy")).needs_points:
        return []
    points = []
    lines = reader.text("points").splitlines()
    for number, line in enumerate(lines, start=1):
        point: dict[str, Any] = {}
        words = split_words(line)
        for word in words:
            assignment = parse_assignment(word, catalogue)
            if assignment is None:
                shown_word = word[:40]
                message = f'Line {number}: "{shown_word}" is not like {POINT_EXAMPLE}.'
                reader.refuse(("points",), message)
                continue
            hyperparameter, text = assignment
            point[hyperparameter.name] = parse_value(hyperparameter, text)
        if point:
            points.append(point)
    return points
