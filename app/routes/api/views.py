"""/api/experiments/{id}/views and /api/views: what an experiment's page shows, under a name."""

from fastapi import APIRouter

from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import Listing, refusals
from app.routes.api.schemas.views import ViewSchema
from app.schemas import ViewRequest
from app.services import experiments, named_views
from app.web.dependencies import ReadSession, WriteSession

router = APIRouter(tags=["views"])


@router.get("/experiments/{experiment_id}/views", responses=refusals(404))
def list_views(session: ReadSession, experiment_id: Id) -> Listing[ViewSchema]:
    """List the named views of an experiment's page.

    Its own come first, then those that every experiment offers.
    """
    experiments.get(session, experiment_id)
    views = named_views.list_views(session, experiment_id)
    return Listing.whole([ViewSchema.of(view) for view in views])


@router.post(
    "/experiments/{experiment_id}/views", status_code=201, responses=refusals(400, 404, 409, 413)
)
def save(session: WriteSession, experiment_id: Id, view_request: ViewRequest) -> ViewSchema:
    """Put a name to what an experiment's page shows. A view of the same name is replaced.

    `query` is that of the page's address. The page number, ticked trials and the open trial are
    left out.
    """
    experiments.get(session, experiment_id)
    view = named_views.save(session, experiment_id, view_request)
    return ViewSchema.of(view)


@router.delete("/views/{view_id}", status_code=204, responses=refusals(404))
def delete(session: WriteSession, view_id: Id) -> None:
    """Delete a named view."""
    view = named_views.get(session, view_id)
    named_views.delete(session, view)
