"""Starting the default search of a dataset, or of a sample: one button."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse

from app.samples import EL_NINO
from app.schemas import MAX_ID, ExperimentRequest
from app.services import datasets, experiments, one_time
from app.web.dependencies import WriteSession
from app.web.forms.default_search import default_name
from app.web.messages import lead_to
from app.web.one_time_keys import FormDigest
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@router.post("/default")
def start(
    session: WriteSession,
    digest: FormDigest,
    dataset_id: Annotated[int, Form(ge=1, le=MAX_ID)],
) -> RedirectResponse:
    """Start the search that fits a dataset, and lead to its page."""
    earlier_address = one_time.find_result(session, digest)
    if earlier_address is not None:
        return RedirectResponse(earlier_address, 303)
    dataset = datasets.get(session, dataset_id)
    request = ExperimentRequest(name=default_name(dataset), dataset_id=dataset.id)
    experiment = experiments.create(session, request)
    address = f"/experiments/{experiment.id}"
    one_time.store_result(session, digest, address)
    return lead_to(address, "search-started")


@router.post("/sample")
def try_sample(session: WriteSession) -> RedirectResponse:
    """Start the default search of a sample, which is loaded where it is missing.

    While that search is open, another click leads to it: it cannot be doubled.
    """
    dataset = datasets.add_sample(session, EL_NINO)
    name = default_name(dataset)
    experiment = experiments.find_open(session, dataset, name)
    if experiment is None:
        request = ExperimentRequest(name=name, dataset_id=dataset.id)
        experiment = experiments.create(session, request)
    return lead_to(f"/experiments/{experiment.id}", "search-started")
