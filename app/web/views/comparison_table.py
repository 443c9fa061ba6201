"""The table of a few trials side by side: what they score and cost, and in which parameters they differ."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.db.models import Trial
from app.domain.diagnosis import Diagnosis
from app.web.charts.comparison import Curves
from app.web.templating import duration, integer, number, percent, value


@dataclass(frozen=True)
class Row:
    """One line: a cell a trial, and the places of the best ones where one can be better than another."""

    title: str
    cells: tuple[str, ...]
    best: tuple[int, ...] = ()
    is_parameter: bool = False


SCORES: tuple[tuple[str, str, Callable[[Any], str], Callable[..., float]], ...] = (
    ("validation RMSE", "validation_rmse", number, min),
    ("skill on validation", "validation_skill", percent, max),
    ("test RMSE", "test_rmse", number, min),
    ("skill on test", "test_skill", percent, max),
)


def score_rows(
    trials: Sequence[Trial], curves: Curves, found: Mapping[int, Diagnosis]
) -> list[Row]:
    """What the trials score, and what they cost."""
    rows = [
        _scored(title, [getattr(trial, name) for trial in trials], show, best)
        for title, name, show, best in SCORES
    ]
    kinds = tuple(
        found[trial.id].kind.value if trial.id in found else value(None) for trial in trials
    )
    return [
        *rows,
        Row("diagnosis", kinds),
        Row("best epoch", tuple(integer(trial.best_epoch) for trial in trials)),
        Row("epochs trained", tuple(integer(trial.epochs_trained) for trial in trials)),
        _scored(
            "training took",
            [sum(epoch.seconds for epoch in curves[trial.id]) or None for trial in trials],
            duration,
            min,
        ),
    ]


def parameter_rows(trials: Sequence[Trial]) -> list[Row]:
    """The parameters in which the trials differ."""
    names = list(dict.fromkeys(name for trial in trials for name in trial.parameters))
    lines = {name: tuple(value(trial.parameters.get(name)) for trial in trials) for name in names}
    return [
        Row(name, cells, is_parameter=True) for name, cells in lines.items() if len(set(cells)) > 1
    ]


def _scored(
    title: str,
    values: Sequence[float | None],
    show: Callable[[Any], str],
    best: Callable[..., float],
) -> Row:
    known = [one for one in values if one is not None]
    wanted = best(known) if len(set(known)) > 1 else None
    places = tuple(place for place, one in enumerate(values) if one is not None and one == wanted)
    return Row(title, tuple(show(one) for one in values), places)
