"""How refusals are answered: JSON under /api, a page elsewhere, always in words."""

import errno
from tempfile import gettempdir
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from app.db.outages import outage
from app.errors import Conflict, FieldProblem, Invalid, NotFound, TooLarge
from app.web.request_checks import HEADERS
from app.web.templating import render

STATUS: dict[type[Exception], int] = {NotFound: 404, Conflict: 409, TooLarge: 413}
TITLES = {
    400: "That request cannot be understood",
    403: "Not allowed",
    404: "Not here",
    405: "Not possible here",
    409: "Not now",
    413: "Too large",
    422: "Something is missing or wrong",
    500: "Something went wrong here",
    503: "This cannot be done right now",
}


NOT_DONE = FieldProblem((), "What you asked for was not done: nothing was changed.")


def install(app: FastAPI) -> None:
    """Answer every refusal of the services and of the framework."""
    for kind in STATUS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(Invalid, _invalid)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DatabaseError, _database)
    app.add_exception_handler(IntegrityError, _overtaken)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(OSError, _file)
    app.add_exception_handler(Exception, _unforeseen)


def problems_of(error: RequestValidationError | Any, skip: int = 1) -> list[FieldProblem]:
    """pydantic's errors as ours; `skip` leaves out the first steps of the path ("body", "query")."""
    return [
        FieldProblem(tuple(_step(step) for step in row["loc"][skip:]), _words(row))
        for row in error.errors()
    ]


def answer(request: Request, status: int, problems: list[FieldProblem]) -> Response:
    """The refusal in the form the asker reads."""
    if _is_api(request):
        detail = [
            {"loc": [safe(step) for step in row.loc], "msg": safe(row.message)} for row in problems
        ]
        return JSONResponse({"detail": detail}, status)
    title, messages = (
        TITLES.get(status, "Something went wrong"),
        [safe(row.message) for row in problems],
    )
    return render(
        request, "error.html", status, title=title, messages=messages, back=_back(request, status)
    )


def _back(request: Request, status: int) -> tuple[str, str]:
    """Where to go on from a refusal, and how that is called: what it was about, where that is still there."""
    for name in ("trial", "experiment", "dataset") if status != 404 else ():
        found = request.path_params.get(f"{name}_id", "")
        if found.isdecimal():
            return f"/{name}s/{found}", f"Back to the {name}"
    return "/experiments", "To the experiments"


def safe(step: Any) -> Any:
    """Text that can be sent: lone surrogates become question marks."""
    return step.encode("utf-8", "replace").decode() if isinstance(step, str) else step


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/healthz", "/openapi"))


def _known(request: Request, error: Exception) -> Response:
    return answer(request, STATUS[type(error)], [FieldProblem((), str(error))])


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, Invalid)
    place = "body" if request.method == "POST" else "query"
    return answer(
        request, 422, [FieldProblem((place, *row.loc), row.message) for row in error.problems]
    )


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(request, 422, problems_of(error, skip=0))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _is_no_room(error.__cause__):  # while a body was read
        return _no_room(request, error)
    words = "There is nothing at this address." if error.status_code == 404 else str(error.detail)
    found = answer(request, error.status_code, [FieldProblem((), words)])
    found.headers.update(error.headers or {})
    return found


def _database(request: Request, error: Exception) -> Response:
    assert isinstance(error, DatabaseError)
    words = outage(error, request.app.state.database.file)
    if words is None and type(error) not in (OperationalError, DatabaseError):
        raise error  # not the database's state, but a mistake of ours
    return answer(
        request, 503, [FieldProblem((), words or f"The database says: {error.orig}."), NOT_DONE]
    )


def _file(request: Request, error: Exception) -> Response:
    if not _is_no_room(error):
        raise error
    return _no_room(request, error)


def _no_room(request: Request, _error: Exception) -> Response:
    words = (
        f"There is no room for temporary files in {gettempdir()}: free some there, then try again."
    )
    return answer(request, 503, [FieldProblem((), words), NOT_DONE])


def _is_no_room(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def _overtaken(request: Request, _error: Exception) -> Response:
    return answer(
        request,
        409,
        [FieldProblem((), "Somebody changed this at the same moment: look again and retry.")],
    )


def _unstorable(request: Request, _error: Exception) -> Response:
    return answer(
        request, 422, [FieldProblem((), "This holds characters or numbers that cannot be stored.")]
    )


def _unforeseen(request: Request, _error: Exception) -> Response:
    words = "This is a mistake in Foretune, not in what you sent. The server's log has the details."
    found = answer(request, 500, [FieldProblem((), words)])
    found.headers.update(HEADERS)  # this answer passes outside of app.web.request_checks
    return found


def _step(step: Any) -> str | int:
    return step if isinstance(step, int) else str(step)[:200]


def _words(row: Any) -> str:
    kind, context = row["type"], row.get("ctx", {})
    if kind in ("missing", "string_too_short"):
        return "This is needed."
    if kind == "value_error":
        return str(context.get("error", row["msg"]))
    if kind == "string_too_long":
        return f"This is longer than {context.get('max_length')} characters."
    if kind == "extra_forbidden":
        return "This is not a field that can be given here."
    if kind in ("json_invalid", "model_attributes_type"):
        return "The body is no JSON object."
    if kind in ("int_type", "int_parsing", "int_from_float"):
        return "This is a whole number."
    if kind in ("float_type", "float_parsing", "finite_number"):
        return "This is a number."
    message: str = row["msg"].removeprefix("Input ")
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")
