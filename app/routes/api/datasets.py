"""/api/datasets."""

import json
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from app.errors import TooLarge
from app.routes.api.parameters import Id, PageNumber, PageSize
from app.routes.api.schemas.datasets import DatasetSchema
from app.routes.api.schemas.responses import Listing, refusals
from app.schemas import OptionalName, one_of
from app.services import datasets, one_time
from app.services.datasets import DUPLICATES_OPTIONS, MISSING_OPTIONS
from app.web.dependencies import CurrentFileReader, CurrentSettings, ReadSession, WriteSession
from app.web.one_time_keys import IdempotencyKey
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/datasets", tags=["datasets"], route_class=ExperimentRoute)

ColumnName = Annotated[str | None, Form(max_length=200)]
ColumnNames = Annotated[
    list[str] | None, Form(description="repeated, or one text with commas between")
]
MissingChoice = Annotated[str, Form(max_length=20), one_of(MISSING_OPTIONS)]
DuplicatesChoice = Annotated[str, Form(max_length=20), one_of(DUPLICATES_OPTIONS)]


@router.post("", status_code=201, responses=refusals(400, 413))
def create(
    session: WriteSession,
    settings: CurrentSettings,
    file_reader: CurrentFileReader,
    file: Annotated[UploadFile, File(description="a CSV; how it is written is recognised")],
    name: Annotated[OptionalName | None, Form()] = None,
    target: ColumnName = None,
    date: ColumnName = None,
    features: ColumnNames = None,
    missing: MissingChoice = "refuse",
    duplicates: DuplicatesChoice = "refuse",
    idempotency_key: IdempotencyKey = None,
) -> DatasetSchema:
    """Upload a series."""
    content = file.file.read(settings.upload_limit_bytes + 1)
    if len(content) > settings.upload_limit_bytes:
        raise TooLarge(f"The file is larger than the limit of {settings.upload_limit_mb} MB.")
    filename = file.filename or "upload.csv"
    feature_names = _split_names(features or [])
    digest = None
    if idempotency_key:
        choices = [name, filename, target, date, feature_names, missing, duplicates]
        digest = one_time.make_digest(idempotency_key, json.dumps(choices), content)
    earlier_id = one_time.find_result(session, digest)
    if earlier_id is not None:
        return get(session, int(earlier_id))
    dataset = datasets.create_from_csv(
        session,
        name=name or filename,
        filename=filename,
        content=content,
        target=target or None,
        date=date or None,
        features=feature_names or None,
        missing=missing,
        duplicates=duplicates,
        file_reader=file_reader,
    )
    one_time.store_result(session, digest, str(dataset.id))
    return DatasetSchema.of(dataset)


@router.get("", responses=refusals())
def list_all(
    session: ReadSession, page: PageNumber = 1, size: PageSize = 50
) -> Listing[DatasetSchema]:
    """All datasets, newest first, but for those that cannot be read."""
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
    """One dataset."""
    dataset = datasets.get(session, dataset_id)
    return DatasetSchema.of(dataset)


def _split_names(features: list[str]) -> list[str]:
    """Names sent one by one, or as one text with commas between."""
    texts = features
    if len(features) == 1:
        texts = features[0].split(",")
    names = []
    for text in texts:
        name = text.strip()
        if name:
            names.append(name)
    return names
