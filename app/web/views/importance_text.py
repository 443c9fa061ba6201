"""Hyperparameter importance in words."""

from dataclasses import dataclass

from app.domain.importance.importance import NEGLIGIBLE_FRACTION, Effect, Importance
from app.domain.importance.objective_model import MIN_EVALUATED_TRIALS, thin_evenly
from app.domain.terms import TrialState
from app.services.importance import MAX_MARKS, ImportanceReport
from app.services.wording import count_nouns
from app.web.formats import percent, value

MIN_TRIALS_FOR_CONFIDENCE = 20  # with fewer, all results are hints
MAX_HYPERPARAMETERS_IN_SUMMARY = 3
LARGE_UNEXPLAINED_FRACTION = 0.3  # from here on, the summary mentions it


@dataclass(frozen=True)
class ImportanceText:
    """The summary, a paragraph; what to do about it; and which trials the numbers come from.

    marks: which trials the charts show, the beginning of a sentence.
    """

    summary: str
    hints: tuple[str, ...]
    basis: str
    marks: str = ""


def describe_importance(report: ImportanceReport) -> ImportanceText:
    """Say which hyperparameters matter, or why that is not known yet."""
    importance = report.importance
    if importance is None:
        return ImportanceText(_reason_for_nothing(report), (), "")
    return ImportanceText(
        summary=_summary(importance),
        hints=tuple(_hints(importance)),
        basis=_basis(report, importance),
        marks=_marks(report),
    )


def equally_good_text(effect: Effect) -> str:
    """List the values that are not measurably worse than the best; empty if it stands alone."""
    values = effect.equally_good
    if len(values) < 2:
        return ""
    if len(values) == len(effect.values):
        return "all alike"
    texts = [value(parameter) for parameter in values]
    is_choice = isinstance(values[0], str | bool)
    if is_choice:
        return " or ".join(texts)
    return f"{texts[0]} to {texts[-1]}"


def _reason_for_nothing(report: ImportanceReport) -> str:
    if not report.space.searched:
        return "This search varies no hyperparameter, so there is nothing to compare."
    n_results = len(report.points) + report.n_earlier_results
    if n_results < MIN_EVALUATED_TRIALS:
        trials = count_nouns(n_results, "trial")
        return (
            f"{trials} with a result so far: from {MIN_EVALUATED_TRIALS} on, "
            "this page shows which hyperparameters matter."
        )
    return "All trials came out alike, so no hyperparameter made a difference."


def _summary(importance: Importance) -> str:
    """One to three sentences: single hyperparameters, a pair that matters, and what is left."""
    effects = _clear_effects(importance)
    if not effects:
        trials = count_nouns(importance.n_trials, "trial")
        return f"No hyperparameter makes a difference that {trials} could show."
    sentences = [_effects_sentence(effects)]
    if importance.pairs:
        left, right, fraction = importance.pairs[0]
        if fraction >= NEGLIGIBLE_FRACTION:
            together = percent(fraction, 0)
            sentences.append(
                f"{left} and {right} together make another {together}: "
                "the best value of one depends on the other."
            )
    if importance.unexplained >= LARGE_UNEXPLAINED_FRACTION:
        unexplained = percent(importance.unexplained, 0)
        sentences.append(f"{unexplained} is chance, or more complicated than that.")
    return " ".join(sentences)


def _clear_effects(importance: Importance) -> list[Effect]:
    effects = []
    for effect in importance.effects:
        if effect.is_clear and effect.fraction >= NEGLIGIBLE_FRACTION:
            effects.append(effect)
    return effects


def _effects_sentence(effects: list[Effect]) -> str:
    parts: list[str] = []
    for effect in effects[:MAX_HYPERPARAMETERS_IN_SUMMARY]:
        fraction = percent(effect.fraction, 0)
        if parts:
            part = f"{effect.name} {fraction}"
        else:
            part = f"{effect.name} accounts for {fraction} of the differences between trials"
        parts.append(part)
    enumeration = ", ".join(parts)
    return f"{enumeration}."


def _hints(importance: Importance) -> list[str]:
    has_few_trials = importance.n_trials < MIN_TRIALS_FOR_CONFIDENCE
    hints = []
    negligible = []
    for effect in importance.effects:
        if effect.is_clear and effect.end:
            hints.append(_hint_beyond_end(effect))
        if effect.is_negligible:
            negligible.append(effect.name)
    does_anything_matter = len(negligible) < len(importance.effects)
    if negligible and does_anything_matter and not has_few_trials:
        names = ", ".join(negligible)
        hints.append(f"Hardly any difference: {names}.")
    if has_few_trials:
        trials = count_nouns(importance.n_trials, "trial")
        hints.append(f"{trials} are few: read this as a hint.")
    return hints


def _hint_beyond_end(effect: Effect) -> str:
    if effect.end == "low":
        end = "lower"
        direction = "lower"
    else:
        end = "upper"
        direction = "higher"
    best = value(effect.best)
    return (
        f"{effect.name} is best at {best}, the {end} end of what was searched: "
        f"try {direction} values."
    )


def _marks(report: ImportanceReport) -> str:
    """Which trials have a mark in the charts."""
    objectives = [point.objective for point in report.points]
    n_marks = len(thin_evenly(objectives, MAX_MARKS))
    if n_marks == len(objectives):
        return "Every trial"
    return f"{n_marks:,} of {len(objectives):,} trials, the best among them,"


def _basis(report: ImportanceReport, importance: Importance) -> str:
    """Which trials the numbers come from, and how those without a final objective count."""
    n_earlier = report.n_earlier_results
    n_results = len(report.points) + n_earlier
    n_pruned = 0
    n_diverged = 0
    for point in report.points:
        if point.state == TrialState.PRUNED:
            n_pruned += 1
        if point.objective is None:
            n_diverged += 1
    results = count_nouns(n_results, "trial")
    if importance.n_trials == n_results:
        parts = [f"From {results}"]
    else:
        parts = [f"From {importance.n_trials} of {results}, evenly chosen"]
    if n_earlier:
        parts.append(f"{n_earlier} of them results it started from")
    if n_pruned == 1:
        parts.append("1 pruned one with what it had reached")
    elif n_pruned:
        parts.append(f"{n_pruned} pruned ones with what they had reached")
    if n_diverged:
        parts.append(f"{n_diverged} that diverged as the worst")
    enumeration = ", ".join(parts)
    return f"{enumeration}."
