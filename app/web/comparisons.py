"""What the pages of comparison show of some trials: their columns, their table and their charts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.terms import PENDING_TRIAL_STATES, Part
from app.errors import NotFound
from app.services import boards, comparison, cross_comparison, futures, overviews, trials
from app.services.diagnoses import diagnose_trials
from app.web.charts.compared_lines import LineStyle, choose_style
from app.web.charts.comparison import ForecastLabel, curves_figure, forecasts_figure
from app.web.charts.figures import Figure, empty_figure
from app.web.charts.futures import futures_figure
from app.web.charts.levels import list_levels
from app.web.views.comparison_table import Row, gain_rows, parameter_rows, pin_rows, score_rows

Content = Literal["epochs", "validation", "test", "future"]
View = Literal["values", "errors", "differences"]


@dataclass(frozen=True)
class ComparedTrials:
    """Trials whose errors compare, and the index of the one that is the baseline of the others."""

    trials: tuple[Trial, ...]
    pinned: int | None = None

    @property
    def experiment(self) -> Experiment:
        """The one whose dataset and baselines count for all."""
        return self.trials[self.pinned or 0].experiment

    @property
    def labels(self) -> tuple[str, ...]:
        """What each trial is called in charts and tables."""
        labels = list(cross_comparison.label_trials(self.trials))
        if self.pinned is not None:
            labels[self.pinned] += " (baseline)"
        return tuple(labels)

    @property
    def is_finished(self) -> bool:
        return all(trial.state not in PENDING_TRIAL_STATES for trial in self.trials)


@dataclass(frozen=True)
class ComparedColumn:
    """The head of a trial's column, with the addresses that pin it or take it away."""

    trial: Trial
    label: str
    style: LineStyle
    is_pinned: bool
    pin_address: str
    removal_address: str


def list_columns(
    compared: ComparedTrials, address: Callable[[tuple[Trial, ...], Trial | None], str]
) -> tuple[ComparedColumn, ...]:
    """The heads of the columns. `address`: of a page from its trials and its pinned one."""
    columns = []
    pinned = compared.trials[compared.pinned] if compared.pinned is not None else None
    for index, (trial, label) in enumerate(zip(compared.trials, compared.labels, strict=True)):
        is_pinned = trial is pinned
        others = tuple(other for other in compared.trials if other is not trial)
        column = ComparedColumn(
            trial,
            label,
            choose_style(index, is_pinned=is_pinned),
            is_pinned,
            pin_address=address(compared.trials, None if is_pinned else trial),
            removal_address=address(others, None if is_pinned else pinned),
        )
        columns.append(column)
    return tuple(columns)


def make_rows(session: Session, compared: ComparedTrials) -> tuple[list[Row], list[Row], str]:
    """The rows of scores, those of parameters, and a text that changes when a chart does."""
    if not compared.trials:
        return [], [], ""
    curves = comparison.curves(session, compared.trials)
    diagnoses = diagnose_trials(session, compared.trials)
    board = boards.load_board(session, compared.experiment)
    gains = [boards.compare_with_best(session, board, trial) for trial in compared.trials]
    yardstick = compared.experiment.yardstick
    scores = score_rows(compared.trials, curves, diagnoses, yardstick, compared.pinned)
    scores += gain_rows(gains)
    parameters = pin_rows(parameter_rows(compared.trials), compared.pinned)
    versions = [f"{trial.epochs_trained}{trial.state}" for trial in compared.trials]
    if board is not None:
        versions.append(board.version)
    return scores, parameters, "-".join(versions)


def draw(
    session: Session, compared: ComparedTrials, content: Content, view: View, step: int
) -> Figure:
    """Validation RMSE by epoch, or forecasts of one part or beyond, of trials that have them."""
    if content == "epochs":
        return _draw_curves(session, compared)
    if content == "future":
        return _draw_futures(session, compared)
    return _draw_forecasts(session, compared, Part(content), view, step)


def _draw_curves(session: Session, compared: ComparedTrials) -> Figure:
    if not compared.trials:
        return empty_figure("Nothing is compared.")
    experiment = compared.experiment
    yardstick = experiment.yardstick
    return curves_figure(
        compared.trials,
        comparison.curves(session, compared.trials),
        overviews.baseline_error(session, experiment),
        yardstick,
        list_levels(boards.load_board(session, experiment), yardstick),
        labels=compared.labels,
        pinned=compared.pinned,
    )


def _draw_forecasts(
    session: Session, compared: ComparedTrials, part: Part, view: View, step: int
) -> Figure:
    labels = []
    views = []
    for index, (trial, name) in enumerate(zip(compared.trials, compared.labels, strict=True)):
        if trial.test_rmse is not None:
            is_pinned = index == compared.pinned
            labels.append(ForecastLabel(index, name, is_pinned))
            views.append(trials.forecast(session, trial, part, step))
    if not views:
        return forecasts_figure([], [], "", are_errors=False)
    experiment = compared.experiment
    board = boards.load_board(session, experiment)
    return forecasts_figure(
        labels,
        views,
        experiment.dataset.target,
        boards.load_line(session, board, part, step),
        are_errors=view == "errors",
        are_differences=view == "differences",
    )


def _draw_futures(session: Session, compared: ComparedTrials) -> Figure:
    views = {}
    problems = []
    target = compared.experiment.dataset.target if compared.trials else ""
    for index, (trial, label) in enumerate(zip(compared.trials, compared.labels, strict=True)):
        try:
            view = futures.load_of_trial(session, trial)
            views[index] = replace(view, source=label)
        except NotFound as error:
            problems.append(str(error))
    return futures_figure(views, target, problems, compared.pinned)
