"""Why a forecast is handed over, in words."""

from collections.abc import Sequence

from app.domain.baselines import title_in_sentence
from app.domain.ensembles import Choice, Comparison, Taken
from app.domain.texts import join_words


def explain(choice: Choice, left_as_trained: Sequence[str]) -> str:
    """Sentences on what was compared on the validation part.

    left_as_trained: the members that there was no time to train once more.
    """
    sentences = [_explain_choice(choice)]
    if left_as_trained:
        names = join_words(left_as_trained)
        sentences.append(
            f"Not trained once more, for lack of time or because it did not help: {names}."
        )
    return " ".join(sentences)


def _explain_choice(choice: Choice) -> str:
    single = choice.against_single
    baseline = choice.against_baseline
    if choice.taken == Taken.BASELINE:
        assert baseline is not None
        return _explain_baseline(choice, baseline)
    if choice.taken == Taken.ENSEMBLE:
        assert single is not None
        return (
            f"On the validation part, the RMSE of their mean is {_number(choice.rmse)}, and that"
            f" of {single.name}, the best trial, is {_number(single.rmse)}: a gain of"
            f" {_gain(single)}."
        )
    if single is None:
        return "On the validation part, no mean of several trials is better than this one alone."
    return (
        "On the validation part, a mean of several trials would gain"
        f" {_gain(single)}: too little to prefer it to the best trial alone."
    )


def _explain_baseline(choice: Choice, baseline: Comparison) -> str:
    title = title_in_sentence(baseline.name)
    single = choice.against_single
    if single is not None and single.is_clear and baseline.gain == 0:
        return (
            f"On the validation part, no mean is better than {title} alone: its RMSE is"
            f" {_number(choice.rmse)}, that of {single.name}, the best trial, is"
            f" {_number(single.rmse)}."
        )
    networks = "the mean of several forecasts"
    if single is None or not single.is_clear:
        networks = "the best trial"
    if baseline.gain <= 0:
        return (
            f"On the validation part, {networks} is not better than {title}:"
            f" its RMSE is {_number(baseline.rmse - baseline.gain)}, that of {title} is"
            f" {_number(baseline.rmse)}."
        )
    return (
        f"On the validation part, {networks} would gain {_gain(baseline)} over {title}:"
        " too little to prefer it to the simpler forecast."
    )


def _gain(comparison: Comparison) -> str:
    if comparison.standard_error is None:
        return f"{_number(comparison.gain)} (on too few rows to tell its standard error)"
    error = _number(comparison.standard_error)
    return f"{_number(comparison.gain)} (standard error {error})"


def _number(value: float) -> str:
    return f"{value:.4g}"
