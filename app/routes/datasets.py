"""Pages of datasets: the list with the upload, one dataset, the sample."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.db.models import Dataset, Experiment
from app.domain.csv_reading.dates.rhythm import find_rhythm
from app.domain.csv_reading.series import Series
from app.domain.split import Split
from app.errors import Invalid, NotFound
from app.queue.clock import clock
from app.samples import SAMPLES, Sample
from app.services import datasets, deletion, leaderboards, one_time, rows_ahead, seasons, uploads
from app.services.leaderboards import Leaderboard
from app.services.paging import Page
from app.web import uploaded_files
from app.web.charts.series import split_figure
from app.web.dependencies import CurrentDeletionTimer, CurrentSettings, ReadSession, WriteSession
from app.web.messages import lead_to
from app.web.one_time_keys import FormDigest
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.filled_rows import FilledRows, list_filled_rows
from app.web.views.gap_text import describe_gaps

router = APIRouter(prefix="/datasets", route_class=ExperimentRoute)

PageNumber = Annotated[int, Query(ge=1, le=10**6)]


@dataclass(frozen=True)
class DatasetListContext:
    """One page of the datasets, and what is wrong with an upload, if anything."""

    datasets: Page[Dataset]
    now: datetime
    unreadable: dict[int, str]  # by id, why datasets of the page cannot be read
    problem: str = ""
    samples: Sequence[Sample] = tuple(SAMPLES.values())


@dataclass(frozen=True)
class ColumnRange:
    """The lowest and the highest value of a column, and what it is used for."""

    name: str
    role: str
    lowest: float
    highest: float


def leaderboard_link(group: str, page: int = 1) -> str:
    """The query of one page of a group's trials."""
    items = {"group": group}
    if page > 1:
        items["page"] = str(page)
    return f"?{urlencode(items)}#leaderboard"


@dataclass(frozen=True)
class DatasetContext:
    """One dataset, its columns, and the experiments on it."""

    dataset: Dataset
    columns: list[ColumnRange]
    experiments: list[Experiment]
    future_rows: str  # in words; empty where nothing is known ahead
    seasons: str  # in words
    season_lengths: str  # as the form has them
    errors: dict[str, list[str]]  # by field of the form
    leaderboard: Leaderboard | None
    gaps: str  # in words; empty where no dates are missing
    filled: FilledRows | None
    leaderboard_link: Callable[..., str] = leaderboard_link


@router.get("")
def list_datasets(request: Request, session: ReadSession, page: PageNumber = 1) -> Response:
    """All datasets, newest first, and where to drop a CSV."""
    shown = datasets.listing(session, page)
    context = DatasetListContext(
        datasets=shown,
        now=clock(session),
        unreadable=datasets.find_damages(shown.items),
    )
    return render(request, "datasets/list.html", context)


@router.post("")
def upload(
    request: Request,
    session: WriteSession,
    settings: CurrentSettings,
    digest: FormDigest,
    file: UploadFile | None = None,
) -> Response:
    """Keep a CSV and show how it reads."""
    earlier_address = one_time.find_result(session, digest)
    if earlier_address is not None:
        return RedirectResponse(earlier_address, 303)
    filename = ""
    content = b""
    if file is not None:
        filename = file.filename or ""
        content = uploaded_files.read_content(file, settings)
    try:
        created = uploads.create(session, filename, content)
    except Invalid as error:
        problem = "Choose a CSV first."
        if filename:
            problem = str(error)
        return _refuse_upload(request, session, problem)
    address = f"/uploads/{created.id}"
    one_time.store_result(session, digest, address)
    return RedirectResponse(address, 303)


@router.post("/samples/{name}")
def add_sample(session: WriteSession, name: str) -> RedirectResponse:
    """Load a sample series."""
    sample = SAMPLES.get(name)
    if sample is None:
        offered = ", ".join(SAMPLES)
        raise NotFound(f"There is no sample of this name. There are: {offered}.")
    dataset = datasets.add_sample(session, sample)
    return lead_to(f"/datasets/{dataset.id}", "sample-added")


@router.get("/{dataset_id}")
def show(
    request: Request,
    session: ReadSession,
    dataset_id: int,
    group: Annotated[str, Query(max_length=80)] = "",
    page: PageNumber = 1,
) -> Response:
    """One dataset. `group`, `page`: of its leaderboard."""
    dataset = datasets.get(session, dataset_id)
    lengths = seasons.lengths_of(session, dataset)
    board = leaderboards.load(session, dataset, group, page)
    context = _describe_dataset(session, dataset, seasons.format_lengths(lengths), board)
    return render(request, "datasets/show.html", context)


@router.post("/{dataset_id}/seasons")
def correct_seasons(
    request: Request,
    session: WriteSession,
    dataset_id: int,
    season_lengths: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Store the season lengths of the form, or say what is wrong with them."""
    dataset = datasets.get(session, dataset_id)
    try:
        lengths = seasons.parse_lengths(season_lengths)
        seasons.correct(dataset, lengths)
    except Invalid as error:
        errors = {seasons.FIELD: [str(error)]}
        board = leaderboards.load(session, dataset)
        context = _describe_dataset(session, dataset, season_lengths, board, errors)
        return render(request, "datasets/show.html", context, status=422)
    return lead_to(f"/datasets/{dataset_id}#seasons", "seasons-saved")


@router.get("/{dataset_id}/charts/series")
def series_chart(session: ReadSession, dataset_id: int) -> JSONResponse:
    """The target over time, with the usual split."""
    dataset = datasets.get(session, dataset_id)
    series = datasets.series(session, dataset)
    target_column = series.columns.index(series.target)
    filled_rows, filled_columns = series.filled_cells.T
    figure = split_figure(
        series.dates,
        series.target_values,
        series.target,
        Split(),
        gaps=find_rhythm(series.dates).gaps,
        filled_rows=filled_rows[filled_columns == target_column],
    )
    return JSONResponse(figure)


@router.post("/{dataset_id}/delete")
def delete(
    session: WriteSession, deletion_timer: CurrentDeletionTimer, dataset_id: int
) -> RedirectResponse:
    """Delete a dataset that no experiment uses, for good once it can no longer be undone."""
    dataset = datasets.get(session, dataset_id)
    deletion.mark_dataset(session, dataset)
    deletion_timer.schedule()
    return lead_to("/datasets", "dataset-deleted", dataset_id)


@router.post("/{dataset_id}/undo-delete")
def undo_delete(session: WriteSession, dataset_id: int) -> RedirectResponse:
    """Bring a dataset back that has just been deleted."""
    deletion.restore_dataset(session, dataset_id)
    return lead_to(f"/datasets/{dataset_id}", "restored")


def _refuse_upload(request: Request, session: Session, problem: str) -> Response:
    shown = datasets.listing(session)
    context = DatasetListContext(
        datasets=shown,
        now=clock(session),
        unreadable=datasets.find_damages(shown.items),
        problem=problem,
    )
    return render(request, "datasets/list.html", context, status=422)


def _describe_dataset(
    session: Session,
    dataset: Dataset,
    season_lengths: str,
    leaderboard: Leaderboard | None,
    errors: dict[str, list[str]] | None = None,
) -> DatasetContext:
    series = datasets.series(session, dataset)
    return DatasetContext(
        dataset=dataset,
        columns=_measure_columns(series),
        experiments=datasets.experiments_of(session, dataset),
        future_rows=rows_ahead.describe_future_rows(series),
        seasons=seasons.describe(session, dataset),
        season_lengths=season_lengths,
        errors=errors or {},
        leaderboard=leaderboard,
        gaps=describe_gaps(find_rhythm(series.dates)),
        filled=list_filled_rows(series),
    )


def _find_role(series: Series, column: str) -> str:
    if column == series.target:
        return "target"
    if column in series.known_ahead:
        return "known ahead"
    return "known in the past"


def _measure_columns(series: Series) -> list[ColumnRange]:
    ranges = []
    for name, values in zip(series.columns, series.values.T, strict=True):
        column_range = ColumnRange(
            name=name,
            role=_find_role(series, name),
            lowest=float(values.min()),
            highest=float(values.max()),
        )
        ranges.append(column_range)
    return ranges
