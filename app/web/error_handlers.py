"""How errors are answered: JSON under /api, a page elsewhere, always in sentences."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass, replace
from tempfile import gettempdir
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from app.db.engine import Database
from app.errors import Busy, Conflict, FieldProblem, Invalid, NotFound, OfferedValue, TooLarge
from app.web.request_checks import SECURITY_HEADERS
from app.web.templating import is_let_in, render

SERVICE_ERROR_STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Busy: 503,
}
MAX_STEP_LENGTH = 200
RETRY_AFTER_SECONDS = "5"
NO_SPACE_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
TITLES = {
    400: "That request cannot be understood",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Not now",
    413: "Too large",
    422: "Something is missing or wrong",
    500: "Something went wrong here",
    503: "This cannot be done right now",
}
API_PATHS = ("/api/", "/healthz", "/openapi")
NOT_DONE = FieldProblem((), "What you asked for was not done: nothing was changed.")
NOTHING_HERE = "There is nothing at this address."
DATABASE_UNUSABLE = "The database cannot be used now."
FIELD_MESSAGES = {
    "missing": "This is needed.",
    "string_too_short": "This is needed.",
    "extra_forbidden": "This is not a field that can be given here.",
    "json_invalid": "The body is no JSON object.",
    "model_attributes_type": "The body is no JSON object.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "float_type": "This must be a number.",
    "float_parsing": "This must be a number.",
    "finite_number": "This must be a number.",
}


class Link(NamedTuple):
    """Where to go on, and what the button is called."""

    address: str
    label: str


@dataclass(frozen=True)
class ErrorContext:
    """What error.html shows."""

    title: str
    messages: list[str]
    back: Link


def install(app: FastAPI) -> None:
    """Answer every error of the services, the framework and the database."""
    for error_type in SERVICE_ERROR_STATUS:
        app.add_exception_handler(error_type, _handle_service_error)
    app.add_exception_handler(Invalid, _handle_invalid)
    app.add_exception_handler(RequestValidationError, _handle_unreadable_request)
    app.add_exception_handler(HTTPException, _handle_http_error)
    app.add_exception_handler(DatabaseError, _handle_database_error)
    app.add_exception_handler(IntegrityError, _handle_integrity_error)
    app.add_exception_handler(DataError, _handle_data_error)
    app.add_exception_handler(OSError, _handle_os_error)
    app.add_exception_handler(Exception, _handle_unexpected_error)


def to_field_problems(error: RequestValidationError | ValidationError) -> list[FieldProblem]:
    """The errors of pydantic as field problems."""
    problems = []
    for details in error.errors():
        path = [_shorten_step(step) for step in details["loc"]]
        message = _describe_field_error(details)
        problem = FieldProblem(tuple(path), message)
        problems.append(problem)
    return problems


def answer(request: Request, status: int, problems: Sequence[FieldProblem]) -> Response:
    """An error as JSON for programs, as a page for browsers."""
    if _is_api(request):
        detail = [_to_detail(problem) for problem in problems]
        return JSONResponse({"detail": detail}, status)
    messages = [replace_surrogates(problem.message) for problem in problems]
    context = ErrorContext(
        title=TITLES.get(status, "Something went wrong"),
        messages=messages,
        back=_find_way_back(request, status),
    )
    return render(request, "error.html", context, status=status)


def replace_surrogates(text: str) -> str:
    """Make a text fit for UTF-8: lone surrogates become question marks."""
    encoded = text.encode("utf-8", "replace")
    return encoded.decode()


def _to_detail(problem: FieldProblem) -> dict[str, Any]:
    path: list[str | int] = []
    for step in problem.loc:
        if isinstance(step, str):
            step = replace_surrogates(step)
        path.append(step)
    detail: dict[str, Any] = {
        "loc": path,
        "msg": replace_surrogates(problem.message),
    }
    if problem.offered:
        detail["choices"] = [_to_choice(offered) for offered in problem.offered]
    return detail


def _to_choice(offered: OfferedValue) -> dict[str, str]:
    return {
        "value": replace_surrogates(offered.value),
        "label": replace_surrogates(offered.label),
    }


def _find_way_back(request: Request, status: int) -> Link:
    """The page of what the request was about, if it still exists, else the list of experiments."""
    to_experiments = Link("/experiments", "To the experiments")
    if status == 404:
        return to_experiments
    for noun in ("trial", "experiment", "dataset"):
        row_id = request.path_params.get(f"{noun}_id", "")
        if row_id.isdecimal():
            return Link(
                address=f"/{noun}s/{row_id}",
                label=f"Back to the {noun}",
            )
    return to_experiments


def _is_api(request: Request) -> bool:
    path = request.url.path
    return path.startswith(API_PATHS)


def _answer_message(request: Request, status: int, message: str) -> Response:
    problem = FieldProblem((), message)
    return answer(request, status, [problem])


def _answer_not_done(request: Request, message: str) -> Response:
    """503: the message, that nothing was changed, and when to try again."""
    problem = FieldProblem((), message)
    response = answer(request, 503, [problem, NOT_DONE])
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _handle_service_error(request: Request, error: Exception) -> Response:
    error_type = type(error)
    status = SERVICE_ERROR_STATUS[error_type]
    message = str(error)
    response = _answer_message(request, status, message)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _handle_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, Invalid)
    source = "body" if request.method in ("POST", "PATCH") else "query"
    problems = []
    for problem in error.problems:
        path = (source, *problem.loc)
        problems.append(replace(problem, loc=path))
    return answer(request, 422, problems)


def _handle_unreadable_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = to_field_problems(error)
    if any(problem.loc[:1] == ("path",) for problem in problems):
        return _answer_message(request, 404, NOTHING_HERE)
    return answer(request, 422, problems)


def _handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _is_out_of_space(error.__cause__):  # while a body was read
        return _answer_out_of_space(request)
    message = str(error.detail)
    if error.status_code == 404:
        message = NOTHING_HERE
    response = _answer_message(request, error.status_code, message)
    response.headers.update(error.headers or {})
    return response


def _handle_database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DatabaseError)
    database: Database = request.app.state.database
    message = database.describe_outage(error)
    if not is_let_in(request):
        message = DATABASE_UNUSABLE  # without the paths that the other messages name
    if message is None:
        is_bug = type(error) not in (OperationalError, DatabaseError)
        if is_bug:
            raise error
        message = f"The database says: {error.orig}."
    return _answer_not_done(request, message)


def _handle_integrity_error(request: Request, _error: Exception) -> Response:
    return _answer_message(
        request,
        409,
        "Somebody changed this at the same moment: look again and retry.",
    )


def _handle_data_error(request: Request, _error: Exception) -> Response:
    return _answer_message(
        request,
        422,
        "This holds characters or numbers that cannot be stored.",
    )


def _handle_os_error(request: Request, error: Exception) -> Response:
    if not _is_out_of_space(error):
        raise error
    return _answer_out_of_space(request)


def _handle_unexpected_error(request: Request, _error: Exception) -> Response:
    response = _answer_message(
        request,
        500,
        "This is a mistake in Foretune, not in what you sent. The server's log has the details.",
    )
    # The framework sends this response itself, outside of app.web.request_checks.
    response.headers.update(SECURITY_HEADERS)
    return response


def _is_out_of_space(error: BaseException | None) -> bool:
    if not isinstance(error, OSError):
        return False
    return error.errno in NO_SPACE_CODES


def _answer_out_of_space(request: Request) -> Response:
    message = (
        f"There is no room for temporary files in {gettempdir()}: free some there, then try again."
    )
    return _answer_not_done(request, message)


def _shorten_step(step: Any) -> str | int:
    if isinstance(step, int):
        return step
    return str(step)[:MAX_STEP_LENGTH]


def _describe_field_error(details: Any) -> str:
    """The message of one error of pydantic."""
    error_type = details["type"]
    limits = details.get("ctx", {})
    if error_type in FIELD_MESSAGES:
        return FIELD_MESSAGES[error_type]
    message: str = details["msg"]
    if error_type == "value_error":
        reason = limits.get("error", message)
        return str(reason)
    if error_type == "string_too_long":
        max_length = limits.get("max_length")
        return f"This is longer than {max_length} characters."
    statement = message.removeprefix("Input ")
    sentence = statement[:1].upper() + statement[1:]
    if not sentence.endswith("."):
        sentence += "."
    return sentence
