"""The page of an experiment, live, and its charts."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.config import Settings
from app.db.models import Experiment
from app.domain.metrics import Scores
from app.domain.next_steps import NextStep
from app.domain.search_space.space import SearchSpace, describe_size
from app.domain.terms import Keep, Part
from app.errors import NotFound
from app.queue import finishing
from app.queue.artifacts import BestModel
from app.queue.storage import StoredBytes
from app.services import (
    best_models,
    boards,
    combinations,
    custom_models,
    delivered,
    experiments,
    next_steps,
    noise,
    overviews,
    stored_sizes,
    summaries,
    trials,
)
from app.services.custom_models import UntrustedProgram
from app.services.delivered import DeliveredText
from app.services.noise import Ties
from app.services.overviews import Overview
from app.services.rows_ahead import describe_horizon
from app.services.search_history import load_history
from app.services.summaries import Failure, Savings, Trend, Verdict
from app.web.charts.figures import Figure
from app.web.charts.levels import list_levels
from app.web.charts.trials import objective_figure
from app.web.dependencies import CurrentSettings, ReadSession
from app.web.fragments import figure, fragment
from app.web.scored_sessions import ScoredSession
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.board_section import BoardSection, make_board_section
from app.web.views.experiment_tabs import TabBar, choose_tab
from app.web.views.future_text import FutureSection, section_of_best
from app.web.views.trial_panel import TrialPanel, make_panel
from app.web.views.trial_rows import TrialRows, make_rows
from app.web.views.trial_table import (
    PAGE_SIZES,
    RequestedTable,
    TableRequest,
    build_table,
    varied_parameters,
)
from app.web.views.view_menu import ViewMenu, make_view_menu

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@dataclass(frozen=True, kw_only=True)
class ExperimentContext(TrialRows):
    """What changes on an experiment's page while it runs."""

    experiment: Experiment
    overview: Overview
    untrusted: UntrustedProgram | None
    verdict: Verdict | None
    board: BoardSection | None
    trend: Trend | None
    savings: Savings
    best_model: BestModel | None
    future: FutureSection
    delivered: DeliveredText | None
    baselines: dict[Part, Scores]
    ties: Ties | None
    skill_gap: str
    is_finishing: bool
    next_steps: tuple[NextStep, ...]
    failures: list[Failure]
    varied: list[str]
    chart_version: str
    stored: StoredBytes
    is_space_tried: bool

    tab_bar: TabBar
    panel: TrialPanel | None


@dataclass(frozen=True, kw_only=True)
class ExperimentPageContext(ExperimentContext):
    """The whole page: also what never changes, or only when somebody opens the page anew."""

    space: SearchSpace
    space_size: str
    rows_ahead: str
    seconds_kept: float
    keep_checkpoints: Keep
    view_menu: ViewMenu
    sizes: tuple[int, ...] = PAGE_SIZES


@router.get("/{experiment_id}")
def show(
    request: Request,
    session: ScoredSession,
    settings: CurrentSettings,
    experiment_id: int,
    table_request: RequestedTable,
) -> Response:
    """One experiment."""
    context = _make_page_context(session, experiment_id, table_request, settings)
    return render(request, "experiments/show.html", context)


@router.get("/{experiment_id}/live")
def live(
    request: Request, session: ScoredSession, experiment_id: int, table_request: RequestedTable
) -> Response:
    """The parts of an experiment's page that change."""
    return fragment(
        request,
        "experiments/_live.html",
        lambda: _make_context(session, experiment_id, table_request),
    )


@router.get("/{experiment_id}/charts/objective")
def objective_chart(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """Objective by trial."""
    return figure(
        request,
        lambda: _draw_objective(session, experiment_id),
    )


def _make_context(
    session: Session, experiment_id: int, table_request: TableRequest
) -> ExperimentContext:
    experiment = experiments.get(session, experiment_id)
    overview = overviews.build(session, experiment)
    table = build_table(table_request, experiment)
    baselines = overviews.baseline_scores_by_part(session, experiment)
    best = best_models.find(session, experiment, overview.best)
    gap = noise.explain_skill(session, overview.best, baselines) if overview.best else None
    board = make_board_section(session, experiment, overview.best, table)
    future = section_of_best(session, experiment, best)
    rows = make_rows(session, experiment, table, overview)
    return ExperimentContext(
        **vars(rows),
        experiment=experiment,
        overview=overview,
        untrusted=custom_models.find_untrusted(session, experiment),
        verdict=summaries.verdict(overview),
        board=board,
        trend=summaries.trend(session, overview),
        savings=summaries.savings(session, experiment_id),
        best_model=best,
        future=future,
        delivered=_describe_delivery(session, best),
        baselines=baselines,
        ties=noise.find_ties(session, experiment),
        skill_gap=noise.describe_skill_gap(gap, experiment.yardstick),
        is_finishing=finishing.next_training(session, experiment) is not None,
        next_steps=next_steps.find_steps(session, overview.best) if overview.best else (),
        failures=summaries.failures(session, experiment_id),
        varied=varied_parameters(experiment),
        chart_version=f"{overview.n_trials}-{overview.finished}-{board.version if board else 0}",
        stored=stored_sizes.measure(session, overview, best),
        is_space_tried=combinations.are_all_tried(experiment, overview.counts),
        panel=_make_panel(session, experiment_id, table_request.panel_number),
        tab_bar=choose_tab(table_request.tab, overview, has_forecast=future.text is not None),
    )


def _make_panel(session: Session, experiment_id: int, number: int | None) -> TrialPanel | None:
    """The side panel; None where none is asked for, or there is no such trial."""
    if number is None:
        return None
    try:
        trial = trials.find(session, experiment_id, number)
    except NotFound:
        return None
    return make_panel(session, trial)


def _describe_delivery(session: Session, best: BestModel | None) -> DeliveredText | None:
    if best is None or best.delivery is None:
        return None
    return delivered.describe(session, best.delivery, best.trial)


def _make_page_context(
    session: Session, experiment_id: int, table_request: TableRequest, settings: Settings
) -> ExperimentPageContext:
    changing = _make_context(session, experiment_id, table_request)
    space = changing.experiment.space
    return ExperimentPageContext(
        **vars(changing),
        space=space,
        space_size=describe_size(space),
        rows_ahead=describe_horizon(session, changing.experiment),
        seconds_kept=finishing.seconds_kept(session, changing.experiment),
        keep_checkpoints=settings.keep_checkpoints,
        view_menu=make_view_menu(session, experiment_id, changing.table),
    )


def _draw_objective(session: Session, experiment_id: int) -> Figure:
    experiment = experiments.get(session, experiment_id)
    board = boards.load_board(session, experiment)
    history = load_history(session, experiment_id)
    return objective_figure(
        history.points,
        overviews.baseline_error(session, experiment),
        experiment.objective,
        list_levels(board, experiment.yardstick),
        crowd=history.crowd,
    )
