"""Why a forecast is handed over, in words."""

from collections.abc import Sequence

from app.domain.baselines import name_naive_in_sentence, title_in_sentence
from app.domain.ensembles import Choice, Comparison
from app.domain.texts import join_words


def explain(choice: Choice, left_as_trained: Sequence[str], horizon: int = 1) -> str:
    """Sentences on what was compared on the validation part.

    left_as_trained: the members that there was no time to train once more.
    """
    sentences = [_explain_choice(choice, horizon)]
    if left_as_trained:
        names = join_words(left_as_trained)
        sentences.append(
            f"Not trained once more, for lack of time or because it did not help: {names}."
        )
    return " ".join(sentences)


def _explain_choice(choice: Choice, horizon: int) -> str:
    naive = choice.against_naive
    if naive is not None and set(choice.weights) == {"naive"} and naive.gain != 0:
        return _explain_naive(naive, horizon)
    measured = "On the validation part, trials counted only on rows that did not choose them"
    compared = [f"the best trials have an RMSE of {_number(choice.trials_rmse)}"]
    baseline = choice.best_baseline
    if baseline is None:
        return f"{measured}, {compared[0]}."
    compared.append(f"{_title(baseline.name, horizon)} one of {_number(baseline.rmse)}")
    if baseline.is_clear:
        compared.append(f"the mean that is handed over one of {_number(choice.rmse)}")
        return f"{measured}, {join_words(compared)}."
    compared.append(f"the best mean of both one of {_number(choice.rmse)}")
    return f"{measured}, {join_words(compared)}: too little better to prefer it to the baseline."


def _explain_naive(naive: Comparison, horizon: int) -> str:
    title = _title("naive", horizon)
    other = "the mean of the best forecasts"
    if naive.gain <= 0:
        return (
            f"On the validation part, {other} is not better than {title}: its RMSE is"
            f" {_number(naive.rmse - naive.gain)}, that of {title} is"
            f" {_number(naive.rmse)}."
        )
    return (
        f"On the validation part, {other} would gain {_gain(naive)} over {title}: too"
        " little to prefer it."
    )


def _title(name: str, horizon: int) -> str:
    """What a trial or a baseline is called within a sentence."""
    if name == "naive":
        return name_naive_in_sentence(horizon)
    return title_in_sentence(name)


def _gain(comparison: Comparison) -> str:
    if comparison.standard_error is None:
        return f"{_number(comparison.gain)} (on too few rows to tell its standard error)"
    error = _number(comparison.standard_error)
    return f"{_number(comparison.gain)} (standard error {error})"


def _number(value: float) -> str:
    return f"{value:.4g}"
