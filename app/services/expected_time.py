"""How long a search that has not started is expected to take on this installation."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.domain.auto import choose, largest_value, max_epochs
from app.domain.pruning import PRUNINGS, expected_epoch_fraction
from app.services import datasets, estimates, paces
from app.services.cost_models import fit_to_installation
from app.services.validation import CheckedRequest


def expected_seconds(
    session: Session, checked: CheckedRequest, trials: int, slots: int, *, fills_budget: bool
) -> float | None:
    """Seconds for so many trials, whatever the time budget; None for a custom model.

    fills_budget: count the pruned trials that continue until a time budget ends, where they do.
    """
    if checked.custom_model is not None:
        return None
    request = checked.request
    space = checked.space
    choice = choose(request.strategy, request.pruning, space, trials)
    pace = paces.measure_installation(session)
    fraction = 1.0
    if not fills_budget or not PRUNINGS[choice.pruning].promotes:
        fraction = expected_epoch_fraction(choice.pruning, max_epochs(space), trials)
    if largest_value(space, "patience"):
        fraction *= pace.epoch_fraction
    model = replace(fit_to_installation(session), seconds_around=pace.seconds_around)
    return estimates.search_seconds(
        model,
        space,
        datasets.get(session, request.dataset_id),
        request.split.train,
        strategy=choice.strategy,
        trials=trials,
        slots=slots,
        epoch_fraction=fraction,
    )
