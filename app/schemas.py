"""What a person or a program sends to start an experiment: one schema for the form and the API."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Annotated, Any
from unicodedata import category

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED
from app.domain.horizons import MAX_HORIZON
from app.domain.reduction.correlation import METHODS
from app.domain.reduction.steps import MIN_TRIALS_PER_GROUP, Reduction
from app.domain.split import Split
from app.domain.terms import Delivered, Objective

MAX_OPTION_LENGTH = 40
MAX_TAG_LENGTH = 40  # as the columns of app.db.models.tags
MAX_VIEW_NAME_LENGTH = 80  # as the column of app.db.models.views
MAX_VIEW_CHARACTERS = 6_000  # a filter of the greatest length, and all columns
MAX_TRIALS = 100_000
MAX_POINTS = 10_000  # as JSON they are about half of the largest body
MAX_BUDGET_SECONDS = 10_000_000  # 116 days
MAX_SEED = 2**31 - 1
MAX_ID = 2**31 - 1
MAX_PASTED_CHARACTERS = 500_000
MAX_EARLIER_EXPERIMENTS = 20
DEFAULT_REDUCTION = Reduction()
REDUCTION_FIELDS = tuple(f"reduction_{field.name}" for field in fields(Reduction))


def one_of(names: Iterable[str]) -> Any:
    """A text that the API's documentation lists the values of.

    Another text is no error of this field's type: app.services.validation says in words what there
    is, and a row of an earlier version keeps its name.
    """
    values: list[Any] = [str(name) for name in names]
    return Field(max_length=MAX_OPTION_LENGTH, json_schema_extra={"enum": values})


def refuse_control_characters(text: str) -> str:
    """Return a text without any. Raises ValueError."""
    categories = [category(character) for character in text]
    if "Cc" in categories:
        raise ValueError("A name holds no control characters, such as line ends and NUL.")
    return text


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(refuse_control_characters),
]
OptionalName = Annotated[
    str, StringConstraints(max_length=200), AfterValidator(refuse_control_characters)
]
ViewName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_VIEW_NAME_LENGTH, strip_whitespace=True),
    AfterValidator(refuse_control_characters),
]
MAX_NOTES_CHARACTERS = 10_000
MAX_TAGS = 20


def check_notes(text: str) -> str:
    """Return notes with plain line ends. Raises ValueError for control characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for character in plain:
        if category(character) == "Cc" and character not in "\n\t":
            raise ValueError("Notes hold no control characters, such as NUL.")
    return plain


def check_tag(text: str) -> str:
    """Return a tag. Raises ValueError where it is not one word."""
    if "," in text or any(character.isspace() for character in text) or not text.isprintable():
        raise ValueError("A tag is one word, without spaces and commas.")
    return text


Notes = Annotated[
    str, StringConstraints(max_length=MAX_NOTES_CHARACTERS), AfterValidator(check_notes)
]
Tag = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_TAG_LENGTH, strip_whitespace=True),
    AfterValidator(check_tag),
]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
RowId = Annotated[int, Field(ge=1, le=MAX_ID, strict=True)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
TrialCount = Annotated[int, Field(ge=1, le=MAX_TRIALS, strict=True)]


class SplitRequest(BaseModel):
    """Fractions of the rows, in time order."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    train: Fraction = 0.8
    validation: Fraction = 0.1
    test: Fraction = 0.1

    @model_validator(mode="after")
    def _add_up_to_one(self) -> "SplitRequest":
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(
                f"train, validation and test must add up to 1 (100 %), not {total:.4g}"
            )
        return self

    def to_split(self) -> Split:
        """Convert to the domain's split."""
        return Split(
            train=self.train,
            validation=self.validation,
            test=self.test,
        )


class ExperimentRequest(BaseModel):
    """An experiment as it is asked for. app.services.validation checks the space and the points."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    name: Name
    dataset_id: RowId
    strategy: Annotated[str, one_of(STRATEGIES_OFFERED)] = "tpe"
    objective: Objective = Objective.RMSE
    pruning: Annotated[str, one_of(PRUNINGS_OFFERED)] = "none"
    max_trials: TrialCount = 12
    time_budget_seconds: Annotated[float | None, Field(gt=0, le=MAX_BUDGET_SECONDS)] = None
    deliver: Delivered = Delivered.ENSEMBLE
    custom_model: Annotated[str, Field(max_length=60)] = ""
    horizon: Annotated[int, Field(ge=1, le=MAX_HORIZON, strict=True)] = 1
    seed: Annotated[int, Field(ge=0, le=MAX_SEED, strict=True)] = 0
    split: SplitRequest = Field(default_factory=SplitRequest)
    space: dict[str, Any] = Field(default_factory=dict)
    points: list[dict[str, Any]] = Field(default_factory=list, max_length=MAX_POINTS)
    start_from: Annotated[list[RowId], Field(max_length=MAX_EARLIER_EXPERIMENTS)] = Field(
        default_factory=list
    )
    pasted_results: Annotated[str, Field(max_length=MAX_PASTED_CHARACTERS)] = ""
    notes: Notes = ""
    tags: Tags = Field(default_factory=list)
    reduction_method: Annotated[str, one_of(METHODS)] = DEFAULT_REDUCTION.method
    reduction_interval: TrialCount | None = None
    reduction_window: Annotated[int | None, Field(ge=2 * MIN_TRIALS_PER_GROUP, le=MAX_TRIALS)] = (
        DEFAULT_REDUCTION.window
    )
    reduction_threshold: Fraction = DEFAULT_REDUCTION.threshold


class ViewRequest(BaseModel):
    """A view of an experiment's page that somebody stores: its query string, under a name."""

    model_config = ConfigDict(extra="forbid")

    name: ViewName
    query: Annotated[str, Field(max_length=MAX_VIEW_CHARACTERS)] = Field(
        default="",
        description="of the page's address, such as `search=objective < 1.5&sort=objective`",
    )
    is_for_all: bool = Field(default=False, description="whether every experiment offers it")


class TrialChange(BaseModel):
    """What is to change about a trial: only the fields that are given."""

    model_config = ConfigDict(extra="forbid")

    notes: Notes = Field(default="", description="Markdown")
    tags: Tags = Field(default_factory=list, description="all its tags; [] takes them away")
    is_starred: bool = False


class ExperimentChange(TrialChange):
    """What is to change about an experiment: only the fields that are given."""

    name: Name = ""
    is_archived: bool = Field(default=False, description="whether the list leaves it out")
