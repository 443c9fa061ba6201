"""What the scores of app.domain.more_scores are called on pages, and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.baselines import name_naive
from app.domain.more_scores import MORE_SCORE_NAMES, choose_season
from app.domain.terms import EVALUATED_PARTS, Part
from app.services.more_scores import score_of


@dataclass(frozen=True)
class ScoreText:
    """form: see app.web.templating.format_cell. explanation: one line."""

    title: str
    form: str
    explanation: str


SCORE_TEXTS: Mapping[str, ScoreText] = {
    "mase": ScoreText("MASE", "number", "The MAE relative to that of {naive} on the train part."),
    "rmsse": ScoreText(
        "RMSSE", "number", "The RMSE relative to that of {naive} on the train part."
    ),
    "smape": ScoreText(
        "sMAPE", "relative", "The error relative to the mean of actual and predicted, up to 200 %."
    ),
    "wape": ScoreText("WAPE", "relative", "The sum of all errors relative to the sum of values."),
    "bias": ScoreText("bias", "number", "The mean of predicted − actual: above 0, it is too high."),
    "direction": ScoreText(
        "right direction", "fraction", "How often it is right that the value rises, or falls."
    ),
    "coverage_80": ScoreText(
        "held by the 80 % band", "fraction", "How many values lie in the band: 80 % should."
    ),
    "coverage_95": ScoreText(
        "held by the 95 % band", "fraction", "How many values lie in the band: 95 % should."
    ),
    "width_80": ScoreText("width of the 80 % band", "number", "The narrower, the better."),
    "width_95": ScoreText("width of the 95 % band", "number", "The narrower, the better."),
}
assert tuple(SCORE_TEXTS) == MORE_SCORE_NAMES


@dataclass(frozen=True)
class ScoreRow:
    """One score of a trial and of the best baseline, by part."""

    title: str
    form: str
    explanation: str
    scores: Mapping[Part, float | None]
    baseline_scores: Mapping[Part, float | None]


def list_score_rows(
    more_scores: object,
    baseline_scores: object,
    n_train_rows: int,
    seasons: tuple[float, ...],
    horizon: int = 1,
) -> tuple[ScoreRow, ...]:
    """A row for each score that a trial has; none where it has no scores.

    more_scores, baseline_scores: as they are stored.
    """
    if not more_scores:
        return ()
    naive = describe_naive(choose_season(n_train_rows, seasons), horizon)
    rows = []
    for name, text in SCORE_TEXTS.items():
        row = ScoreRow(
            title=text.title,
            form=text.form,
            explanation=text.explanation.format(naive=naive),
            scores=_by_part(more_scores, name),
            baseline_scores=_by_part(baseline_scores, name),
        )
        rows.append(row)
    return tuple(rows)


def describe_naive(season: int, horizon: int = 1) -> str:
    """The forecast that MASE and RMSSE are relative to: one season ahead, or else one row."""
    if season == 1:
        name = name_naive()
        return name if horizon == 1 else f"{name} one row ahead"
    return f"the seasonal naive forecast ({season} rows before)"


def describe_coverage(more_scores: object, part: Part, horizon: int = 1) -> str:
    """How many rows of a part the bands held, and what to think of it; "" before it is known."""
    if not more_scores:
        return ""
    held = []
    missing = []
    for level in (80, 95):
        coverage = score_of(more_scores, part, f"coverage_{level}")
        if coverage is None:
            missing.append(f"{level} %")
        else:
            held.append((level, coverage))
    sentences = [_say_held(held, part, horizon)] if held else []
    if missing:
        bands = " and no ".join(missing)
        sentences.append(f"There is no {bands} band: it needs more earlier errors than there are.")
    if held:
        sentences.append(
            "The bands come from the errors of earlier rows of validation and test. Validation "
            "also chose the model, so its errors may be smaller than later ones."
        )
    return " ".join(sentences)


def _say_held(held: list[tuple[int, float]], part: Part, horizon: int) -> str:
    (level, coverage), *others = held
    start = "The" if horizon == 1 else f"Over all {horizon} steps, the"
    sentence = f"{start} {level} % band held {coverage * 100:.0f} % of the {part} rows"
    for other_level, other_coverage in others:
        sentence += f", the {other_level} % band {other_coverage * 100:.0f} %"
    return f"{sentence}."


def _by_part(more_scores: object, name: str) -> dict[Part, float | None]:
    return {part: score_of(more_scores, part, name) for part in EVALUATED_PARTS}
