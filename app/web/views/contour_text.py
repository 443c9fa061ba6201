"""The contour of two hyperparameters in words."""

import numpy as np

from app.domain.importance.objective_model import MIN_EVALUATED_TRIALS
from app.services.contours import Contour
from app.services.wording import count_nouns


def describe_contour(contour: Contour) -> list[str]:
    """Say what is drawn and from which trials, or why nothing is."""
    surface = contour.surface
    model = contour.report.model
    if surface is None or model is None:
        return [_reason_for_nothing(contour)]
    best = "the best result it started from"
    if contour.best is not None:
        best = f"trial {contour.best.number:,}, the best"
    sentences = [
        f"Expected of {best}, with these two values changed and all others as they are "
        "(partial dependence at the best trial).",
        f"Modelled on {_count_modelled(contour, model.n_trials)}.",
    ]
    for name in surface.assumed_active:
        sentences.append(f"{name} plays no part in the best trial; it is shown as if it did.")
    if np.isnan(surface.mean).any():
        sentences.append("Blank: one of the two plays no part there.")
    return sentences


def _count_modelled(contour: Contour, n_modelled: int) -> str:
    n_results = len(contour.report.points) + contour.report.n_earlier_results
    trials = count_nouns(n_results, "trial")
    if n_modelled == n_results:
        return trials
    return f"{n_modelled:,} of {trials}, evenly chosen"


def _reason_for_nothing(contour: Contour) -> str:
    if len(contour.names) < 2:
        varied = count_nouns(len(contour.names), "hyperparameter")
        return f"This search varies {varied}; a contour needs two."
    report = contour.report
    n_results = len(report.points) + report.n_earlier_results
    if n_results < MIN_EVALUATED_TRIALS:
        trials = count_nouns(n_results, "trial")
        return (
            f"{trials} with a result so far: from {MIN_EVALUATED_TRIALS} on, this shows which "
            "objective is expected over two hyperparameters."
        )
    return "All trials came out alike, so there is nothing to draw."
