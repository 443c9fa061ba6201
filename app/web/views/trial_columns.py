"""The columns of the trial table, and what stands in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.db.models import Trial
from app.domain.search_space.parameters import Hyperparameter
from app.domain.terms import EVALUATED_PARTS
from app.services.more_scores import score_of
from app.services.trials import duration
from app.web.views.score_texts import SCORE_TEXTS


@dataclass(frozen=True)
class Column:
    """One column. `form`: how its values are written (number, percent, duration, count or text).

    sort: what the table is sorted by on a click; "" where a click sorts nothing.
    """

    name: str
    title: str
    form: str
    sort: str
    is_parameter: bool = False

    @property
    def is_right_aligned(self) -> bool:
        return self.form != "text"


NUMBER_COLUMN = Column("number", "trial", "count", "number")
STATE_COLUMN = Column("state", "state", "text", "state")
DRAWN_NAMES = ("difference", "curve")  # computed for the page: neither sorted by nor in a CSV
MEASURES = tuple(
    Column(name, title, form, "" if name in DRAWN_NAMES else name)
    for name, title, form in (
        ("objective", "objective", "number"),
        ("difference", "difference to best", "difference"),
        ("curve", "validation loss", "curve"),
        ("objective_se", "standard error of the objective", "number"),
        ("validation_rmse", "validation RMSE", "number"),
        ("test_rmse", "test RMSE", "number"),
        ("validation_mae", "validation MAE", "number"),
        ("test_mae", "test MAE", "number"),
        ("validation_skill", "skill on validation", "percent"),
        ("test_skill", "skill on test", "fraction"),  # in no tone: test decides nothing
        ("best_epoch", "best epoch", "count"),
        ("epochs_trained", "epochs trained", "count"),
        ("duration", "duration", "duration"),
    )
)
MORE_MEASURES = {  # the part and the name of each
    Column(f"{part}_{name}", f"{text.title} on {part}", text.form, f"{part}_{name}"): (part, name)
    for name, text in SCORE_TEXTS.items()
    for part in EVALUATED_PARTS
}
MORE_SCORES = {column.name: score for column, score in MORE_MEASURES.items()}
MEASURE_NAMES = frozenset(column.name for column in (*MEASURES, *MORE_MEASURES))
HEADINGS = {
    column.name: column.title for column in (NUMBER_COLUMN, STATE_COLUMN, *MEASURES, *MORE_MEASURES)
}
DEFAULT_MEASURES = (
    "objective",
    "difference",
    "curve",
    "validation_skill",
    "epochs_trained",
    "duration",
)


def cell_value(trial: Trial | Row[Any], name: str, now: datetime) -> object:
    """The value of a trial in a column. `now`: the database's time, for a running trial.

    trial: or what app.web.views.trial_csv reads of it.
    """
    if name in DRAWN_NAMES:
        return None
    if name == "duration":
        return duration(trial, now)
    if name in MORE_SCORES:
        part, score_name = MORE_SCORES[name]
        return score_of(trial.more_scores, part, score_name)
    if name in MEASURE_NAMES:
        return getattr(trial, name)
    return trial.parameters.get(name)


def parameter_column(parameter: Hyperparameter) -> Column:
    name = parameter.name
    is_numeric = parameter.kind in ("integer", "number")
    return Column(
        name=name,
        title=name,
        form="value" if is_numeric else "text",
        sort=f"parameters.{name}",
        is_parameter=True,
    )
