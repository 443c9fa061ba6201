"""Pages of uploads: how a CSV reads, corrected until it is right, then saved as a dataset."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.db.models import Upload
from app.services import datasets, one_time, uploads
from app.web.charts.figures import Figure
from app.web.dependencies import MAX_FORM_FIELDS, CurrentFileReader, ReadSession, WriteSession
from app.web.forms.table_preview import EMPTY_FIGURE
from app.web.forms.upload import (
    DIALECT_OPTIONS,
    NO_DATE,
    UploadPreview,
    prepare_upload,
    preview_upload,
    read_apart,
)
from app.web.templating import render

router = APIRouter(prefix="/uploads")

MAX_UPLOAD_NAME_LENGTH = 200


@dataclass(frozen=True)
class UploadContext:
    """How a file reads, with the choices that a person has."""

    upload: Upload
    file_preview: UploadPreview
    dataset_name: str
    chart_query: str
    options: dict[str, dict[str, str]]
    no_date: str


async def read_answers(request: Request) -> dict[str, Any]:
    """Corrections and choices, from the query or from the form."""
    if request.method == "POST":
        source: Any = await request.form(max_fields=MAX_FORM_FIELDS, max_files=0)
    else:
        source = request.query_params
    answers: dict[str, Any] = {}
    for name, value in source.items():
        if isinstance(value, str):
            answers[name] = value
    features = source.getlist("features")
    answers["features"] = [name for name in features if isinstance(name, str)]
    return answers


Answers = Annotated[dict[str, Any], Depends(read_answers)]


@router.get("/{upload_id}")
def show(
    request: Request,
    session: ReadSession,
    file_reader: CurrentFileReader,
    upload_id: str,
    answers: Answers,
) -> Response:
    """How the file reads."""
    upload = uploads.get(session, upload_id)
    content = uploads.content(session, upload)
    file_preview = read_apart(file_reader, preview_upload, content, answers)
    return _render_upload(
        request,
        upload,
        file_preview,
        answers,
    )


@router.get("/{upload_id}/charts/series")
def series_chart(
    request: Request,
    session: ReadSession,
    file_reader: CurrentFileReader,
    upload_id: str,
    answers: Answers,
) -> JSONResponse:
    """The target as it would be read. The page has usually drawn it already."""
    upload = uploads.get(session, upload_id)

    def draw() -> Figure:
        content = uploads.content(session, upload)
        file_preview = read_apart(file_reader, preview_upload, content, answers)
        return _figure_of(file_preview)

    cache = request.app.state.upload_charts
    key = (upload_id, request.url.query)
    figure = cache.get_or_make(key, draw)
    return JSONResponse(figure)


@router.post("/{upload_id}")
def save(
    request: Request,
    session: ReadSession,
    write_session: WriteSession,
    file_reader: CurrentFileReader,
    upload_id: str,
    answers: Answers,
) -> Response:
    """Save it as a dataset, or say what is in the way.

    The file is read through the other session: a writing one locks the database from its first
    statement on. An upload that was saved before leads to the dataset it became.
    """
    saved_address = _find_saved(session, upload_id)
    if saved_address is not None:
        return RedirectResponse(saved_address, 303)
    upload = uploads.get(session, upload_id)
    content = uploads.content(session, upload)
    file_preview = read_apart(file_reader, prepare_upload, content, answers)
    if file_preview.prepared is None:
        return _render_upload(request, upload, file_preview, answers, status=422)
    saved_address = _find_saved(write_session, upload_id)
    if saved_address is not None:  # by a request that came while this one read the file
        return RedirectResponse(saved_address, 303)
    name = str(answers.get("name", "")).strip() or upload.filename
    dataset = datasets.create(
        write_session,
        name=name[:MAX_UPLOAD_NAME_LENGTH],
        filename=upload.filename,
        content=content,
        prepared=file_preview.prepared,
    )
    uploads.delete(write_session, upload)
    address = f"/datasets/{dataset.id}"
    one_time.store_result(write_session, _digest_of(upload_id), address)
    return RedirectResponse(address, 303)


@router.post("/{upload_id}/delete")
def delete(session: WriteSession, upload_id: str) -> RedirectResponse:
    """Delete an upload that is not wanted."""
    upload = uploads.get(session, upload_id)
    uploads.delete(session, upload)
    return RedirectResponse("/datasets", 303)


def _digest_of(upload_id: str) -> str:
    """An upload is its own one-time key: it is saved once."""
    return one_time.make_digest("upload", upload_id)


def _find_saved(session: Session, upload_id: str) -> str | None:
    """The address of the dataset that an upload was saved as; None where it was not."""
    return one_time.find_result(session, _digest_of(upload_id))


def _render_upload(
    request: Request,
    upload: Upload,
    file_preview: UploadPreview,
    answers: dict[str, Any],
    status: int = 200,
) -> Response:
    chart_query = _make_chart_query(file_preview)
    if file_preview.table is not None:
        # The page will ask for this chart: the file need not be read once more for it.
        cache = request.app.state.upload_charts
        key = (upload.id, chart_query)
        cache.get_or_make(key, lambda: _figure_of(file_preview))
    filename_without_extension = upload.filename.rsplit(".", 1)[0]
    context = UploadContext(
        upload=upload,
        file_preview=file_preview,
        dataset_name=answers.get("name") or filename_without_extension,
        chart_query=chart_query,
        options=DIALECT_OPTIONS,
        no_date=NO_DATE,
    )
    return render(request, "uploads/show.html", context, status=status)


def _make_chart_query(file_preview: UploadPreview) -> str:
    """A query that reads the file in the same way and draws the same target."""
    answers = dict(file_preview.shown)
    if file_preview.table is not None:
        answers["target"] = file_preview.target
    return urlencode(answers)


def _figure_of(file_preview: UploadPreview) -> Figure:
    """The target over time; nothing for a file that cannot be read."""
    if file_preview.table is None:
        return EMPTY_FIGURE
    return file_preview.table.figure
