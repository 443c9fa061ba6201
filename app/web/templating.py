"""What all pages share: templates, filters, the worker banner."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from math import isfinite, log10
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from markupsafe import Markup
from starlette.datastructures import State
from starlette.responses import HTMLResponse

from app.config import VERSION, house
from app.db.models import Worker
from app.db.outages import outage
from app.domain.strategies import strategy_info
from app.queue import workers
from app.services.summaries import SAME

NOTHING = "–"
PLOTLY_VERSION = version("plotly")  # its script is served from the installed package


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page. Every one knows the version, the settings and which workers are there."""
    state = request.app.state
    shared = {"version": VERSION, "settings": state.settings, **standing(state)}
    templates: Jinja2Templates = state.templates
    return templates.TemplateResponse(request, template, {**shared, **context}, status_code=status)


def standing(state: State) -> dict[str, Any]:
    """Which workers are there, and why the database cannot be used, for the banner."""

    def look() -> list[Worker]:
        with state.database.read() as session:
            return workers.alive(session, state.settings.lease_seconds)

    try:
        state.database.look()
        alive = state.present.made("workers", state.database.writes, look)
    except Exception as error:  # a page about a broken database still has to be shown
        return {"workers": [], "trouble": outage(error, state.database.file)}
    waiting = next((worker.trouble for worker in alive if worker.trouble), None)
    return {"workers": alive, "trouble": state.watch.trouble() or waiting}


def make_templates() -> Jinja2Templates:
    """Jinja with our filters; everything is escaped."""
    templates = Jinja2Templates(directory=house("templates"))
    environment = templates.env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters |= {
        "number": number,
        "percent": percent,
        "duration": duration,
        "ago": ago,
        "size": size,
        "value": value,
        "tone": tone,
        "moment": moment,
        "whole": whole,
        "shown": shown,
    }
    environment.globals |= {
        "static_url": static_url,
        "strategy_info": strategy_info,
        "number": number,
        "percent": percent,
        "same": same,
    }
    return templates


def compile_all(templates: Jinja2Templates) -> None:
    """Make every template ready to render, which else the first to ask for a page would wait for."""
    for name in templates.env.list_templates():
        templates.env.get_template(name)


def static_url(name: str) -> str:
    """The address of a file, with a mark that changes with its content so that it can be cached for good."""
    path = house("static") / name
    mark = sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else PLOTLY_VERSION
    return f"/static/{name}?v={mark}"


def number(amount: float | None, digits: int = 4) -> str:
    """A number with so many telling digits: 0.01234, 12.35, 1,234."""
    if amount is None or not isfinite(amount):
        return NOTHING
    if amount == 0:
        return "0"
    if abs(amount) >= 1e9 or abs(amount) < 1e-4:
        return f"{amount:.{digits - 1}g}"
    places = max(0, digits - 1 - int(log10(abs(amount)) // 1))
    return f"{amount:,.{places}f}"


def percent(share: float | None, places: int = 1) -> str:
    """A share as a percentage; beyond 1,000 % without decimals, and never a negative zero."""
    if share is None or not isfinite(share):
        return NOTHING
    shown = round(100 * share, 0 if abs(share) >= 10 else places) + 0.0
    return f"{shown:,.{0 if abs(share) >= 10 else places}f} %"


def whole(amount: int | None) -> str:
    """A whole number, in thousands."""
    return NOTHING if amount is None else f"{amount:,}"


def duration(seconds: float | None) -> str:
    """Seconds for people: 0.8 s, 42 s, 3 min 5 s, 2 h 4 min, 3 days 2 h."""
    if seconds is None or not isfinite(seconds):
        return NOTHING
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
    return f"{hours // 24} days {hours % 24} h"


def tone(skill: float | None) -> str:
    """The class of a skill: better than the naive baseline, worse, or no real difference."""
    if skill is None or abs(skill) < SAME:
        return "faint"
    return "good-text" if skill > 0 else "bad-text"


def ago(at: datetime | None, now: datetime) -> str:
    """How long before `now`, which is the database's, for people."""
    if at is None:
        return NOTHING
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "just now"
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return NOTHING


def moment(at: datetime | None) -> str:
    """A time, in UTC."""
    return NOTHING if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def size(amount: int | None) -> str:
    """Bytes for people."""
    if amount is None:
        return NOTHING
    for unit, length in (("MB", 1e6), ("kB", 1e3)):
        if amount >= length:
            return f"{amount / length:.1f} {unit}"
    return f"{amount} bytes"


def value(found: object) -> str:
    """One hyperparameter's value, short."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, float):
        return f"{found:.4g}"
    return NOTHING if found is None else str(found)


def shown(found: Any, form: str) -> str:
    """A cell of a table. `form`: percent, duration, number or count; anything else is shown as it is."""
    if found is None:
        return NOTHING
    if form == "percent":
        return Markup('<span class="{}">{}</span>').format(tone(found), percent(found))
    return str(FORMS.get(form, value)(found))


FORMS: dict[str, Callable[[Any], str]] = {"duration": duration, "number": number, "count": whole}


def same(options: Iterable[str]) -> list[tuple[str, str]]:
    """Options of a choice that read as they are."""
    return [(option, option) for option in options]
