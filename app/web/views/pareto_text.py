"""The costs of trials in words: the simplest good one, and what it saves."""

from dataclasses import dataclass

from app.services.trial_costs import CostedTrial, CostMeasure, CostReport
from app.web.formats import duration, integer, number, percent

COST_NOUNS = {
    CostMeasure.SECONDS: "training time",
    CostMeasure.PARAMETERS: "weights",
}


@dataclass(frozen=True)
class ParetoText:
    """What the chart says, for whoever does not see it.

    `simplest`: None while no trial has been evaluated, or the costs are not known.
    """

    simplest: CostedTrial | None
    sentence: str
    cost_title: str
    front: tuple[tuple[CostedTrial, str, str], ...]  # each with its cost and its objective


def describe_costs(report: CostReport, custom_model: str | None) -> ParetoText:
    """The simplest good trial and the front."""
    front = tuple(
        (trial, _write_cost(report.measure, trial.cost), number(trial.objective))
        for trial in report.front
    )
    return ParetoText(
        simplest=report.simplest,
        sentence=_make_sentence(report, custom_model),
        cost_title=COST_NOUNS[report.measure],
        front=front,
    )


def _make_sentence(report: CostReport, custom_model: str | None) -> str:
    """How good the simplest good trial is and what it saves; its name comes before."""
    best = report.best
    simplest = report.simplest
    if best is None or simplest is None:
        if report.measure == CostMeasure.PARAMETERS and custom_model is not None:
            return f"The number of weights of the custom model {custom_model} is not known."
        return "No trial has been evaluated yet."
    within = f"within one standard error (± {number(report.margin, 2)})"
    if not report.has_standard_error:
        within = "within 1 %"
    if simplest.trial_id == best.trial_id:
        return f"It is the best, and no cheaper trial is {within} of it."
    saved = 1 - simplest.cost / best.cost if best.cost else 0.0
    return (
        f"Its objective, {number(simplest.objective)}, is {within} of trial {best.number}, the "
        f"best ({number(best.objective)}). It saves {percent(saved, 0)} of the "
        f"{COST_NOUNS[report.measure]}: {_write_cost(report.measure, simplest.cost)} instead of "
        f"{_write_cost(report.measure, best.cost)}."
    )


def _write_cost(measure: CostMeasure, cost: float) -> str:
    if measure == CostMeasure.SECONDS:
        return duration(cost)
    return integer(round(cost))
