"""The menu of named views beside the columns of the trial table."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.db.models import NamedView
from app.schemas import MAX_VIEW_NAME_LENGTH
from app.services import named_views
from app.web.views.trial_table import TrialTable


@dataclass(frozen=True)
class ViewMenu:
    """The views that an experiment offers. `query`: what the page shows now, as a view."""

    views: Sequence[NamedView]
    query: str
    max_name_length: int = MAX_VIEW_NAME_LENGTH


def make_view_menu(session: Session, experiment_id: int, table: TrialTable) -> ViewMenu:
    """The menu of an experiment's page with this table."""
    shown = urlencode(table.query_items)
    return ViewMenu(
        views=named_views.list_views(session, experiment_id),
        query=named_views.normalize_query(shown),
    )
