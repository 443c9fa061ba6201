"""Pages of uploads: how a CSV reads, corrected until it is right, then saved as a dataset."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.errors import Invalid
from app.services import datasets, uploads
from app.web.charts.figures import Figure
from app.web.charts.series import series_figure
from app.web.dependencies import MAX_FORM_FIELDS, ReadSession, WriteSession
from app.web.forms.upload import NO_DATE, OPTIONS, UploadPreview, preview_upload
from app.web.templating import render

router = APIRouter(prefix="/uploads")
NAME = 200


async def read_answers(request: Request) -> dict[str, Any]:
    """Corrections and choices, from the query or from the form."""
    form = (
        await request.form(max_fields=MAX_FORM_FIELDS, max_files=0)
        if request.method == "POST"
        else None
    )
    source = form if form is not None else request.query_params
    found: dict[str, Any] = {
        name: value for name, value in source.items() if isinstance(value, str)
    }
    return {
        **found,
        "features": [name for name in source.getlist("features") if isinstance(name, str)],
    }


Answers = Annotated[dict[str, Any], Depends(read_answers)]


@router.get("/{upload_id}")
def show(request: Request, session: ReadSession, upload_id: str, answers: Answers) -> Response:
    """How the file reads."""
    upload = uploads.get(session, upload_id)
    seen = preview_upload(uploads.content(session, upload), answers)
    if seen.table is not None and "missing" in answers:
        try:
            make_series(seen.table, seen.choices)
        except SeriesError as error:
            seen.problems = error.problems
    return _page(request, upload, seen, answers)


@router.get("/{upload_id}/charts/series")
def series_chart(
    request: Request, session: ReadSession, upload_id: str, answers: Answers
) -> JSONResponse:
    """The target as it would be read. The page has drawn it already, unless it was opened long ago."""
    upload = uploads.get(session, upload_id)

    def draw() -> Figure:
        return _figure(preview_upload(uploads.content(session, upload), answers))

    cache = request.app.state.upload_charts
    return JSONResponse(cache.get_or_make((upload_id, request.url.query), draw))


@router.post("/{upload_id}")
def save(
    request: Request, session: ReadSession, writing: WriteSession, upload_id: str, answers: Answers
) -> Response:
    """Save it as a dataset, or say what is in the way. The file is read before anything is locked for writing."""
    upload = uploads.get(session, upload_id)
    content = uploads.content(session, upload)
    seen = preview_upload(content, answers, strict=True)
    if seen.table is None:
        return _page(request, upload, seen, answers, status=422)
    name = str(answers.get("name", "")).strip() or upload.filename
    try:
        dataset = datasets.create(
            writing,
            name=name[:NAME],
            filename=upload.filename,
            content=content,
            table=seen.table,
            choices=seen.choices,
        )
    except Invalid as error:
        seen.problems = [
            FileProblem(str(problem.loc[0]), problem.message) for problem in error.problems
        ]
        return _page(request, upload, seen, answers, status=422)
    uploads.delete(writing, upload)
    return RedirectResponse(f"/datasets/{dataset.id}", 303)


@router.post("/{upload_id}/delete")
def delete(session: WriteSession, upload_id: str) -> RedirectResponse:
    """Forget it."""
    uploads.delete(session, uploads.get(session, upload_id))
    return RedirectResponse("/datasets", 303)


def _figure(seen: UploadPreview) -> Figure:
    """The target over time; nothing where there is no such column."""
    if seen.table is None or seen.target not in seen.table.numbers.columns:
        return {"data": [], "layout": {}}
    values, moments = seen.table.numbers[seen.target], seen.table.dates
    known = values.notna() & (moments.notna() if moments is not None else True)
    at = (
        moments[known].to_numpy().astype("datetime64[us]")
        if moments is not None
        else known.index[known].to_numpy().astype("datetime64[D]")
    )
    return series_figure(at, values[known].to_numpy(), seen.target)


def _page(
    request: Request, upload: Any, seen: UploadPreview, answers: dict[str, Any], status: int = 200
) -> Response:
    query = _query(seen)
    if seen.table is not None:
        # The page will ask for this chart: the file need not be read once more for it.
        cache = request.app.state.upload_charts
        cache.get_or_make((upload.id, query), lambda: _figure(seen))
    context = {
        "upload": upload,
        "seen": seen,
        "options": OPTIONS,
        "no_date": NO_DATE,
        "name": answers.get("name") or upload.filename.rsplit(".", 1)[0],
        "query": query,
    }
    return render(request, "uploads/show.html", context, status=status)


def _query(seen: UploadPreview) -> str:
    """The same reading and target as a query, for the chart."""
    target = {"target": seen.target} if seen.table is not None else {}
    return urlencode({**seen.shown, **target})
