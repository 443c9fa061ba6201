"""The form for a new experiment: filled in, previewed, checked and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.config import Settings
from app.db.models import Dataset
from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED
from app.domain.custom.detection import CustomModel
from app.domain.default_search import DefaultSearch
from app.domain.presets import PRESETS, Preset
from app.domain.reduction.correlation import METHODS
from app.domain.search_space.parameters import Hyperparameter
from app.domain.terms import Delivered
from app.queue import workers
from app.services import (
    custom_models,
    datasets,
    experiments,
    one_time,
)
from app.services.custom_models import CustomModelFile
from app.services.expected_time import ExpectedTimes
from app.web.dependencies import CurrentSettings, ReadSession, TextFields, WriteSession
from app.web.forms.draft import ExperimentDraft, read_sent_fields
from app.web.forms.efforts import effort_fields, list_efforts
from app.web.forms.experiment import (
    blank_fields,
    choose_dataset,
    targets_of_dataset,
)
from app.web.forms.filling import fill_in_on_request, follow_dataset
from app.web.forms.labels import DELIVERED_LABELS, OBJECTIVE_LABELS, PARTS
from app.web.forms.search_preview import SearchPreview, preview_search
from app.web.forms.source import (
    MAX_DATASETS_OFFERED,
    FormSource,
    add_custom_space,
    fill_in,
    fill_in_default_search,
)
from app.web.forms.space_groups import group_hyperparameters
from app.web.forms.space_text import suggest_text
from app.web.messages import lead_to
from app.web.one_time_keys import FormDigest
from app.web.templating import render
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)
NOT_STARTING = frozenset({"check", "preset", "network", "undo", "effort"})  # buttons of the form


@dataclass(frozen=True)
class ExperimentFormContext:
    """The form and all it offers. `preview` is None where there is no dataset yet."""

    draft: ExperimentDraft
    datasets: Sequence[Dataset]
    groups: Mapping[str, Sequence[Hyperparameter]]
    preview: SearchPreview | None
    custom_model: CustomModel | None
    custom_model_files: Sequence[CustomModelFile]
    custom_model_folder: str
    suggestions: Mapping[str, str]
    strategies: Mapping[str, str]
    prunings: Mapping[str, str]
    delivered: Mapping[Delivered, str]
    objectives: Mapping[str, tuple[str, str]]
    methods: Mapping[str, str]
    presets: Mapping[str, Preset]
    parts: Sequence[str]
    default_search: DefaultSearch | None = None


@router.get("/new")
def new(
    request: Request,
    session: ReadSession,
    settings: CurrentSettings,
    source: Annotated[FormSource, Query()],
) -> Response:
    """The form, filled in from what the query names."""
    fields = fill_in(session, source)
    search = None
    if source.names_nothing_but_a_dataset:
        search = fill_in_default_search(session, fields)
    draft = ExperimentDraft.unsent(fields, settings.data)
    if draft.custom_model is not None:
        add_custom_space(draft, draft.custom_model)
    return _form_page(request, session, settings, draft, default_search=search)


@router.post("")
def create(
    request: Request,
    session: WriteSession,
    settings: CurrentSettings,
    fields: TextFields,
    digest: FormDigest,
) -> Response:
    """Start the search, or give the form back with what is wrong with it."""
    earlier_address = one_time.find_result(session, digest)
    if earlier_address is not None:
        return RedirectResponse(earlier_address, 303)
    draft = _read_sent_form(session, settings, read_sent_fields(fields, settings.data))
    if draft.checked is None or not draft.is_ready:
        status = 200
        if draft.problems or draft.asks_about_one_trial:
            status = 422
        return _form_page(request, session, settings, draft, status)
    experiment = experiments.store(session, draft.checked)
    address = f"/experiments/{experiment.id}"
    one_time.store_result(session, digest, address)
    return lead_to(address, "search-started")


@router.post("/preview")
def live_preview(
    session: ReadSession, settings: CurrentSettings, fields: TextFields
) -> JSONResponse:
    """The live line, while the form is being filled in."""
    fields = read_sent_fields(fields, settings.data)
    filling = follow_dataset(session, fields)
    if filling is not None:
        fields |= filling.fields
    draft = ExperimentDraft.from_form(session, fields, settings.data)
    draft.filling = filling
    preview = preview_search(session, draft, settings.slot_count)
    answer = asdict(preview)
    if filling is not None:
        answer["filling"]["fields"] = filling.texts()
    return JSONResponse(answer)


def _read_sent_form(
    session: Session, settings: Settings, fields: dict[str, str]
) -> ExperimentDraft:
    """The form as it was sent, with what a button of it fills in; ready if it is to be started."""
    if "read_hyperopt" in fields:
        draft = ExperimentDraft.unsent(blank_fields() | fields, settings.data)
        draft.read_hyperopt()
        return draft
    filling = fill_in_on_request(session, fields, settings.data)
    if filling is not None:
        fields |= filling.fields
    draft = ExperimentDraft.from_form(session, fields, settings.data)
    draft.filling = filling
    draft.validate(session)
    if "effort" in fields:
        draft = _set_effort(session, settings, draft)
    is_filled_in = filling is not None and filling.changes_anything
    if is_filled_in or not NOT_STARTING.isdisjoint(fields):
        draft.is_ready = False
        draft.asks_about_one_trial = False
    return draft


def _set_effort(session: Session, settings: Settings, draft: ExperimentDraft) -> ExperimentDraft:
    """The form with the time budget and the number of trials of a card."""
    slots = workers.slots_alive(session) or settings.slot_count
    efforts = list_efforts(ExpectedTimes(session), draft.checked, slots)
    fields = draft.fields | effort_fields(efforts, draft.get("effort"))
    changed = ExperimentDraft.from_form(session, fields, settings.data)
    changed.validate(session)
    return changed


def _form_page(
    request: Request,
    session: Session,
    settings: Settings,
    draft: ExperimentDraft,
    status: int = 200,
    default_search: DefaultSearch | None = None,
) -> Response:
    offered_datasets = datasets.usable(session, MAX_DATASETS_OFFERED)
    choose_dataset(draft.fields, offered_datasets)
    preview = None
    if offered_datasets:
        preview = preview_search(session, draft.for_preview(session), settings.slot_count)
    groups = group_hyperparameters(draft, targets_of_dataset(session, draft.fields))
    context = ExperimentFormContext(
        draft=draft,
        datasets=offered_datasets,
        groups=groups,
        preview=preview,
        custom_model=draft.custom_model,
        custom_model_files=custom_models.list_files(settings.data),
        custom_model_folder=custom_models.FOLDER,
        suggestions={row.name: suggest_text(row) for rows in groups.values() for row in rows},
        strategies=STRATEGIES_OFFERED,
        prunings=PRUNINGS_OFFERED,
        delivered=DELIVERED_LABELS,
        objectives=OBJECTIVE_LABELS,
        methods=METHODS,
        presets=PRESETS,
        parts=PARTS,
        default_search=default_search,
    )
    return render(request, "experiments/new.html", status=status, **vars(context))
