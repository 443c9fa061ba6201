"""One page of the trial table with all that its cells show."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.diagnosis import Diagnosis
from app.domain.terms import TrialState
from app.queue.clock import clock
from app.services import trial_listing
from app.services.diagnoses import diagnose_trials
from app.services.loss_curves import load_curves
from app.services.overviews import Overview
from app.services.paging import Page
from app.web.views.trial_cells import Sparkline, compare_with_best, draw_sparklines, find_bar
from app.web.views.trial_columns import NUMBER_COLUMN, STATE_COLUMN, Column, cell_value
from app.web.views.trial_filter import TrialFilter, describe_filter, mark_cell
from app.web.views.trial_table import TrialTable


@dataclass(frozen=True, kw_only=True)
class TrialRows:
    """One page of trials.

    cell: the content of a cell by trial and column's name. adds: what a cell adds to the filter.
    bar: where a hyperparameter lies in its range, in percent, by trial and name. difference: to the
    best trial. sparklines: by trial id.
    """

    table: TrialTable
    trials: Page[Trial]
    trial_filter: TrialFilter
    cell: Callable[[Trial, str], object]
    adds: Callable[[Column, object], str] = mark_cell
    bar: Callable[[Trial, str], float | None]
    difference: Callable[[Trial], float | None]
    sparklines: dict[int, Sparkline]
    diagnoses: dict[int, Diagnosis]
    number_column: Column = NUMBER_COLUMN
    state_column: Column = STATE_COLUMN
    states: tuple[TrialState, ...] = tuple(TrialState)


def make_rows(
    session: Session, experiment: Experiment, table: TrialTable, overview: Overview
) -> TrialRows:
    """Read the page that a table shows; only what its columns show is loaded."""
    listed = trial_listing.list_or_fall_back(session, experiment.id, table.query, table.last_search)
    trials = listed.page.items
    dimensions = experiment.space.dimensions
    curves = load_curves(session, trials) if "curve" in table.names else {}
    return TrialRows(
        table=table.with_query(listed.query),
        trials=listed.page,
        trial_filter=describe_filter(table.query.search, listed, overview.n_trials),
        cell=partial(cell_value, now=clock(session)),
        bar=lambda trial, name: find_bar(trial, dimensions.get(name)),
        difference=lambda trial: compare_with_best(trial, overview.best),
        sparklines=draw_sparklines(curves),
        diagnoses=diagnose_trials(session, trials),
    )
