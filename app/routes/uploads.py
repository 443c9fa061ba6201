"""Pages of uploads: how a CSV reads, corrected until it is right, then saved as a dataset."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.db.models import Dataset, Upload
from app.domain.csv_reading.series import SeriesError
from app.errors import NotFound
from app.services import csv_corrections, datasets, one_time, uploads
from app.services.csv_fields import OPTIONS
from app.services.file_reader import FileReader
from app.services.preparation import find_shape
from app.services.rows import read_id
from app.web.charts.figures import Figure
from app.web.dependencies import MAX_FORM_FIELDS, CurrentFileReader, ReadSession, WriteSession
from app.web.forms.table_preview import EMPTY_FIGURE
from app.web.forms.upload import UploadPreview, prepare_upload, preview_upload, read_apart
from app.web.forms.upload_answers import REMEMBERED_FIELD
from app.web.forms.upload_questions import FIELD_LABELS
from app.web.messages import lead_to
from app.web.templating import render

router = APIRouter(prefix="/uploads")

MAX_UPLOAD_NAME_LENGTH = 200
LIKE_FIELD = "like"  # the dataset whose corrections the page applies
Answers = dict[str, list[str]]


@dataclass(frozen=True)
class UploadContext:
    """How a file reads, with the choices that a person has.

    like: the dataset whose corrections were applied, if any were.
    """

    upload: Upload
    file_preview: UploadPreview
    dataset_name: str
    chart_query: str
    options: dict[str, dict[str, str]]
    field_labels: dict[str, str]
    like: Dataset | None


async def read_answers(request: Request) -> Answers:
    """Corrections and choices, from the query or from the form."""
    if request.method == "POST":
        source: Any = await request.form(max_fields=MAX_FORM_FIELDS, max_files=0)
    else:
        source = request.query_params
    answers: Answers = {}
    for name, value in source.multi_items():
        if isinstance(value, str):
            answers.setdefault(name, []).append(value)
    return answers


SentAnswers = Annotated[Answers, Depends(read_answers)]


@router.get("/{upload_id}")
def show(
    request: Request,
    session: ReadSession,
    file_reader: CurrentFileReader,
    upload_id: str,
    answers: SentAnswers,
) -> Response:
    """How the file reads: at first as the latest file of its shape was corrected."""
    upload = uploads.get(session, upload_id)
    content = uploads.content(session, upload)
    if not answers:
        like = _find_corrected(session, file_reader, content)
        answers = _apply_corrections(like)
        file_preview = read_apart(file_reader, preview_upload, content, answers)
        if file_preview.table is not None or like is None:
            return _render_upload(request, upload, file_preview, answers, like)
        answers = {}  # as the corrections do not fit
    like = _find_example(session, answers)
    file_preview = read_apart(file_reader, preview_upload, content, answers)
    return _render_upload(request, upload, file_preview, answers, like)


@router.get("/{upload_id}/charts/series")
def series_chart(
    request: Request,
    session: ReadSession,
    file_reader: CurrentFileReader,
    upload_id: str,
    answers: SentAnswers,
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
    answers: SentAnswers,
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
    if not file_preview.prepared:
        like = _find_example(session, answers)
        return _render_upload(request, upload, file_preview, answers, like, status=422)
    saved_address = _find_saved(write_session, upload_id)
    if saved_address is not None:  # by a request that came while this one read the file
        return RedirectResponse(saved_address, 303)
    name = _last_text(answers, "name").strip() or upload.filename
    created = datasets.create_all(
        write_session,
        name=name[:MAX_UPLOAD_NAME_LENGTH],
        filename=upload.filename,
        content=content,
        prepared=file_preview.prepared,
        corrections=file_preview.corrections,
    )
    uploads.delete(write_session, upload)
    address = "/datasets"
    if len(created) == 1:
        address = f"/datasets/{created[0].id}"
    one_time.store_result(write_session, _digest_of(upload_id), address)
    return _lead_to_saved(address, len(created))


@router.post("/{upload_id}/delete")
def delete(session: WriteSession, upload_id: str) -> RedirectResponse:
    """Delete an upload that is not wanted."""
    upload = uploads.get(session, upload_id)
    uploads.delete(session, upload)
    return lead_to("/datasets", "upload-discarded")


def _lead_to_saved(address: str, n_datasets: int) -> RedirectResponse:
    if n_datasets == 1:
        return lead_to(address, "dataset-saved")
    return lead_to(address, "datasets-saved", n_datasets)


def _digest_of(upload_id: str) -> str:
    """An upload is its own one-time key: it is saved once."""
    return one_time.make_digest("upload", upload_id)


def _find_saved(session: Session, upload_id: str) -> str | None:
    """The address of the dataset that an upload was saved as; None where it was not."""
    return one_time.find_result(session, _digest_of(upload_id))


def _last_text(answers: Answers, name: str) -> str:
    texts = answers.get(name, [])
    if not texts:
        return ""
    return texts[-1]


def _find_corrected(session: Session, file_reader: FileReader, content: bytes) -> Dataset | None:
    """The latest dataset whose CSV has the shape of this one and was corrected."""
    corrected = csv_corrections.list_corrected(session)
    if not corrected:
        return None
    try:
        shape = file_reader.read(find_shape, content)
    except SeriesError:
        return None
    return corrected.get(shape)


def _find_example(session: Session, answers: Answers) -> Dataset | None:
    """The dataset whose corrections the page began with; None once it is deleted."""
    dataset_id = read_id(_last_text(answers, LIKE_FIELD))
    if dataset_id is None:
        return None
    try:
        return datasets.get(session, dataset_id)
    except NotFound:
        return None


def _apply_corrections(dataset: Dataset | None) -> Answers:
    """The answers of a form in which the corrections of a dataset were made."""
    if dataset is None:
        return {}
    corrections = csv_corrections.read_corrections(dataset)
    return {**corrections, "corrected": list(corrections), REMEMBERED_FIELD: ["true"]}


def _render_upload(
    request: Request,
    upload: Upload,
    file_preview: UploadPreview,
    answers: Answers,
    like: Dataset | None,
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
        dataset_name=_last_text(answers, "name") or filename_without_extension,
        chart_query=chart_query,
        options=OPTIONS,
        field_labels=FIELD_LABELS,
        like=like,
    )
    return render(request, "uploads/show.html", context, status=status)


def _make_chart_query(file_preview: UploadPreview) -> str:
    """A query that reads the file in the same way and draws the same target."""
    answers = {name: texts for name, texts in file_preview.shown.items() if any(texts)}
    if file_preview.table is not None:
        answers["target"] = [file_preview.target]
    return urlencode(answers, doseq=True)


def _figure_of(file_preview: UploadPreview) -> Figure:
    """The target over time; nothing for a file that cannot be read."""
    if file_preview.table is None:
        return EMPTY_FIGURE
    return file_preview.table.figure
