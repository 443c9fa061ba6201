"""What the form for an experiment is opened from: a dataset, an earlier experiment, a trial."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.db.models import Trial
from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import CustomModel
from app.domain.default_search import DefaultSearch
from app.domain.next_steps import StepKind
from app.domain.presets import PRESETS
from app.domain.split import Split
from app.errors import NotFound
from app.services import datasets, default_searches, experiments, next_steps, trials
from app.web.forms.around_trial import fields_from_trial
from app.web.forms.default_search import default_fields
from app.web.forms.draft import ExperimentDraft
from app.web.forms.experiment import (
    blank_fields,
    choose_dataset,
    following_fields,
    preset_fields,
    targets_of_dataset,
)
from app.web.forms.next_step import step_fields
from app.web.forms.space_editor import new_space_fields

MAX_DATASETS_OFFERED = 500


class FormSource(BaseModel):
    """What the form is filled from: an experiment, a trial, a dataset, a preset.

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

    @property
    def names_nothing_but_a_dataset(self) -> bool:
        """Whether the form is to hold the default search."""
        return not any((self.preset, self.trial, self.experiment, self.start))


def fill_in(session: Session, source: FormSource) -> dict[str, str]:
    """The fields of a form that is opened from something."""
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


def fill_in_default_search(session: Session, fields: dict[str, str]) -> DefaultSearch | None:
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


def add_custom_space(draft: ExperimentDraft, custom_model: CustomModel) -> None:
    """Show what the file of a custom model describes beside what the form says already."""
    described = new_space_fields(custom_space(custom_model), custom_catalogue(custom_model))
    draft.fields = described | draft.fields
