"""The live line of the form: how many combinations, three samples, the estimated time, problems."""

from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.orm import Session

from app.domain.auto import Chosen, choose
from app.domain.search_space.parameters import Catalogue
from app.domain.search_space.space import SearchSpace, SpaceError, describe_size, preview
from app.domain.strategies import strategy_info
from app.queue import workers
from app.schemas import ExperimentRequest
from app.services import warm_start
from app.services.expected_time import ExpectedTimes
from app.services.validation import CheckedRequest
from app.web.formats import estimate
from app.web.forms.advanced import AdvancedParts, describe_advanced
from app.web.forms.draft import ExperimentDraft
from app.web.forms.efforts import Effort, list_efforts
from app.web.forms.experiment import describe_rows_ahead, targets_of_dataset
from app.web.forms.fields import group_messages
from app.web.forms.filling import Filling
from app.web.forms.labels import field_of
from app.web.views.split_bar import SplitBar, describe_split


@dataclass
class SearchPreview:
    """What the live line says; "" where nothing is to be said.

    `planned`: the number of trials. `trials`: how many will run, where they are fewer than
    requested. `targets`: those that the dataset allows. `rows_ahead`: the time that the rows to
    forecast are. `asks_about_one_trial`: whether a start is to be confirmed, since nothing varies.
    `filling`: what the choice of another dataset changed. `name`: what the experiment is called
    where no name is given. `searched`: the hyperparameters that vary or are wrong.
    `parts`: what the advanced settings are. `problems`: the field and the message of each.
    """

    size: str = ""
    planned: str = ""
    samples: list[str] = field(default_factory=list)
    trials: str = ""
    time: str = ""
    reason: str = ""
    space_notes: tuple[str, ...] = ()
    warm_start: str = ""
    targets: tuple[str, ...] = ()
    rows_ahead: str = ""
    asks_about_one_trial: bool = False
    filling: Filling | None = None
    name: str = ""
    split: SplitBar = field(default_factory=SplitBar)
    efforts: list[Effort] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    parts: AdvancedParts = field(default_factory=AdvancedParts)
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by the name of their field."""
        return group_messages(self.problems)


def preview_search(session: Session, draft: ExperimentDraft, slots: int) -> SearchPreview:
    """What a search would be like if it started now.

    `slots`: how many trainings run at once where no worker is alive that has said so.
    """
    slots = workers.slots_alive(session) or slots
    search = SearchPreview(
        targets=targets_of_dataset(session, draft.fields),
        rows_ahead=describe_rows_ahead(session, draft.fields),
        filling=draft.filling,
        name=draft.suggested_name,
        split=describe_split(session, draft.fields),
    )
    draft.validate(session, is_preview=True)
    search.planned = _describe_number(draft)
    if draft.request is not None:
        _describe_size(search, draft.request, draft.catalogue)
    choice = None
    times = ExpectedTimes(session)
    if draft.checked is not None:
        choice = _choose_methods(draft.checked)
        _describe_run(times, search, draft.checked, choice, slots)
    search.parts = describe_advanced(draft.fields, draft.custom_model, choice)
    search.searched = list(filter(draft.is_searched, draft.catalogue))
    search.efforts = list_efforts(times, draft.checked, slots)
    search.asks_about_one_trial = draft.asks_about_one_trial
    for problem in draft.problems:
        name = field_of(problem.loc, draft.catalogue)
        search.problems.append((name, problem.message))
    return search


def _describe_number(draft: ExperimentDraft) -> str:
    """How many trials are requested; "" where that cannot be read."""
    if draft.reading is None or "max_trials" in draft.errors:
        return ""
    n_trials = draft.reading.body["max_trials"]
    if strategy_info(draft.get("strategy")).needs_points:
        n_trials = len(draft.reading.body["points"])
    if draft.checked is not None:
        combinations = draft.checked.space.size() or n_trials
        n_trials = min(n_trials, combinations)
    return _count_trials(n_trials)


def _describe_size(search: SearchPreview, request: ExperimentRequest, catalogue: Catalogue) -> None:
    """Say how large the search is, even where something else is wrong with it."""
    try:
        space = SearchSpace.parse(request.space, catalogue)
    except SpaceError:
        return
    _describe_space(search, request, space)


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


def _choose_methods(checked: CheckedRequest) -> Chosen:
    """The strategy and the pruning, with `auto` replaced by what it comes to."""
    request = checked.request
    return choose(
        request.strategy,
        request.pruning,
        checked.space,
        checked.n_trials,
    )


def _describe_run(
    times: ExpectedTimes,
    search: SearchPreview,
    checked: CheckedRequest,
    choice: Chosen,
    slots: int,
) -> None:
    space = checked.space
    start = warm_start.preview(checked.earlier_results)
    search.warm_start = start.text
    search.trials = _explain_fewer_trials(checked, space)
    search.reason = choice.reason
    search.space_notes = checked.space_notes
    seconds = times.seconds(checked, checked.n_trials, slots, fills_budget=True)
    if seconds is not None:
        seconds = min(seconds, checked.request.time_budget_seconds or seconds)
        search.time = estimate(seconds)


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
    trials = _count_trials(size)
    return (
        f"· {at_most}{trials} will run, not {request.max_trials:,}: each combination is tried once"
    )


def _count_trials(number: int) -> str:
    return "1 trial" if number == 1 else f"{number:,} trials"


def _shorten(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value)
