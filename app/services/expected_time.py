"""How long a search that has not started is expected to take on this installation."""

from dataclasses import replace
from functools import cached_property

from sqlalchemy.orm import Session

from app.domain.auto import choose, largest_value, max_epochs
from app.domain.cost_model import CostModel
from app.domain.pace import Pace
from app.domain.pruning import PRUNINGS, expected_epoch_fraction
from app.services import datasets, estimates, paces
from app.services.cost_models import fit_to_installation
from app.services.validation import CheckedRequest


class ExpectedTimes:
    """Expected times of searches; the installation is measured once for all of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def seconds(
        self, checked: CheckedRequest, trials: int, slots: int, *, fills_budget: bool
    ) -> float | None:
        """Seconds for so many trials, whatever the time budget; None for a custom model.

        fills_budget: count the pruned trials that continue until a time budget ends, where they do.
        """
        if checked.custom_model is not None:
            return None
        request = checked.request
        space = checked.space
        choice = choose(request.strategy, request.pruning, space, trials)
        fraction = 1.0
        if not fills_budget or not PRUNINGS[choice.pruning].promotes:
            fraction = expected_epoch_fraction(choice.pruning, max_epochs(space), trials)
        if largest_value(space, "patience"):
            fraction *= self._pace.epoch_fraction
        return estimates.search_seconds(
            self._model,
            space,
            datasets.get(self._session, request.dataset_id),
            request.split.train,
            strategy=choice.strategy,
            trials=trials,
            slots=slots,
            epoch_fraction=fraction,
        )

    @cached_property
    def _pace(self) -> Pace:
        return paces.measure_installation(self._session)

    @cached_property
    def _model(self) -> CostModel:
        model = fit_to_installation(self._session)
        return replace(model, seconds_around=self._pace.seconds_around)
