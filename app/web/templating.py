"""What all pages share: templates, their filters, and the banner about workers and the database."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from markupsafe import Markup
from starlette.responses import HTMLResponse

from app.config import VERSION, resource_folder
from app.db.engine import Database
from app.db.models import Worker
from app.domain.baselines import name_naive, name_naive_in_sentence
from app.domain.strategies import strategy_info
from app.domain.texts import shorten
from app.queue import workers
from app.services.deletion import UNDO_SECONDS
from app.services.summaries import NEGLIGIBLE_SKILL
from app.web.markdown import render_markdown
from app.web.messages import forget_message, read_message
from app.web.one_time_keys import one_time_field

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NO_VALUE = "–"
MAX_HEADLINE_BYTES = 1_000  # of an error or a reason at the head of a page; the log has more
SECONDS_BY_UNIT = {"day": 86400, "hour": 3600, "minute": 60}
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
        "integer": integer,
        "duration": duration,
        "size": size,
        "ago": ago,
        "timestamp": timestamp,
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
        "as_options": as_options,
        "name_naive": name_naive,
        "name_naive_in_sentence": name_naive_in_sentence,
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
        content = path.read_bytes()
        digest = sha256(content).hexdigest()
        mark = digest[:10]
    return f"/static/{name}?v={mark}"


def number(amount: float | None, digits: int = 4) -> str:
    """A number to so many significant digits: 0.01234, 12.35, 1,234."""
    if amount is None or not isfinite(amount):
        return NO_VALUE
    if amount == 0:
        return "0"
    magnitude = abs(amount)
    if magnitude >= 1e9 or magnitude < 1e-4:
        precision = digits - 1
        return f"{amount:.{precision}g}"
    exponent = floor(log10(magnitude))
    digits_before_point = exponent + 1
    decimals = max(0, digits - digits_before_point)
    return f"{amount:,.{decimals}f}"


def percent(fraction: float | None, decimals: int = 1) -> str:
    """A fraction as a percentage, without decimals from 1,000 % on and never as -0."""
    if fraction is None or not isfinite(fraction):
        return NO_VALUE
    if abs(fraction) >= 10:
        decimals = 0
    percentage = 100 * fraction
    rounded = round(percentage, decimals)
    without_negative_zero = rounded + 0.0
    return f"{without_negative_zero:,.{decimals}f} %"


def integer(amount: int | None) -> str:
    """A whole number with commas between thousands."""
    if amount is None:
        return NO_VALUE
    return f"{amount:,}"


def duration(seconds: float | None) -> str:
    """Seconds in units that are easy to read: 0.8 s, 42 s, 3 min 5 s, 2 h 4 min, 3 days 2 h."""
    if seconds is None or not isfinite(seconds):
        return NO_VALUE
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, whole_seconds = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{whole_seconds} s"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min {whole_seconds} s"
    if hours < 48:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h"


def size(amount: int | None) -> str:
    """Bytes in units that are easy to read."""
    if amount is None:
        return NO_VALUE
    if amount >= 1e6:
        return f"{amount / 1e6:.1f} MB"
    if amount >= 1e3:
        return f"{amount / 1e3:.1f} kB"
    return f"{amount} bytes"


def ago(at: datetime | None, now: datetime) -> str:
    """How long before `now`, which is the database's, a time is."""
    if at is None:
        return NO_VALUE
    seconds = (now - at).total_seconds()
    for unit, unit_seconds in SECONDS_BY_UNIT.items():
        count = int(seconds // unit_seconds)
        if count == 1:
            return f"1 {unit} ago"
        if count > 1:
            return f"{count} {unit}s ago"
    return "just now"


def timestamp(at: datetime | None) -> str:
    """A time, in UTC."""
    if at is None:
        return NO_VALUE
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def value(parameter: object) -> str:
    """The value of one hyperparameter, short."""
    if parameter is None:
        return NO_VALUE
    if isinstance(parameter, bool):
        return "yes" if parameter else "no"
    if isinstance(parameter, float):
        return f"{parameter:.4g}"
    return str(parameter)


def tone(skill: float | None) -> str:
    """The CSS class of a skill: better than the naive forecast, worse, or no real difference."""
    if skill is None or abs(skill) < NEGLIGIBLE_SKILL:
        return "faint"
    if skill > 0:
        return "good-text"
    return "bad-text"


CELL_FORMATS: dict[str, Callable[[Any], str]] = {
    "duration": duration,
    "number": number,
    "count": integer,
    "fraction": percent,
}


def format_cell(content: Any, form: str) -> str:
    """A cell of a table.

    form: percent (of a skill: in its tone), fraction, duration, number or count; anything else is a
    value.
    """
    if content is None:
        return NO_VALUE
    if form == "percent":
        cell = Markup('<span class="{}">{}</span>')
        return cell.format(tone(content), percent(content))
    format_content = CELL_FORMATS.get(form, value)
    return str(format_content(content))


def as_options(names: Iterable[str]) -> list[tuple[str, str]]:
    """Options of a select whose values and labels are the same."""
    return [(name, name) for name in names]
