"""Forms for notes, tags and stars of experiments and trials: each leads back to where it was."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from app.schemas import ExperimentChange, TrialChange
from app.services import annotations, experiments, trials
from app.web.dependencies import WriteSession
from app.web.error_handlers import to_field_problems
from app.web.forms.fields import group_messages
from app.web.templating import render
from app.web.unreadable import ExperimentRoute

router = APIRouter(route_class=ExperimentRoute)

LOCAL_PAGE = re.compile(r"/(?:experiments|trials)[^\s\\]*")
Change = TypeVar("Change", bound=TrialChange)


@dataclass(frozen=True)
class AnnotationsContext:
    """The form for notes and tags as it was sent, and what is wrong with it."""

    title: str
    page: str
    notes: str
    tags: str
    errors: dict[str, list[str]]  # by field of the form


@router.post("/experiments/{experiment_id}/annotations")
def annotate_experiment(
    request: Request,
    session: WriteSession,
    experiment_id: int,
    notes: Annotated[str, Form()] = "",
    tags: Annotated[str, Form()] = "",
) -> Response:
    """Store the notes and tags of the form, or say what is wrong with them."""
    experiment = experiments.get(session, experiment_id)
    return _annotate(
        request,
        AnnotationsContext(experiment.name, f"/experiments/{experiment_id}", notes, tags, {}),
        ExperimentChange,
        lambda change: annotations.change_experiment(session, experiment, change),
    )


@router.post("/trials/{trial_id}/annotations")
def annotate_trial(
    request: Request,
    session: WriteSession,
    trial_id: int,
    notes: Annotated[str, Form()] = "",
    tags: Annotated[str, Form()] = "",
) -> Response:
    """Store the notes and tags of the form, or say what is wrong with them."""
    trial = trials.get(session, trial_id)
    title = f"Trial {trial.number} of {trial.experiment.name}"
    return _annotate(
        request,
        AnnotationsContext(title, f"/trials/{trial_id}", notes, tags, {}),
        TrialChange,
        lambda change: annotations.change_trial(session, trial, change),
    )


@router.post("/experiments/{experiment_id}/star")
def star_experiment(
    session: WriteSession,
    experiment_id: int,
    is_starred: Annotated[bool, Form()],
    back: Annotated[str, Form(max_length=2000)] = "",
) -> RedirectResponse:
    """Star an experiment, or take its star away."""
    experiment = experiments.get(session, experiment_id)
    change = ExperimentChange(is_starred=is_starred)
    annotations.change_experiment(session, experiment, change)
    return lead_back(back, f"/experiments/{experiment_id}")


@router.post("/trials/{trial_id}/star")
def star_trial(
    session: WriteSession,
    trial_id: int,
    is_starred: Annotated[bool, Form()],
    back: Annotated[str, Form(max_length=2000)] = "",
) -> RedirectResponse:
    """Star a trial, or take its star away."""
    trial = trials.get(session, trial_id)
    annotations.change_trial(session, trial, TrialChange(is_starred=is_starred))
    return lead_back(back, f"/trials/{trial_id}")


def lead_back(back: str, page: str) -> RedirectResponse:
    """To the page of this server that a form came from; to `page` where it names none."""
    is_local = LOCAL_PAGE.fullmatch(back) and back.isascii()
    return RedirectResponse(back if is_local else page, 303)


def _annotate(
    request: Request,
    sent: AnnotationsContext,
    schema: type[Change],
    apply: Callable[[Change], None],
) -> Response:
    words = sent.tags.replace(",", " ").split()
    try:
        change = schema.model_validate({"notes": sent.notes, "tags": words})
    except ValidationError as error:
        messages = [(str(problem.loc[0]), problem.message) for problem in to_field_problems(error)]
        errors = group_messages(dict.fromkeys(messages))  # each once, however many tags are wrong
        context = AnnotationsContext(sent.title, sent.page, sent.notes, sent.tags, errors)
        return render(request, "annotations.html", context, status=422)
    apply(change)
    return RedirectResponse(f"{sent.page}#annotations", 303)
