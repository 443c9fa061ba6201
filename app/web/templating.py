"""What all pages share: templates, their filters, and the banner about workers and the database."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import HTMLResponse

from app.config import VERSION, resource_folder
from app.db.engine import Database
from app.db.models import Worker
from app.domain.baselines import name_naive
from app.domain.strategies import strategy_info
from app.domain.texts import shorten
from app.queue import workers
from app.services.deletion import UNDO_SECONDS
from app.web.digits import count_column_digits, count_decimals, count_digits
from app.web.formats import (
    as_options,
    duration,
    estimate,
    format_cell,
    integer,
    number,
    percent,
    percent_error,
    show_age,
    show_time,
    size,
    tone,
    value,
)
from app.web.help import find_help
from app.web.markdown import render_markdown
from app.web.messages import forget_message, read_message
from app.web.one_time_keys import one_time_field

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_HEADLINE_BYTES = 1_000  # of an error or a reason at the head of a page; the log has more
PLOTLY_VERSION = version("plotly")  # its script is served from the installed package


@dataclass(frozen=True)
class BannerContext:
    """Which workers are running, and what is wrong, if anything is.

    `trouble`: why the server cannot use the database; `worker_trouble`: why a worker cannot go on;
    `worker_death`: why there is none where there was one.
    """

    workers: list[Worker]
    trouble: str | None
    worker_trouble: str | None = None
    worker_death: str | None = None


def render(
    request: Request,
    template: str,
    context: "Mapping[str, Any] | DataclassInstance | None" = None,
    *,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Render a page from its context, a dataclass or a mapping, and from single values.

    Every page also gets the version, the settings and the banner. The page's own values win.
    """
    state = request.app.state
    everything = {
        "version": VERSION,
        "settings": state.settings,
        **context_values(find_banner(request)),
        **context_values(context or {}),
        **values,
    }
    templates: Jinja2Templates = state.templates
    response = templates.TemplateResponse(request, template, everything, status_code=status)
    forget_message(request, response)
    return response


def is_let_in(request: Request) -> bool:
    """Whether a request may see what is private: it has the access token, or there is none."""
    return getattr(request.state, "is_let_in", True)


def context_values(context: "Mapping[str, Any] | DataclassInstance") -> dict[str, Any]:
    """A context's values by name, as they are: what a dataclass holds is not copied."""
    if not is_dataclass(context):
        return dict(context)
    values = {}
    for field in fields(context):
        values[field.name] = getattr(context, field.name)
    return values


def find_banner(request: Request) -> BannerContext:
    """The state of workers and database; never an error, for a page about one must be shown.

    Whoever was not let in learns nothing of either.
    """
    state = request.app.state
    if not is_let_in(request):
        return BannerContext([], None)
    database: Database = state.database

    def read_workers() -> list[Worker]:
        lease_seconds = state.settings.lease_seconds
        with database.read() as session:
            return workers.alive(session, lease_seconds) or workers.last_stopped(session)

    try:
        database.check_file()
        shown: list[Worker] = state.alive_workers.get_or_make("workers", read_workers)
    except Exception as error:
        outage = database.describe_outage(error)
        return BannerContext([], outage)
    trouble = state.write_probe.describe_outage()
    alive = []
    worker_trouble = None
    worker_death = None
    for worker in shown:
        if worker.stopped_at is None:
            alive.append(worker)
            worker_trouble = worker_trouble or worker.trouble
        else:
            worker_death = worker.trouble
    return BannerContext(alive, trouble, worker_trouble, worker_death)


def make_templates() -> Jinja2Templates:
    """Jinja with Foretune's filters; every value is escaped."""
    templates = Jinja2Templates(directory=resource_folder("templates"))
    environment = templates.env
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.filters |= {
        "number": number,
        "percent": percent,
        "percent_error": percent_error,
        "integer": integer,
        "duration": duration,
        "estimate": estimate,
        "size": size,
        "ago": show_age,
        "timestamp": show_time,
        "value": value,
        "tone": tone,
        "headline": partial(shorten, max_bytes=MAX_HEADLINE_BYTES),
        "formatted": format_cell,
        "markdown": render_markdown,
    }
    environment.globals |= {
        "static_url": static_url,
        "strategy_info": strategy_info,
        "number": number,
        "percent": percent,
        "percent_error": percent_error,
        "count_digits": count_digits,
        "count_decimals": count_decimals,
        "count_column_digits": count_column_digits,
        "as_options": as_options,
        "name_naive": name_naive,
        "find_help": find_help,
        "one_time_field": one_time_field,
        "read_message": read_message,
        "undo_seconds": UNDO_SECONDS,
    }
    return templates


def compile_templates(templates: Jinja2Templates) -> None:
    """Compile every template, so that no first visitor waits for it."""
    environment = templates.env
    for name in environment.list_templates():
        environment.get_template(name)


def static_url(name: str) -> str:
    """The URL of a static file. It changes with the content, so that browsers may cache it."""
    path = resource_folder("static") / name
    mark = PLOTLY_VERSION
    if path.is_file():
        mark = _hash_file(path, path.stat().st_mtime_ns)
    return f"/static/{name}?v={mark}"


@lru_cache(maxsize=256)
def _hash_file(path: Path, _changed_at: int) -> str:
    """The first digits of the hash of a file, read once until it is changed."""
    return sha256(path.read_bytes()).hexdigest()[:10]
