"""The form for a new experiment: filled in, previewed, checked and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.config import Settings
from app.db.models import Dataset, Trial
from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED
from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import CustomModel
from app.domain.default_search import DefaultSearch
from app.domain.next_steps import StepKind
from app.domain.presets import PRESETS, Preset
from app.domain.reduction.correlation import METHODS
from app.domain.search_space.parameters import Hyperparameter
from app.domain.split import Split
from app.domain.terms import Delivered
from app.errors import NotFound
from app.schemas import SplitRequest
from app.services import (
    custom_models,
    datasets,
    default_searches,
    experiments,
    next_steps,
    one_time,
    trials,
)
from app.services.custom_models import CustomModelFile
from app.web.charts.series import series_figure, split_figure
from app.web.dependencies import CurrentSettings, ReadSession, TextFields, WriteSession
from app.web.forms.around_trial import fields_from_trial
from app.web.forms.default_search import default_fields
from app.web.forms.draft import ExperimentDraft, named
from app.web.forms.experiment import (
    blank_fields,
    choose_dataset,
    following_fields,
    preset_fields,
    targets_of_dataset,
)
from app.web.forms.labels import DELIVERED_LABELS, OBJECTIVE_LABELS, PARTS
from app.web.forms.next_step import step_fields
from app.web.forms.search_preview import SearchPreview, preview_search
from app.web.forms.space_editor import KIND_LABELS, KINDS_BY_TYPE, new_space_fields
from app.web.messages import lead_to
from app.web.one_time_keys import FormDigest
from app.web.templating import render
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)
MAX_DATASETS_OFFERED = 500


class FormSource(BaseModel):
    """What the form is filled from: an experiment, a trial, a dataset, a preset, a custom model.

    `longer`, `around` and `step` go with a trial, `widen` and `start` with an experiment.
    """

    preset: Annotated[str, Field(max_length=40)] = ""
    dataset: Annotated[int | None, Field(ge=1)] = None
    trial: Annotated[int | None, Field(ge=1)] = None
    longer: bool = False
    around: bool = False
    step: StepKind | None = None
    experiment: Annotated[int | None, Field(ge=1)] = None
    start: Annotated[int | None, Field(ge=1)] = None
    widen: bool = False
    custom_model: Annotated[str, Field(max_length=60)] = ""

    @property
    def names_nothing_but_a_dataset(self) -> bool:
        """Whether the form is to hold the default search."""
        return not any((self.preset, self.trial, self.experiment, self.start, self.custom_model))


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
    kinds: Mapping[str, str]
    offered: Mapping[str, Sequence[str]]
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
    fields = _fill_in(session, source)
    if source.custom_model:
        fields |= {
            "name": f"Search of {source.custom_model}",
            "custom_model": source.custom_model,
        }
    search = None
    if source.names_nothing_but_a_dataset:
        search = _fill_in_default_search(session, fields)
    draft = ExperimentDraft.unsent(fields, settings.data)
    if draft.custom_model is not None:
        _add_custom_space(draft, draft.custom_model, replaces_space=bool(source.custom_model))
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
    if "read_hyperopt" in fields:
        shown_fields = blank_fields() | fields
        draft = ExperimentDraft.unsent(shown_fields, settings.data)
        draft.read_hyperopt()
    else:
        draft = ExperimentDraft.from_form(fields, settings.data)
        if "check" not in fields:
            draft.validate(session)
    if draft.checked is None:
        status = 200
        if draft.problems:
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
    named_fields = named(fields)
    draft = ExperimentDraft.from_form(named_fields, settings.data)
    preview = preview_search(session, draft, settings.slot_count)
    return JSONResponse(asdict(preview))


@router.get("/new/charts/split")
def split_chart(
    session: ReadSession, dataset: int, train: float = 80, validation: float = 10, test: float = 10
) -> JSONResponse:
    """The series with its three parts; without them where they do not add up."""
    stored = datasets.get(session, dataset)
    series = datasets.series(session, stored)
    try:
        split = SplitRequest(
            train=train / 100,
            validation=validation / 100,
            test=test / 100,
        )
    except ValueError:
        figure = series_figure(series.dates, series.target_values, series.target)
        return JSONResponse(figure)
    figure = split_figure(
        series.dates,
        series.target_values,
        series.target,
        split.to_split(),
    )
    return JSONResponse(figure)


def _fill_in(session: Session, source: FormSource) -> dict[str, str]:
    fields = blank_fields()
    if source.experiment is not None:
        experiment = experiments.get(session, source.experiment)
        fields = following_fields(session, experiment, source.start, widen=source.widen)
    if source.trial is not None:
        trial = trials.get(session, source.trial)
        fields = fields_from_trial(trial, longer=source.longer, around=source.around)
        if source.step is not None:
            fields |= _fields_of_step(session, trial, source.step)
    if source.dataset is not None:
        fields["dataset_id"] = str(source.dataset)
    choose_dataset(fields, datasets.usable(session, MAX_DATASETS_OFFERED))
    if source.preset in PRESETS:
        preset = PRESETS[source.preset]
        targets = targets_of_dataset(session, fields)
        fields |= preset_fields(preset, targets)
    return fields


def _fill_in_default_search(session: Session, fields: dict[str, str]) -> DefaultSearch | None:
    """Fill in the default search of the chosen dataset; None where there is no dataset."""
    try:
        dataset = datasets.get(session, int(fields.get("dataset_id") or 0))
    except NotFound:
        return None
    search = default_searches.of_dataset(session, dataset, Split())
    fields |= default_fields(dataset, search)
    return search


def _fields_of_step(session: Session, trial: Trial, kind: StepKind) -> dict[str, str]:
    """What a suggestion changes; nothing where the trial's results do not suggest it any more."""
    step = next_steps.find_step(session, trial, kind)
    if step is None:
        return {}
    return step_fields(trial, step)


def _add_custom_space(
    draft: ExperimentDraft, custom_model: CustomModel, *, replaces_space: bool
) -> None:
    """Show the space that the file of a custom model describes."""
    described = new_space_fields(custom_space(custom_model), custom_catalogue(custom_model))
    if replaces_space:
        draft.fields |= described
    else:
        draft.fields = described | draft.fields


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
        preview = preview_search(session, draft.for_preview(), settings.slot_count)
    context = ExperimentFormContext(
        draft=draft,
        datasets=offered_datasets,
        groups=_group_hyperparameters(draft, targets_of_dataset(session, draft.fields)),
        preview=preview,
        custom_model=draft.custom_model,
        custom_model_files=custom_models.list_files(settings.data),
        custom_model_folder=custom_models.FOLDER,
        kinds=KIND_LABELS,
        offered=KINDS_BY_TYPE,
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


def _group_hyperparameters(
    draft: ExperimentDraft, targets: Sequence[str]
) -> dict[str, list[Hyperparameter]]:
    """The rows of the space editor by group, with the targets that the dataset allows."""
    groups: dict[str, list[Hyperparameter]] = {}
    chosen_target = draft.get("space.target.value")
    for hyperparameter in draft.catalogue.values():
        row = hyperparameter
        if row.name == "target":
            row = _limit_choices(row, [*targets, chosen_target])
        rows = groups.setdefault(row.group, [])
        rows.append(row)
    return groups


def _limit_choices(hyperparameter: Hyperparameter, allowed: Sequence[str]) -> Hyperparameter:
    choices = []
    for choice in hyperparameter.choices:
        if choice in allowed:
            choices.append(choice)
    return replace(hyperparameter, choices=tuple(choices))
