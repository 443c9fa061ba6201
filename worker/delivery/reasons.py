"""Why a forecast is handed over, in words."""

from collections.abc import Callable, Sequence

from app.domain.baselines import name_naive, title_in_sentence
from app.domain.ensembles import Choice, Comparison
from app.domain.objectives import Yardstick
from app.domain.texts import join_words

WriteError = Callable[[float], str]


def explain(choice: Choice, left_as_trained: Sequence[str], yardstick: Yardstick) -> str:
    """Sentences on what was compared on the validation part.

    left_as_trained: the members that there was no time to train once more.
    """
    sentences = [_explain_choice(choice, yardstick)]
    if left_as_trained:
        names = join_words(left_as_trained)
        sentences.append(f"Not retrained, for lack of time or because it did not help: {names}.")
    return " ".join(sentences)


def _explain_choice(choice: Choice, yardstick: Yardstick) -> str:
    naive = choice.against_naive
    if naive is not None and set(choice.weights) == {"naive"} and naive.gain != 0:
        return _explain_naive(naive, yardstick)
    write = _writer(yardstick)
    article = "a" if yardstick.info.is_relative else "an"
    measured = "On the validation part, trials counted only on rows that did not choose them"
    compared = [f"the best trials have {article} {yardstick.name} of {write(choice.trials_error)}"]
    baseline = choice.best_baseline
    if baseline is None:
        return f"{measured}, {compared[0]}."
    compared.append(f"{title_in_sentence(baseline.name)} one of {write(baseline.error)}")
    if baseline.is_clear:
        compared.append(f"the mean that is delivered one of {write(choice.error)}")
        return f"{measured}, {join_words(compared)}."
    compared.append(f"the best mean of both one of {write(choice.error)}")
    return f"{measured}, {join_words(compared)}: too little better to prefer it to the baseline."


def _explain_naive(naive: Comparison, yardstick: Yardstick) -> str:
    write = _writer(yardstick)
    title = name_naive()
    other = "the mean of the best forecasts"
    if naive.gain <= 0:
        return (
            f"On the validation part, {other} is not better than {title}: its"
            f" {yardstick.name} is {write(naive.error - naive.gain)}, that of {title} is"
            f" {write(naive.error)}."
        )
    return (
        f"On the validation part, {other} would gain {_gain(naive, write)} over {title}: too"
        " little to prefer it."
    )


def _gain(comparison: Comparison, write: WriteError) -> str:
    if comparison.standard_error is None:
        return f"{write(comparison.gain)} (on too few rows to tell its standard error)"
    error = write(comparison.standard_error)
    return f"{write(comparison.gain)} (standard error {error})"


def _writer(yardstick: Yardstick) -> WriteError:
    """Writes errors that were measured in the units of the CSV."""
    return lambda error: f"{error / yardstick.divisor:.4g}"
