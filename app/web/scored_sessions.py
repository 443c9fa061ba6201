"""Read sessions of pages that show more scores: those that are missing are filled in first."""

import logging
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Trial
from app.services import more_scores
from app.services.rows import read_id
from app.web.dependencies import get_database

logger = logging.getLogger(__name__)


def open_scored_session(request: Request) -> Iterator[Session]:
    """A read session. All forecasts of the experiment that the address names have their scores.

    Where they cannot be written, the page does without them.
    """
    database = get_database(request)
    _fill_in(database, request)
    with database.read() as session:
        yield session


# With the scope "function" a session ends before the response is sent.
ScoredSession = Annotated[Session, Depends(open_scored_session, scope="function")]


def _fill_in(database: Database, request: Request) -> None:
    with database.read() as session:
        experiment_id = _find_experiment_id(session, request)
        if experiment_id is None or not more_scores.is_missing(session, experiment_id):
            return
        scored_rows = more_scores.compute_missing(session, experiment_id)
    try:
        with database.write() as session:
            more_scores.store(session, scored_rows)
    except (DBAPIError, OSError) as error:
        logger.warning("More scores could not be stored: %s", error)


def _find_experiment_id(session: Session, request: Request) -> int | None:
    """The experiment that the address names, by itself or by a trial; None where there is none."""
    experiment_id = _read_id(request, "experiment_id")
    trial_id = _read_id(request, "trial_id")
    if trial_id is not None:
        trial = session.get(Trial, trial_id)
        return trial.experiment_id if trial else None
    return experiment_id


def _read_id(request: Request, name: str) -> int | None:
    text = request.path_params.get(name, "")
    return read_id(str(text))
