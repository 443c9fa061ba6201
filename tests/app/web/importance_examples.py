"""A search whose importance is known, for the tests of its texts and its charts."""

from dataclasses import replace

from app.domain.importance.importance import Effect, measure_importance
from app.domain.importance.objective_model import EvaluatedTrial, fit_objective
from app.domain.search_space.space import SearchSpace
from app.domain.terms import TrialState
from app.services.importance import ImportanceReport, TrialPoint

SPACE = SearchSpace.parse(
    {
        "units_1": {"integer": [2, 40]},
        "cell": {"choice": ["lstm", "gru"]},
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
    }
)


def units_and_cell(units, cell):
    """An objective that depends on two of the three hyperparameters."""
    return units / 10 + (cell == "lstm")


def make_report(count: int = 30, objective_of=units_and_cell, known: int = 0) -> ImportanceReport:
    """Completed trials all over the space, and the report on them.

    `objective_of`: the objective as a function of units and cell; `known`: results of earlier
    experiments.
    """
    points = []
    for number in range(1, count + 1):
        units = 2 + number * 7 % 39
        cell = ("lstm", "gru")[number % 2]
        learning_rate = 10 ** -(1 + number * 0.618 % 1 * 3)
        parameters = SPACE.with_defaults(
            {"units_1": units, "cell": cell, "learning_rate": learning_rate}
        )
        objective = objective_of(units, cell)
        points.append(TrialPoint(100 + number, number, TrialState.COMPLETED, parameters, objective))
    evaluated = [EvaluatedTrial(point.parameters, point.objective) for point in points]
    model = fit_objective(SPACE, evaluated)
    importance = None if model is None else measure_importance(model)
    return ImportanceReport(SPACE, tuple(points), known, importance, model)


def find_effect(report: ImportanceReport, name: str) -> Effect:
    return next(effect for effect in report.importance.effects if effect.name == name)


def with_trial(report: ImportanceReport, index: int, **changes) -> ImportanceReport:
    """The same with one of its trials changed."""
    points = list(report.points)
    points[index] = replace(points[index], **changes)
    return replace(report, points=tuple(points))
