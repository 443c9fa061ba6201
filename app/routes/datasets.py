"""Pages of datasets: the list with the upload, one dataset, the sample."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, UploadFile
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.domain.split import Split
from app.errors import Invalid, TooLarge
from app.queue.clock import clock
from app.services import datasets, uploads
from app.web.charts.series import split_figure
from app.web.dependencies import CurrentDatabase, CurrentSettings, ReadSession, WriteSession
from app.web.templating import render

router = APIRouter(prefix="/datasets")


@router.get("")
def list_datasets(
    request: Request, session: ReadSession, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> Response:
    """All datasets, newest first, and where to drop a CSV."""
    found = datasets.listing(session, page)
    return render(
        request,
        "datasets/list.html",
        found=found,
        page_link=lambda number: f"?page={number}",
        now=clock(session),
        problem="",
    )


@router.post("")
def upload(
    request: Request,
    session: WriteSession,
    settings: CurrentSettings,
    file: UploadFile | None = None,
) -> Response:
    """Keep a CSV and show how it reads."""
    content = file.file.read(settings.upload_limit_bytes + 1) if file is not None else b""
    if len(content) > settings.upload_limit_bytes:
        raise TooLarge(f"The file is larger than the limit of {settings.upload_limit_mb} MB.")
    try:
        kept = uploads.create(session, (file.filename if file else "") or "", content)
    except Invalid as error:
        words = str(error) if file is not None and file.filename else "Choose a CSV first."
        found = datasets.listing(session)
        link = "?page={}".format
        return render(
            request,
            "datasets/list.html",
            status=422,
            found=found,
            page_link=link,
            problem=words,
            now=clock(session),
        )
    return RedirectResponse(f"/uploads/{kept.id}", 303)


@router.post("/sample")
def sample(session: WriteSession) -> RedirectResponse:
    """Load the sample series."""
    return RedirectResponse(f"/datasets/{datasets.add_sample(session).id}", 303)


@router.get("/{dataset_id}")
def show(request: Request, session: ReadSession, dataset_id: int) -> Response:
    """One dataset."""
    dataset = datasets.get(session, dataset_id)
    series = datasets.series(session, dataset)
    used = datasets.experiments_of(session, dataset)
    ranges = [
        (name, float(series.values[:, place].min()), float(series.values[:, place].max()))
        for place, name in enumerate(series.columns)
    ]
    return render(request, "datasets/show.html", dataset=dataset, used=used, ranges=ranges)


@router.get("/{dataset_id}/charts/series")
def series_chart(session: ReadSession, dataset_id: int) -> JSONResponse:
    """The target over time, with the usual split."""
    series = datasets.series(session, datasets.get(session, dataset_id))
    return JSONResponse(split_figure(series.dates, series.target_values, series.target, Split()))


@router.post("/{dataset_id}/delete")
def delete(session: WriteSession, database: CurrentDatabase, dataset_id: int) -> RedirectResponse:
    """Forget a dataset no experiment uses."""
    datasets.delete(session, datasets.get(session, dataset_id))
    return RedirectResponse("/datasets", 303, background=BackgroundTask(database.shrink))
