"""/api/datasets."""

import json
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.routes.api.csv_form import CsvForm, LikeField
from app.routes.api.examples import DOUBTFUL_DATES
from app.routes.api.parameters import Id, PageNumber, PageSize
from app.routes.api.schemas.datasets import DatasetChange, DatasetSchema
from app.routes.api.schemas.leaderboards import LeaderboardSchema
from app.routes.api.schemas.responses import Listing, refusals
from app.samples import SAMPLES
from app.schemas import OptionalName
from app.services import datasets, deletion, leaderboards, one_time, seasons
from app.web import uploaded_files
from app.web.dependencies import (
    CurrentDeletionTimer,
    CurrentFileReader,
    CurrentSettings,
    ReadSession,
    WriteSession,
)
from app.web.one_time_keys import IdempotencyKey
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/datasets", tags=["datasets"], route_class=ExperimentRoute)


@router.post("", status_code=201, responses=refusals(400, 413, invalid_example=DOUBTFUL_DATES))
def create(
    session: WriteSession,
    settings: CurrentSettings,
    file_reader: CurrentFileReader,
    file: Annotated[UploadFile, File(description="a CSV; how it is written is recognised")],
    fields: Annotated[CsvForm, Depends()],
    name: Annotated[OptionalName | None, Form()] = None,
    like: LikeField = None,
    idempotency_key: IdempotencyKey = None,
) -> DatasetSchema:
    """Upload a CSV as a dataset.

    What the file itself does not decide is answered with 422 and the values to choose from. Where
    each of several series becomes a dataset, the answer is the first, with the ids of the others.
    """
    content = uploaded_files.read_content(file, settings)
    filename = file.filename or "upload.csv"
    digest = None
    if idempotency_key:
        sent = json.dumps([name, filename, like, asdict(fields)])
        digest = one_time.make_digest(idempotency_key, sent, content)
    earlier_ids = one_time.find_result(session, digest)
    if earlier_ids is not None:
        return _show_all(session, earlier_ids.split())
    created = datasets.create_each_from_csv(
        session,
        name=name or filename,
        filename=filename,
        content=content,
        file_reader=file_reader,
        like=like,
        **asdict(fields),
    )
    ids = [str(dataset.id) for dataset in created]
    one_time.store_result(session, digest, " ".join(ids))
    return _show_all(session, ids)


@router.get("", responses=refusals())
def list_all(
    session: ReadSession, page: PageNumber = 1, size: PageSize = 50
) -> Listing[DatasetSchema]:
    """List the datasets, newest first, without those that cannot be read."""
    listed = datasets.listing(session, page, size)
    damages = datasets.find_damages(listed.items)
    items = []
    for dataset in listed.items:
        if dataset.id not in damages:
            items.append(DatasetSchema.of(dataset))
    return Listing(
        items=items,
        total=listed.total,
    )


@router.get("/{dataset_id}", responses=refusals(404))
def get(session: ReadSession, dataset_id: Id) -> DatasetSchema:
    """Get a dataset."""
    dataset = datasets.get(session, dataset_id)
    return DatasetSchema.of(dataset, seasons.lengths_of(session, dataset))


@router.get("/{dataset_id}/leaderboard", responses=refusals(404))
def leaderboard(
    session: ReadSession,
    dataset_id: Id,
    group: Annotated[str, Query(max_length=80, description="a key of `groups`")] = "",
    page: PageNumber = 1,
    size: PageSize = 25,
) -> LeaderboardSchema:
    """List the trials of all experiments on a dataset, best first.

    Trials compare within a group: those of the newest experiment's group unless asked otherwise.
    """
    dataset = datasets.get(session, dataset_id)
    board = leaderboards.load(session, dataset, group, page, size)
    return LeaderboardSchema.of(board)


@router.patch("/{dataset_id}", responses=refusals(400, 404))
def change(session: WriteSession, dataset_id: Id, change: DatasetChange) -> DatasetSchema:
    """Correct the season lengths of a dataset.

    Experiments that exist keep those they were made with.
    """
    dataset = datasets.get(session, dataset_id)
    seasons.correct(dataset, change.season_lengths)
    return DatasetSchema.of(dataset)


@router.post("/samples/{name}", status_code=201, responses=refusals(404))
def add_sample(session: WriteSession, name: str) -> DatasetSchema:
    """Add a sample series that comes with Foretune, once: `elnino` or `ibm`."""
    sample = SAMPLES.get(name)
    if sample is None:
        raise NotFound(f"There is no sample of this name. There are: {', '.join(SAMPLES)}.")
    return DatasetSchema.of(datasets.add_sample(session, sample))


@router.delete("/{dataset_id}", status_code=204, responses=refusals(404, 409))
def delete(session: WriteSession, deletion_timer: CurrentDeletionTimer, dataset_id: Id) -> None:
    """Delete a dataset that no experiment uses.

    For ten seconds `POST /api/datasets/{id}/undo-delete` brings it back.
    """
    dataset = datasets.get(session, dataset_id)
    deletion.mark_dataset(session, dataset)
    deletion_timer.schedule()


@router.post("/{dataset_id}/undo-delete", responses=refusals(404))
def undo_delete(session: WriteSession, dataset_id: Id) -> DatasetSchema:
    """Bring back a dataset that has just been deleted."""
    return DatasetSchema.of(deletion.restore_dataset(session, dataset_id))


def _show_all(session: Session, ids: list[str]) -> DatasetSchema:
    """The first of these datasets, with the ids of the others."""
    first, *others = [int(dataset_id) for dataset_id in ids]
    dataset = datasets.get(session, first)
    return DatasetSchema.of(dataset).model_copy(update={"others": others})
