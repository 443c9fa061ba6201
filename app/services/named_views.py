"""Named views of an experiment's page: its query string, of one experiment or of all."""

from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.db.models import NamedView
from app.errors import Conflict, FieldProblem, Invalid, NotFound
from app.schemas import ViewRequest
from app.services.rows import find_row

STORED_PARTS = (
    "tab",
    "search",
    "sort",
    "descending",
    "state",
    "columns",
    "size",
    "x",
    "y",
)
MAX_QUERY_PARTS = 300
MAX_VIEWS = 100  # of one experiment, and of all
NOT_A_QUERY = "This is not the query string of a page."


def list_views(session: Session, experiment_id: int) -> list[NamedView]:
    """The views of one experiment, then those of all, in alphabetical order."""
    is_offered = or_(
        NamedView.experiment_id == experiment_id,
        NamedView.experiment_id.is_(None),
    )
    is_of_all = NamedView.experiment_id.is_(None)
    query = select(NamedView).where(is_offered)
    views = session.scalars(query.order_by(is_of_all, func.lower(NamedView.name), NamedView.id))
    return list(views)


def save(session: Session, experiment_id: int, request: ViewRequest) -> NamedView:
    """Store a view; one of the same name is replaced. Raises Invalid, or Conflict for too many."""
    query = normalize_query(request.query)
    owner_id = None if request.is_for_all else experiment_id
    of_owner = select(NamedView).where(NamedView.experiment_id == owner_id)
    view = session.scalar(of_owner.where(NamedView.name == request.name))
    if view is None:
        _refuse_too_many(session, owner_id)
        view = NamedView(experiment_id=owner_id, name=request.name)
        session.add(view)
    view.query = query
    session.flush()
    return view


def get(session: Session, view_id: int) -> NamedView:
    """One view. Raises NotFound."""
    view = find_row(session, NamedView, view_id)
    if view is None:
        raise NotFound(f"There is no view {view_id}.")
    return view


def delete(session: Session, view: NamedView) -> None:
    """Delete a view."""
    session.delete(view)


def normalize_query(text: str) -> str:
    """The parts of a query string that a view keeps, in a fixed order. Raises Invalid.

    Which page, which trials are ticked and which one is open are no parts of a view.
    """
    try:
        items = parse_qsl(text.removeprefix("?"), max_num_fields=MAX_QUERY_PARTS)
    except ValueError as error:
        raise Invalid([FieldProblem(("query",), NOT_A_QUERY)]) from error
    kept = [item for item in items if item[0] in STORED_PARTS]
    kept.sort(key=lambda item: STORED_PARTS.index(item[0]))
    return urlencode(kept)


def _refuse_too_many(session: Session, owner_id: int | None) -> None:
    counted = select(func.count()).where(NamedView.experiment_id == owner_id)
    if (session.scalar(counted) or 0) >= MAX_VIEWS:
        raise Conflict(f"There are {MAX_VIEWS} views already: delete one first.")
