"""The server: one FastAPI application over one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse

from app.cache import Cache
from app.config import VERSION, Settings, resource_folder
from app.db.engine import Database
from app.db.models import Worker
from app.db.write_probe import WriteProbe
from app.processes import freeze_loaded_objects, trim_heap_regularly
from app.routes import (
    access,
    annotations,
    baselines,
    comparison,
    datasets,
    default_search,
    docs,
    experiment_actions,
    experiment_downloads,
    experiment_form,
    experiment_list,
    experiments,
    futures,
    health,
    home,
    importance,
    reports,
    trial_charts,
    trial_filter,
    trial_panels,
    trial_steps,
    trials,
    uploads,
    views,
)
from app.routes.api import best_model as api_best_model
from app.routes.api import boards as api_boards
from app.routes.api import custom_models as api_custom_models
from app.routes.api import datasets as api_datasets
from app.routes.api import experiments as api_experiments
from app.routes.api import futures as api_futures
from app.routes.api import importance as api_importance
from app.routes.api import reports as api_reports
from app.routes.api import spaces as api_spaces
from app.routes.api import steps as api_steps
from app.routes.api import trials as api_trials
from app.routes.api import views as api_views
from app.services.file_reader import FileReader
from app.web import error_handlers, unreadable
from app.web.access_guard import AccessGuard
from app.web.auth import AccessTokenMiddleware
from app.web.charts.figures import Figure
from app.web.deletion_timer import DeletionTimer
from app.web.request_checks import RequestChecksMiddleware
from app.web.response_cache import ResponseCache
from app.web.templating import compile_templates, make_templates

DESCRIPTION = (
    "Launch and inspect tuning runs of neural forecasters. The pages use the same services."
)
ROUTERS = (
    home,
    health,
    access,
    datasets,
    uploads,
    annotations,
    default_search,
    experiment_form,
    experiment_list,
    experiments,
    experiment_actions,
    experiment_downloads,
    reports,
    trial_filter,
    views,
    importance,
    trial_charts,
    baselines,
    comparison,
    futures,
    trial_panels,
    trial_steps,
    trials,
    docs,
)
API_ROUTERS = (
    api_datasets,
    api_experiments,
    api_views,
    api_best_model,
    api_reports,
    api_futures,
    api_boards,
    api_importance,
    api_custom_models,
    api_spaces,
    api_trials,
    api_steps,
)
MIN_BYTES_TO_COMPRESS = 1_000
MIN_BYTES_TO_COMPRESS_IN_A_THREAD = 8_000  # smaller responses hold the event loop up for less
CACHE_FOR_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
MAX_UPLOAD_CHARTS = 8


def create_app(settings: Settings) -> FastAPI:
    """The server of one installation. Its database must be up to date (app.db.upgrade).

    Raises TokenRequired when the token is weak, or others can reach the server and there is none.
    """
    settings.require_token()
    app = FastAPI(
        title="Foretune",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=close_at_end,
    )
    set_state(app, settings)
    for module in ROUTERS:
        app.include_router(module.router, include_in_schema=module is health)
    for module in API_ROUTERS:
        app.include_router(module.router, prefix="/api")
    app.add_api_route("/static/plotly.min.js", serve_plotly, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=resource_folder("static")), name="static")
    error_handlers.install(app)
    unreadable.install(app)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=MIN_BYTES_TO_COMPRESS,
        compresslevel=6,
        thread_minimum_size=MIN_BYTES_TO_COMPRESS_IN_A_THREAD,
    )
    app.add_middleware(AccessTokenMiddleware, guard=app.state.guard)
    app.add_middleware(RequestChecksMiddleware, settings=settings)
    return app


def set_state(app: FastAPI, settings: Settings) -> None:
    """All that this server keeps between requests, its caches included."""
    state = app.state
    database = Database(settings.url)
    state.settings = settings
    state.database = database
    state.guard = AccessGuard(settings)
    state.templates = make_templates()
    state.write_probe = WriteProbe(database)
    state.responses = ResponseCache[bytes](database)
    state.alive_workers = ResponseCache[list[Worker]](database)
    state.file_reader = FileReader()
    state.deletion_timer = DeletionTimer(database)
    # Figures by upload and query. An upload never changes, so they stay right until pushed out.
    state.upload_charts = Cache[tuple[str, str], Figure](MAX_UPLOAD_CHARTS)


def prepare_server(app: FastAPI) -> None:
    """Do now what the first visitors would wait for, in a process that serves and does no more."""
    compile_templates(app.state.templates)
    app.state.database.open_connections()
    freeze_loaded_objects()
    trim_heap_regularly()


@asynccontextmanager
async def close_at_end(app: FastAPI) -> AsyncIterator[None]:
    """End the process that reads files and close the connections when the server ends."""
    app.state.deletion_timer.schedule()
    yield
    app.state.deletion_timer.close()
    app.state.file_reader.close()
    app.state.database.close()


def serve_plotly() -> FileResponse:
    """Plotly's script, from the installed plotly package (found without importing it)."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    package_folder = Path(spec.origin).parent
    return FileResponse(
        package_folder / "package_data" / "plotly.min.js",
        media_type="text/javascript",
        headers=CACHE_FOR_A_YEAR,
    )
