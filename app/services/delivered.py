"""What an experiment hands over, in words and numbers for its page."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.models import Delivery, Trial
from app.domain.baselines import title_in_sentence
from app.domain.delivery import Member
from app.domain.terms import Part
from app.domain.texts import join_words
from app.services.boards import load_board


@dataclass(frozen=True)
class DeliveredText:
    """A finished delivery.

    sentence: what it is and its test error beside others. reason: why it was chosen.
    """

    sentence: str
    reason: str
    members: tuple[Member, ...]


def describe(session: Session, delivery: Delivery, best: Trial) -> DeliveredText | None:
    """A delivery in words; None while it is being made, or where it could not be.

    best: the best trial of its experiment.
    """
    yardstick = delivery.experiment.yardstick
    error = yardstick.of_part(delivery, Part.TEST)
    if error is None or not delivery.members:
        return None
    members = tuple(Member.from_document(document) for document in delivery.members)
    scores = [f"test {yardstick.name} {error:.4g}"]
    best_error = yardstick.of_part(best, Part.TEST)
    if best_error is not None:
        scores.append(f"the best single trial {best_error:.4g}")
    board = load_board(session, delivery.experiment)
    baseline = board.best if board else None
    baseline_error = yardstick.of_part(baseline, Part.TEST) if baseline else None
    if baseline is not None and baseline_error is not None:
        title = title_in_sentence(baseline.name)
        scores.append(f"the best baseline ({title}) {baseline_error:.4g}")
    fitted = _describe_rows(members, delivery.is_retrained)
    sentence = f"Delivered: {describe_members(members)}{fitted}: {', '.join(scores)}."
    return DeliveredText(sentence, delivery.reason or "", members)


def describe_members(members: tuple[Member, ...]) -> str:
    """ "trial 7", or "the mean of trials 7 and 12 and ridge regression"."""
    numbers = sorted(member.number for member in members if member.number is not None)
    names = [title_in_sentence(member.name) for member in members if member.number is None]
    if len(numbers) == 1:
        names.insert(0, f"trial {numbers[0]}")
    elif numbers:
        digits = [str(number) for number in numbers]
        if names:
            names = [f"trials {', '.join(digits)}", *names]
        else:
            names = [f"trials {join_words(digits)}"]
    if len(members) == 1:
        return names[0]
    return f"the mean of {join_words(names)}"


def _describe_rows(members: tuple[Member, ...], is_retrained: bool) -> str:
    """Which rows it was fitted on, after a comma."""
    has_networks = any(member.number is not None for member in members)
    if not has_networks:
        return ", fitted on all but the test rows"
    if is_retrained:
        return ", trained on all but the test rows"
    if any(member.epochs for member in members):
        return ", in part trained on all but the test rows"
    return ", trained on the train rows alone"
