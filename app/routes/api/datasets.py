"""/api/datasets."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, UploadFile

from app.errors import TooLarge
from app.routes.api.schemas import DatasetShape, Listing, refusals
from app.schemas import OptionalName
from app.services import datasets
from app.web.dependencies import CurrentSettings, ReadSession, WriteSession

router = APIRouter(prefix="/datasets", tags=["datasets"])
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=200)]
Text = Annotated[str | None, Form(max_length=200)]


@router.post("", status_code=201, responses=refusals(400, 413))
def create(
    session: WriteSession,
    settings: CurrentSettings,
    file: Annotated[UploadFile, File(description="a CSV; how it is written is recognised")],
    name: Annotated[OptionalName | None, Form()] = None,
    target: Text = None,
    date: Text = None,
    features: Annotated[
        list[str] | None, Form(description="repeated, or one text with commas")
    ] = None,
    missing: Annotated[str, Form(description="refuse, drop or fill", max_length=20)] = "refuse",
    duplicates: Annotated[str, Form(description="refuse, first or last", max_length=20)] = "refuse",
) -> DatasetShape:
    """Upload a series."""
    content = file.file.read(settings.upload_limit_bytes + 1)
    if len(content) > settings.upload_limit_bytes:
        raise TooLarge(f"The file is larger than the limit of {settings.upload_limit_mb} MB.")
    filename = file.filename or "upload.csv"
    dataset = datasets.create_from_csv(
        session,
        name=name or filename,
        filename=filename,
        content=content,
        target=target or None,
        date=date or None,
        features=_names(features or []) or None,
        missing=missing,
        duplicates=duplicates,
    )
    return DatasetShape.of(dataset)


@router.get("", responses=refusals())
def list_all(
    session: ReadSession, page: PageNumber = 1, size: PageSize = 50
) -> Listing[DatasetShape]:
    """All datasets, newest first."""
    found = datasets.listing(session, page, size)
    return Listing(items=[DatasetShape.of(row) for row in found.items], total=found.total)


@router.get("/{dataset_id}", responses=refusals(404))
def get(session: ReadSession, dataset_id: Id) -> DatasetShape:
    """One dataset."""
    return DatasetShape.of(datasets.get(session, dataset_id))


def _names(features: list[str]) -> list[str]:
    listed = features[0].split(",") if len(features) == 1 else features
    return [name.strip() for name in listed if name.strip()]
