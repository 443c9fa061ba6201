"""/api/experiments/{id}/board and /api/boards: baselines, and other programs' forecasts."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from app.errors import NotFound
from app.routes.api.parameters import Id
from app.routes.api.schemas.boards import BaselineSchema, BoardSchema
from app.routes.api.schemas.responses import refusals
from app.services import experiments, one_time, other_forecasts
from app.web import uploaded_files
from app.web.dependencies import CurrentFileReader, CurrentSettings, ReadSession, WriteSession
from app.web.one_time_keys import IdempotencyKey

router = APIRouter(tags=["baselines"])


@router.get("/experiments/{experiment_id}/board", responses=refusals(404))
def show(session: ReadSession, experiment_id: Id) -> BoardSchema:
    """List the baselines that an experiment is compared with, in the order they were stored.

    Experiments on the same dataset with the same split and seasons share a board.
    """
    board = experiments.get(session, experiment_id).board
    if board is None:
        raise NotFound("This experiment is of an earlier version, which computed no baselines.")
    return BoardSchema.of(board)


@router.post("/boards/{board_id}/baselines", status_code=201, responses=refusals(400, 404, 413))
def add(
    session: WriteSession,
    settings: CurrentSettings,
    file_reader: CurrentFileReader,
    board_id: Id,
    name: Annotated[str, Form(description="of the program that made the forecasts")],
    file: Annotated[UploadFile, File(description="a CSV of dates and predictions")],
    idempotency_key: IdempotencyKey = None,
) -> BaselineSchema:
    """Upload another program's forecasts as a baseline.

    The CSV has one date and one prediction a line.
    Dates are matched with the dataset's; at least half of the test rows need a forecast. They are
    scored over the rows they cover.
    """
    board = other_forecasts.get_board(session, board_id)
    content = uploaded_files.read_content(file, settings)
    digest = None
    if idempotency_key:
        digest = one_time.make_digest(idempotency_key, f"{board_id} {name}", content)
    earlier_id = one_time.find_result(session, digest)
    if earlier_id is not None:
        earlier = other_forecasts.get_baseline(session, board_id, int(earlier_id))
        return BaselineSchema.of(earlier)
    baseline = other_forecasts.add(
        session,
        board,
        name=name,
        filename=file.filename or "forecasts.csv",
        content=content,
        file_reader=file_reader,
    )
    one_time.store_result(session, digest, str(baseline.id))
    return BaselineSchema.of(baseline)


@router.delete(
    "/boards/{board_id}/baselines/{baseline_id}", status_code=204, responses=refusals(404, 409)
)
def delete(session: WriteSession, board_id: Id, baseline_id: Id) -> None:
    """Delete a baseline that was uploaded."""
    baseline = other_forecasts.get_baseline(session, board_id, baseline_id)
    other_forecasts.delete(session, baseline)
