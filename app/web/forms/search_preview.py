"""The live line of the form: how many combinations, three samples, the estimated time, problems."""

from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.orm import Session

from app.domain.auto import choose
from app.domain.search_space.space import SearchSpace, SpaceError, describe_size, preview
from app.domain.strategies import strategy_info
from app.errors import FieldProblem, Invalid
from app.queue import workers
from app.schemas import ExperimentRequest
from app.services import datasets, estimates, warm_start
from app.services.cost_models import fit_to_installation
from app.services.validation import CheckedRequest, check_request
from app.web.formats import duration
from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import describe_rows_ahead, targets_of_dataset
from app.web.forms.labels import field_of


@dataclass
class SearchPreview:
    """What the live line says; "" where nothing is to be said.

    `trials`: how many will run, where they are fewer than requested. `targets`: those that the
    dataset allows. `rows_ahead`: the time that the rows to forecast are. `problems`: the field and
    the message of each.
    """

    size: str = ""
    samples: list[str] = field(default_factory=list)
    trials: str = ""
    time: str = ""
    reason: str = ""
    space_notes: tuple[str, ...] = ()
    warm_start: str = ""
    targets: tuple[str, ...] = ()
    rows_ahead: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)


def preview_search(session: Session, draft: ExperimentDraft, slots: int) -> SearchPreview:
    """What a search would be like if it started now.

    `slots`: how many trainings run at once where no worker is alive that has said so.
    """
    slots = workers.slots_alive(session) or slots
    search = SearchPreview(
        targets=targets_of_dataset(session, draft.fields),
        rows_ahead=describe_rows_ahead(session, draft.fields),
    )
    problems = draft.problems
    if draft.request is not None and not problems:
        try:
            space = SearchSpace.parse(draft.request.space, draft.catalogue)
            _describe_space(search, draft.request, space)
            checked = check_request(session, draft.request, draft.custom_model, is_preview=True)
            _describe_run(session, search, checked, space, slots)
        except SpaceError as error:
            problems = [
                FieldProblem(("space", problem.name), problem.message) for problem in error.problems
            ]
        except Invalid as error:
            problems = error.problems
    for problem in problems:
        name = field_of(problem.loc, draft.catalogue)
        search.problems.append((name, problem.message))
    return search


def _describe_space(search: SearchPreview, request: ExperimentRequest, space: SearchSpace) -> None:
    if strategy_info(request.strategy).needs_points:
        n_points = len(request.points)
        search.size = f"{n_points} points"
        return
    search.size = describe_size(space)
    generator = np.random.default_rng(request.seed)
    for sample in preview(space, generator):
        values = []
        for name, value in sample.items():
            text = _shorten(value)
            values.append(f"{name}={text}")
        search.samples.append(", ".join(values))


def _describe_run(
    session: Session,
    search: SearchPreview,
    checked: CheckedRequest,
    space: SearchSpace,
    slots: int,
) -> None:
    request = checked.request
    choice = choose(
        request.strategy,
        request.pruning,
        space,
        checked.n_trials,
    )
    start = warm_start.preview(checked.earlier_results)
    search.warm_start = start.describe("Starts from")
    search.trials = _explain_fewer_trials(checked, space)
    search.reason = choice.reason
    search.space_notes = checked.space_notes
    if checked.custom_model is None:
        search.time = _estimate_time(
            session,
            checked,
            space,
            choice.strategy,
            slots,
        )


def _explain_fewer_trials(checked: CheckedRequest, space: SearchSpace) -> str:
    """How many trials will run, where the space has fewer combinations than requested; else ""."""
    request = checked.request
    size = space.size()
    if strategy_info(request.strategy).needs_points or size is None:
        return ""
    if size >= request.max_trials:
        return ""
    if strategy_info(request.strategy).repeats and size > 1:
        return f"· ends once all {size:,} have been tried; some may come again, at no cost"
    at_most = ""
    if checked.earlier_results.count:
        at_most = "at most "
    trials = "1 trial" if size == 1 else f"{size:,} trials"
    return (
        f"· {at_most}{trials} will run, not {request.max_trials:,}: each combination is tried once"
    )


def _estimate_time(
    session: Session, checked: CheckedRequest, space: SearchSpace, strategy: str, slots: int
) -> str:
    request = checked.request
    seconds = estimates.search_seconds(
        fit_to_installation(session),
        space,
        datasets.get(session, request.dataset_id),
        request.split.train,
        strategy=strategy,
        trials=checked.n_trials,
        slots=slots,
    )
    if request.time_budget_seconds:
        seconds = min(seconds, request.time_budget_seconds)
    return duration(seconds)


def _shorten(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value)
