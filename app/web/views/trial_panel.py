"""One trial beside the table of its experiment: what the side panel shows of it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.models import Artifact, Trial
from app.domain.diagnosis import Diagnosis
from app.domain.failure_causes import advice
from app.domain.terms import PENDING_TRIAL_STATES, TrialState
from app.queue import artifacts
from app.queue.clock import clock
from app.services import trial_bundles, trials
from app.services.diagnoses import diagnose_trials
from app.web.views.trial_cells import compare_with_best
from app.web.views.trial_table import varied_parameters


@dataclass(frozen=True)
class TrialPanel:
    """A trial in the side panel.

    difference: to the best objective, as a fraction of it. seconds: that it took, or has taken.
    """

    trial: Trial
    is_finished: bool
    difference: float | None
    seconds: float | None
    diagnosis: Diagnosis | None
    advice: str | None
    bundle: Artifact | None
    varied: list[str]
    chart_version: str


def make_panel(session: Session, trial: Trial) -> TrialPanel:
    """Read what the panel shows of a trial."""
    best = artifacts.best_trial(session, trial.experiment_id)
    return TrialPanel(
        trial=trial,
        is_finished=trial.state not in PENDING_TRIAL_STATES,
        difference=compare_with_best(trial, best),
        seconds=trials.duration(trial, clock(session)),
        diagnosis=diagnose_trials(session, [trial]).get(trial.id),
        advice=advice(trial.failure_cause) if trial.state == TrialState.FAILED else None,
        bundle=trial_bundles.find(session, trial),
        varied=varied_parameters(trial.experiment) or list(trial.parameters),
        chart_version=f"{trial.attempts}-{trial.epochs_trained}-{trial.state}",
    )
