"""The short message after an action: a cookie names it, and the next page shows it once."""

import re
from dataclasses import dataclass

from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

COOKIE = "foretune_message"
COOKIE_SECONDS = 30
WRITTEN = re.compile(r"(?P<name>[a-z-]{1,40})(?:\.(?P<number>[0-9]{1,10}))?")
MESSAGES = {
    "search-started": "The search has started.",
    "search-stopping": "The search is stopping: running trials end after their epoch.",
    "search-resumed": "The search goes on.",
    "trials-added": "Trials added: {number}.",
    "time-added": "The time budget has been raised.",
    "renamed": "Renamed.",
    "failed-queued": "Failed trials queued again: {number}.",
    "trial-stopping": "The trial is stopping.",
    "trial-queued": "The trial is queued again.",
    "dataset-saved": "The dataset has been saved.",
    "datasets-saved": "Datasets saved: {number}.",
    "sample-added": "The sample series has been added.",
    "seasons-saved": "The seasons have been saved.",
    "upload-discarded": "The upload has been discarded.",
    "forecast-added": "The forecast has been added.",
    "forecast-deleted": "The forecast has been deleted.",
    "view-saved": "The view has been saved.",
    "view-deleted": "The view has been deleted.",
    "experiment-deleted": "The experiment has been deleted.",
    "dataset-deleted": "The dataset has been deleted.",
    "restored": "Nothing was deleted: here it is again.",
}
UNDO_ADDRESSES = {
    "experiment-deleted": "/experiments/{number}/undo-delete",
    "dataset-deleted": "/datasets/{number}/undo-delete",
}


@dataclass(frozen=True)
class PageMessage:
    """What an action did, and where it can be undone for a while."""

    text: str
    undo_address: str = ""


def lead_to(
    address: str, name: str, number: int | None = None, background: BackgroundTask | None = None
) -> RedirectResponse:
    """Redirect to a page that shows one of MESSAGES, with a number where it has one."""
    response = RedirectResponse(address, 303, background=background)
    value = name if number is None else f"{name}.{number}"
    response.set_cookie(COOKIE, value, max_age=COOKIE_SECONDS, httponly=True, samesite="lax")
    return response


def read_message(request: Request) -> PageMessage | None:
    """The message that the page of a request is to show, if any."""
    written = WRITTEN.fullmatch(request.cookies.get(COOKIE, ""))
    if written is None or written["name"] not in MESSAGES:
        return None
    name = written["name"]
    number = written["number"]
    undo_address = UNDO_ADDRESSES.get(name, "").format(number=number) if number else ""
    return PageMessage(MESSAGES[name].format(number=number), undo_address)


def forget_message(request: Request, response: Response) -> None:
    """Let the browser forget the message that this response shows."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
