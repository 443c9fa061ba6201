"""Pages of comparison: a few trials of one experiment, or of several, side by side."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from app.db.models import Experiment, Trial
from app.services import comparison, cross_comparison, experiments
from app.services.comparison import Comparison
from app.services.cross_comparison import CrossRequest
from app.web import comparisons
from app.web.comparisons import ComparedColumn, ComparedTrials, Content, View
from app.web.dependencies import ReadSession, Step
from app.web.fragments import fragment
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.comparison_table import Row

router = APIRouter(route_class=ExperimentRoute)

MAX_SHOWN_INPUT = 300  # characters of a wrong input that the form repeats

TrialNumbers = Annotated[list[str] | None, Query(alias="trials", max_length=200)]
ExperimentIds = Annotated[list[str] | None, Query(alias="experiments", max_length=200)]
Pin = Annotated[str, Query(max_length=20, description="the trial the others are compared with")]
ChartContent = Annotated[Content, Query(alias="of")]


@dataclass(frozen=True)
class ComparisonContext:
    """The compared trials, and what the form for their numbers shows.

    experiment: whose trials they are; None: those of several, by their ids.
    """

    experiment: Experiment | None
    columns: tuple[ComparedColumn, ...]
    target: str
    error: str  # the name of the error that the trials are compared by
    problem: str
    numbers: str
    pin: str
    live_url: str
    chart_url: str
    scores: list[Row]
    parameters: list[Row]
    is_finished: bool
    chart_version: str


@router.get("/experiments/{experiment_id}/comparison")
def show(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    numbers: TrialNumbers = None,
    pin: Pin = "",
) -> Response:
    """Trials by their numbers, or the best ones."""
    context = _make_context(session, experiment_id, numbers or [], pin)
    return _render(request, context)


@router.get("/experiments/{experiment_id}/comparison/live")
def live(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    numbers: TrialNumbers = None,
    pin: Pin = "",
) -> Response:
    """The parts of that page that change."""
    return fragment(
        request,
        "experiments/_comparison_live.html",
        lambda: _make_context(session, experiment_id, numbers or [], pin),
    )


@router.get("/experiments/{experiment_id}/charts/comparison")
def chart(
    session: ReadSession,
    experiment_id: int,
    content: ChartContent = "epochs",
    view: View = "values",
    step: Step = 1,
    numbers: TrialNumbers = None,
    pin: Pin = "",
) -> JSONResponse:
    """Validation RMSE by epoch, or forecasts of one part or beyond, of trials that have them."""
    experiment = experiments.get(session, experiment_id)
    compared = comparison.compare(session, experiment, numbers or [])
    pinned = _pin(compared, pin, by_number=True)
    return JSONResponse(comparisons.draw(session, pinned, content, view, step))


@router.get("/comparison")
def show_across(
    request: Request,
    session: ReadSession,
    trials: TrialNumbers = None,
    ticked: ExperimentIds = None,
    pin: Pin = "",
) -> Response:
    """Trials of several experiments by their ids, and the best of experiments by theirs."""
    context = _make_cross_context(session, CrossRequest(trials or [], ticked or [], pin))
    return _render(request, context)


@router.get("/comparison/live")
def live_across(
    request: Request, session: ReadSession, trials: TrialNumbers = None, pin: Pin = ""
) -> Response:
    """The parts of that page that change."""
    return fragment(
        request,
        "experiments/_comparison_live.html",
        lambda: _make_cross_context(session, CrossRequest(trials or [], pin=pin)),
    )


@router.get("/comparison/chart")
def chart_across(
    session: ReadSession,
    content: ChartContent = "epochs",
    view: View = "values",
    step: Step = 1,
    trials: TrialNumbers = None,
    pin: Pin = "",
) -> JSONResponse:
    """The same charts of trials of several experiments."""
    compared = cross_comparison.compare(session, CrossRequest(trials or [], pin=pin))
    pinned = _pin(compared, pin, by_number=False)
    return JSONResponse(comparisons.draw(session, pinned, content, view, step))


def _render(request: Request, context: ComparisonContext) -> Response:
    has_nothing_to_show = context.problem and not context.columns
    return render(
        request,
        "experiments/comparison.html",
        context,
        status=422 if has_nothing_to_show else 200,
    )


def _make_context(
    session: Session, experiment_id: int, requested_numbers: list[str], pin: str
) -> ComparisonContext:
    experiment = experiments.get(session, experiment_id)
    compared = comparison.compare(session, experiment, requested_numbers)
    shown_numbers = None
    if requested_numbers and compared.problem:
        shown_numbers = ", ".join(requested_numbers)[:MAX_SHOWN_INPUT]
    pinned = _pin(compared, pin, by_number=True)
    return _describe(session, experiment, pinned, compared.problem, shown_numbers)


def _make_cross_context(session: Session, request: CrossRequest) -> ComparisonContext:
    compared = cross_comparison.compare(session, request)
    pinned = _pin(compared, request.pin, by_number=False)
    return _describe(session, None, pinned, compared.problem)


def _pin(compared: Comparison, pin: str, *, by_number: bool) -> ComparedTrials:
    """The compared trials with the pinned one, by its number or its id, where it is among them."""
    for index, trial in enumerate(compared.trials):
        if pin == str(trial.number if by_number else trial.id):
            return ComparedTrials(compared.trials, index)
    return ComparedTrials(compared.trials)


@dataclass(frozen=True)
class _Addresses:
    """The addresses of a comparison: in one experiment by numbers of trials, else by their ids."""

    experiment: Experiment | None

    @property
    def page(self) -> str:
        return f"/experiments/{self.experiment.id}/comparison" if self.experiment else "/comparison"

    @property
    def chart(self) -> str:
        if self.experiment is None:
            return f"{self.page}/chart"
        return f"/experiments/{self.experiment.id}/charts/comparison"

    def name(self, trial: Trial | None) -> str:
        """What an address calls a trial; "" for none."""
        if trial is None:
            return ""
        return str(trial.number if self.experiment else trial.id)

    def list_names(self, trials: tuple[Trial, ...]) -> str:
        return ", ".join(map(self.name, trials))

    def query(self, trials: tuple[Trial, ...], pinned: Trial | None) -> str:
        """The query that compares trials with a pinned one."""
        items = {"trials": self.list_names(trials)}
        if pinned is not None:
            items["pin"] = self.name(pinned)
        return urlencode(items)

    def comparison(self, trials: tuple[Trial, ...], pinned: Trial | None) -> str:
        return f"{self.page}?{self.query(trials, pinned)}"


def _describe(
    session: Session,
    experiment: Experiment | None,
    compared: ComparedTrials,
    problem: str,
    shown_numbers: str | None = None,
) -> ComparisonContext:
    addresses = _Addresses(experiment)
    pinned = compared.trials[compared.pinned] if compared.pinned is not None else None
    query = addresses.query(compared.trials, pinned)
    numbers = addresses.list_names(compared.trials)
    scores, parameters, version = comparisons.make_rows(session, compared)
    return ComparisonContext(
        experiment=experiment,
        columns=comparisons.list_columns(compared, addresses.comparison),
        target=compared.experiment.dataset.target if compared.trials else "",
        error=compared.experiment.yardstick.name if compared.trials else "",
        problem=problem,
        numbers=numbers if shown_numbers is None else shown_numbers,
        pin=addresses.name(pinned),
        live_url=f"{addresses.page}/live?{query}",
        chart_url=f"{addresses.chart}?{query}",
        scores=scores,
        parameters=parameters,
        is_finished=compared.is_finished,
        chart_version=version,
    )
