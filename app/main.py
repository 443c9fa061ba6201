"""The server: one FastAPI application over one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse

from app.config import VERSION, Settings, house
from app.db.engine import Database
from app.db.models import Worker
from app.db.write_probe import Watch
from app.processes import keep_what_is_loaded
from app.routes import (
    access,
    comparison,
    datasets,
    docs,
    experiment_form,
    experiments,
    health,
    home,
    importance,
    trials,
    uploads,
)
from app.routes.api import custom_models as api_custom_models
from app.routes.api import datasets as api_datasets
from app.routes.api import experiments as api_experiments
from app.routes.api import importance as api_importance
from app.routes.api import spaces as api_spaces
from app.routes.api import trials as api_trials
from app.web import error_handlers
from app.web.auth import Access
from app.web.request_checks import Security
from app.web.response_cache import Sharing
from app.web.templating import compile_all, make_templates

DESCRIPTION = (
    "Launch and inspect tuning runs of neural forecasters. The pages use the same services."
)
ROUTERS = (
    home,
    health,
    access,
    datasets,
    uploads,
    experiment_form,
    experiments,
    importance,
    comparison,
    trials,
    docs,
)
API_ROUTERS = (
    api_datasets,
    api_experiments,
    api_importance,
    api_custom_models,
    api_spaces,
    api_trials,
)
PACKED_ASIDE = 8_000  # bytes: larger answers are compressed beside the event loop
A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def create_app(settings: Settings) -> FastAPI:
    """The server of one installation; its database must be up to date (app.db.upgrade)."""
    app = FastAPI(
        title="Foretune",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.database = Database(settings.url)
    app.state.sharing = Sharing[bytes]()
    app.state.present = Sharing[list[Worker]]()
    app.state.watch = Watch(app.state.database)
    app.state.templates = make_templates()
    for module in ROUTERS:
        app.include_router(module.router, include_in_schema=module is health)
    for module in API_ROUTERS:
        app.include_router(module.router, prefix="/api")
    app.add_api_route("/static/plotly.min.js", plotly, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=house("static")), name="static")
    error_handlers.install(app)
    app.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=6, thread_minimum_size=PACKED_ASIDE
    )
    app.add_middleware(Access, settings=settings)
    app.add_middleware(Security, settings=settings)
    return app


def make_ready(app: FastAPI) -> None:
    """Do now what the first visitors of a server of its own process would wait for."""
    compile_all(app.state.templates)
    app.state.database.open_all()
    keep_what_is_loaded()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Close the connections when the server ends."""
    yield
    app.state.database.close()


def plotly() -> FileResponse:
    """Plotly's script, from the installed plotly package (found without importing it)."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    script = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return FileResponse(script, media_type="text/javascript", headers=A_YEAR)
