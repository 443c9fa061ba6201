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
from app.services.paging import Page
from app.web.views.trial_cells import Sparkline, compare_with_best, draw_sparklines, find_bar
from app.web.views.trial_columns import NUMBER_COLUMN, STATE_COLUMN, Column, cell_value
from app.web.views.trial_table import TrialTable


@dataclass(frozen=True, kw_only=True)
class TrialRows:
    """One page of trials.

    problem: what is wrong with the filter. cell: the content of a cell by trial and column's name.
    bar: where a hyperparameter lies in its range, in percent, by trial and name. difference: to the
    best trial. sparklines: by trial id.
    """

    table: TrialTable
    trials: Page[Trial]
    problem: str
    cell: Callable[[Trial, str], object]
    bar: Callable[[Trial, str], float | None]
    difference: Callable[[Trial], float | None]
    sparklines: dict[int, Sparkline]
    diagnoses: dict[int, Diagnosis]
    number_column: Column = NUMBER_COLUMN
    state_column: Column = STATE_COLUMN
    states: tuple[TrialState, ...] = tuple(TrialState)


def make_rows(
    session: Session, experiment: Experiment, table: TrialTable, best: Trial | None
) -> TrialRows:
    """Read the page that a table shows; only what its columns show is loaded."""
    page_of_trials, problem = trial_listing.list_or_explain(session, experiment.id, table.query)
    trials = page_of_trials.items
    dimensions = experiment.space.dimensions
    curves = load_curves(session, trials) if "curve" in table.names else {}
    return TrialRows(
        table=table,
        trials=page_of_trials,
        problem=problem,
        cell=partial(cell_value, now=clock(session)),
        bar=lambda trial, name: find_bar(trial, dimensions.get(name)),
        difference=lambda trial: compare_with_best(trial, best),
        sparklines=draw_sparklines(curves),
        diagnoses=diagnose_trials(session, trials),
    )
