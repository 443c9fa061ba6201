"""Which values of the hyperparameter `target` a series allows."""

from app.domain.csv_reading.series import Series
from app.domain.search_space.catalogue import CATALOGUE


def possible_targets(series: Series) -> tuple[str, ...]:
    """All of them where every target value is positive; otherwise those that need no logarithm."""
    choices = CATALOGUE["target"].choices
    if (series.target_values > 0).all():
        return choices
    return tuple(choice for choice in choices if choice != "log_return")
