"""An experiment as a person describes it in the form, parsed once, with what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.domain.custom.catalogue import catalogue_for
from app.domain.custom.detection import CustomModel
from app.domain.hyperopt.import_code import (
    HyperoptError,
    ImportedSpace,
    import_space,
)
from app.domain.search_space.parameters import Catalogue
from app.domain.strategies import strategy_info
from app.errors import FieldProblem, Invalid
from app.schemas import ExperimentRequest
from app.services import custom_models
from app.services.validation import CheckedRequest, check_request
from app.web.forms.experiment import blank_fields
from app.web.forms.fields import group_messages
from app.web.forms.filling import Filling
from app.web.forms.labels import field_of, label_of
from app.web.forms.naming import suggest_name
from app.web.forms.reading import FormReading, read_form
from app.web.forms.space_editor import new_space_fields
from app.web.forms.space_text import read_texts, write_text

CORRECTED = "corrected"  # the value of the button that reads code as it may be meant


class FieldSummary(NamedTuple):
    """A field with problems, for the summary above the form."""

    field: str
    label: str
    message: str


@dataclass
class ExperimentDraft:
    """What a form says, and what is wrong with it.

    `fields`: the text of every field.
    `reading`: what they say, as far as it can be read; None in a form that was not sent.
    `suggested_name`: what it is called where no name is given.
    `request`: the same, where all of it can be read.
    `checked`: the request, once it has been validated; `is_ready`: it can be started unasked.
    `filling`: what was filled in on request.
    `hyperopt_notes`: how pasted code was read; `hyperopt_correction`: what may be meant in it.
    """

    fields: dict[str, str]
    custom_model: CustomModel | None = None
    problems: list[FieldProblem] = field(default_factory=list)
    reading: FormReading | None = None
    request: ExperimentRequest | None = None
    checked: CheckedRequest | None = None
    suggested_name: str = ""
    is_ready: bool = False
    asks_about_one_trial: bool = False
    filling: Filling | None = None
    hyperopt_notes: tuple[str, ...] = ()
    hyperopt_correction: str = ""

    @classmethod
    def unsent(cls, fields: dict[str, str], data: Path) -> "ExperimentDraft":
        """A form to fill in. `data`: the folder that the folder of custom models is in."""
        try:
            custom_model = custom_models.find(data, fields.get("custom_model", ""))
        except Invalid as error:
            return cls(fields, problems=error.problems)
        return cls(fields, custom_model)

    @classmethod
    def from_form(
        cls, session: Session, fields: Mapping[str, str], data: Path
    ) -> "ExperimentDraft":
        """A form that was sent. Fields that are missing are shown with their defaults."""
        shown_fields = {**blank_fields(), **fields}
        draft = cls.unsent(shown_fields, data)
        draft.parse(session, fields)
        return draft

    def space_text(self, name: str) -> str:
        """What a hyperparameter may be, as one line of text."""
        return write_text(self.fields, name)

    def is_searched(self, name: str) -> bool:
        """Whether a hyperparameter varies, or is wrong and so has to be seen."""
        kind = self.get(f"space.{name}.kind", "fixed")
        return kind != "fixed" or f"space.{name}.kind" in self.errors

    def parse(self, session: Session, fields: Mapping[str, str]) -> None:
        """Turn the fields into a request, or into problems. A name that is missing is made."""
        self.suggested_name = suggest_name(session, fields, self.catalogue)
        name = fields.get("name", "").strip() or self.suggested_name
        self.reading = read_form({**fields, "name": name}, self.catalogue)
        try:
            self.request = self.reading.to_request()
        except Invalid as error:
            self.problems = self.problems + error.problems

    def validate(self, session: Session, *, is_preview: bool = False) -> None:
        """Find every problem at once, and ask before a space of one combination starts.

        is_preview: only how many earlier results there are counts, which is quick.
        The space of a custom model that cannot be used is not checked.
        """
        is_unusable = any(problem.loc[:1] == ("custom_model",) for problem in self.problems)
        if self.reading is None or is_unusable:
            return
        if self.request is not None:
            try:
                self.checked = check_request(
                    session, self.request, self.custom_model, is_preview=is_preview
                )
            except Invalid:
                self.checked = None
        if self.checked is None:
            self.problems = self.reading.find_all_problems(
                session, self.catalogue, self.custom_model
            )
            return
        self._settle_one_trial(self.checked)

    def _settle_one_trial(self, checked: CheckedRequest) -> None:
        confirms_one_trial = "one_trial" in self.fields
        if not has_one_combination(checked):
            self.is_ready = not confirms_one_trial
        elif confirms_one_trial or self.get("single_trial"):
            one_trial = checked.request.model_copy(update={"max_trials": 1})
            self.checked = replace(checked, request=one_trial)
            self.is_ready = True
        else:
            self.asks_about_one_trial = True

    def read_hyperopt(self) -> None:
        """Replace the search space by the one that pasted hyperopt code describes."""
        if self.problems:
            return
        try:
            imported = self._import_hyperopt()
        except HyperoptError as error:
            self.problems = [FieldProblem(("hyperopt",), str(error))]
            if error.correction is not None:
                self.hyperopt_correction = error.correction.code
            return
        self.hyperopt_notes = imported.notes
        self.fields |= new_space_fields(imported.space.document(), self.catalogue)

    def _import_hyperopt(self) -> ImportedSpace:
        """The space of the pasted code, with its correction where that was chosen."""
        code = self.get("hyperopt")
        try:
            return import_space(code, self.catalogue)
        except HyperoptError as error:
            if error.correction is None or self.get("read_hyperopt") != CORRECTED:
                raise
            code = error.correction.apply(code)
        self.fields["hyperopt"] = code
        return import_space(code, self.catalogue)

    def for_preview(self, session: Session) -> "ExperimentDraft":
        """This form as the live line previews it."""
        draft = ExperimentDraft(self.fields, self.custom_model)
        draft.parse(session, draft.fields)
        return draft

    @property
    def catalogue(self) -> Catalogue:
        """The hyperparameters that can be varied."""
        return catalogue_for(self.custom_model)

    def get(self, name: str, default: str = "") -> str:
        """The text of a field."""
        return self.fields.get(name, default)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by the name of their field."""
        return group_messages(
            (field_of(problem.loc, self.catalogue), problem.message) for problem in self.problems
        )

    @property
    def summary(self) -> list[FieldSummary]:
        """The fields with problems, each with all its messages."""
        return [
            FieldSummary(name, label_of(name, self.catalogue), " ".join(messages))
            for name, messages in self.errors.items()
        ]

    @property
    def unshown(self) -> dict[str, str]:
        """Fields of a custom model's space that the page cannot show while its file is unusable."""
        is_unusable = any(problem.loc[0] == "custom_model" for problem in self.problems)
        if not is_unusable:
            return {}
        unshown = {}
        for name, text in self.fields.items():
            if self._is_unknown_space_field(name):
                unshown[name] = text
        return unshown

    def _is_unknown_space_field(self, name: str) -> bool:
        if not name.startswith("space."):
            return False
        row, _, _ = name.rpartition(".")
        hyperparameter = row.removeprefix("space.")
        return hyperparameter not in self.catalogue


def read_sent_fields(fields: Mapping[str, str], data: Path) -> dict[str, str]:
    """The fields of a form that was sent, with its lines of text for the space read."""
    draft = ExperimentDraft.unsent(dict(fields), data)
    return read_texts(fields, draft.catalogue)


def has_one_combination(checked: CheckedRequest) -> bool:
    """Whether nothing varies in the space that a search goes through."""
    if strategy_info(checked.request.strategy).needs_points:
        return False
    combinations = checked.space.size()
    return combinations == 1
