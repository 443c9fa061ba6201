"""Taking trials out of the queue: because a person asks for it, or because their search is over."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.states import ABANDON_TRIAL, WITHDRAW_TRIAL
from app.queue.clock import clock
from app.queue.logs import write_log
from app.queue.transitions import change_trials
from app.queue.trial_counts import HAS_BEGUN


def withdraw_for_person(session: Session, trial: Trial) -> bool:
    """Take a queued trial out of the queue until a person wants it back. False: it is not queued.

    One that had begun counts as stopped.
    """
    is_trial = Trial.id == trial.id
    moment = clock(session)
    withdrawn = change_trials(
        session,
        WITHDRAW_TRIAL,
        is_trial,
        ~HAS_BEGUN,
        stop_requested_at=moment,
        error="Withdrawn by you before it began.",
    )
    abandoned = change_trials(
        session,
        ABANDON_TRIAL,
        is_trial,
        stop_requested_at=moment,
        finished_at=moment,
        error="Stopped by you while it waited to go on.",
    )
    return bool(withdrawn or abandoned)


def withdraw_queued(session: Session, experiment: Experiment, cause: str) -> None:
    """Empty the queue of an experiment that is over; `cause` ends a sentence.

    When the experiment goes on, the trials go back into the queue.
    """
    is_of_experiment = Trial.experiment_id == experiment.id
    error = f"Withdrawn before it began, because {cause}."
    withdrawn = change_trials(
        session,
        WITHDRAW_TRIAL,
        is_of_experiment,
        ~HAS_BEGUN,
        error=error,
    )
    write_log(session, withdrawn, error)
    error = f"Stopped while it waited to go on, because {cause}."
    abandoned = change_trials(
        session,
        ABANDON_TRIAL,
        is_of_experiment,
        finished_at=clock(session),
        error=error,
    )
    write_log(session, abandoned, error)


def count_waiting_to_go_on(session: Session, experiment: Experiment) -> int:
    """How many queued trials of an experiment have begun already."""
    query = select(func.count()).where(
        Trial.experiment_id == experiment.id,
        Trial.state.in_(ABANDON_TRIAL.sources),
        HAS_BEGUN,
    )
    return session.scalars(query).one()
