"""Two hyperparameters of an experiment, and the objective that is expected over their values."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.models import Experiment
from app.domain.importance.surface import Surface, predict_surface
from app.services import importance
from app.services.importance import ImportanceReport, TrialPoint


@dataclass(frozen=True)
class Contour:
    """What a contour shows. `surface`: None where there is nothing to model, or only one to vary.

    `names`: of the hyperparameters to choose from, the most important first.
    `best`: the trial that all other values are taken from; None where it is an earlier result.
    """

    report: ImportanceReport
    names: tuple[str, ...]
    x: str = ""
    y: str = ""
    surface: Surface | None = None
    best: TrialPoint | None = None


def load_contour(session: Session, experiment: Experiment, x: str, y: str) -> Contour:
    """Predict the objective over two hyperparameters.

    A name that is empty or not searched stands for the most important hyperparameter that is left.
    """
    report = importance.analyse(session, experiment)
    names = importance.names_by_importance(report)
    model = report.model
    if model is None or len(names) < 2:
        return Contour(report, names)
    first, second = choose_pair(names, x, y)
    surface = predict_surface(model, first, second)
    return Contour(report, names, first, second, surface, importance.find_best_point(report))


def choose_pair(names: Sequence[str], x: str, y: str) -> tuple[str, str]:
    """Two different names: those asked for, and else the first that are left."""
    if x not in names:
        x = next(name for name in names if name != y)
    if y not in names or y == x:
        y = next(name for name in names if name != x)
    return x, y
