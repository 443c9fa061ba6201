"""The fields of the form for an experiment as the body of a request, and what is wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.domain.custom.detection import CustomModel
from app.domain.horizons import MAX_HORIZON
from app.domain.search_space.parameters import Catalogue
from app.domain.terms import Delivered
from app.errors import FieldProblem, Invalid
from app.schemas import MAX_ID, ExperimentRequest
from app.services.validation import check_request
from app.web.error_handlers import to_field_problems
from app.web.forms.fields import FieldReader
from app.web.forms.labels import PARTS, field_of
from app.web.forms.points import read_points
from app.web.forms.reduction import read_reduction
from app.web.forms.space_editor import read_space
from app.web.forms.warm_start import read_warm_start

ROWS_AHEAD = f"Enter a whole number from 1 to {MAX_HORIZON}."
MAX_ROUNDS = 5  # reading, types, single fields, fit to the data; and one to find nothing more
REPLACEMENTS: Mapping[str, Any] = {"name": "unnamed", "dataset_id": MAX_ID, "space": {}}


@dataclass(frozen=True)
class FormReading:
    """The body of the request that a form makes, and the problems of fields without a value."""

    body: dict[str, Any]
    problems: list[FieldProblem]

    def to_request(self) -> ExperimentRequest:
        """The request. Raises Invalid with the problems of its fields."""
        if self.problems:
            raise Invalid(self.problems)
        return _to_request(self.body)

    def find_all_problems(
        self, session: Session, catalogue: Catalogue, custom_model: CustomModel | None
    ) -> list[FieldProblem]:
        """Every problem at once, however late a check would find it.

        What is wrong is replaced by its default, and the rest is checked again.
        """
        problems = list(self.problems)
        body = _repair(self.body, problems)
        for _ in range(MAX_ROUNDS):
            named_fields = {field_of(problem.loc, catalogue) for problem in problems}
            is_split_known = named_fields.isdisjoint(PARTS)
            found = []
            for problem in _find_problems(session, body, custom_model):
                depends_on_split = problem.loc[:1] in (("split",), ("horizon",))
                if field_of(problem.loc, catalogue) in named_fields:
                    continue
                if is_split_known or not depends_on_split:
                    found.append(problem)
            if not found:
                break
            problems += found
            body = _repair(body, found)
        return problems


def read_form(fields: Mapping[str, str], catalogue: Catalogue) -> FormReading:
    """Read the fields of a form."""
    reader = FieldReader(fields)
    body: dict[str, Any] = {
        "name": reader.text("name"),
        "custom_model": reader.text("custom_model"),
        "strategy": reader.text("strategy"),
        "objective": reader.text("objective", "rmse"),
        "pruning": reader.text("pruning", "none"),
        "deliver": reader.text("deliver", Delivered.ENSEMBLE),
        "dataset_id": reader.integer("dataset_id", "Choose a dataset."),
        "tags": reader.text("tags").replace(",", " ").split(),
        "max_trials": reader.integer("max_trials"),
        "seed": reader.integer("seed"),
        "split": {part: reader.number(part) / 100 for part in PARTS},
        "space": read_space(reader, catalogue),
        "points": read_points(reader, catalogue),
        **read_warm_start(reader),
        **read_reduction(reader),
    }
    if "horizon" in fields:
        body["horizon"] = reader.integer("horizon", ROWS_AHEAD)
    if reader.stripped("budget_minutes"):
        body["time_budget_seconds"] = 60 * reader.number("budget_minutes")
    return FormReading(body, reader.problems)


def _to_request(body: Mapping[str, Any]) -> ExperimentRequest:
    try:
        return ExperimentRequest.model_validate(body)
    except ValidationError as error:
        raise Invalid(to_field_problems(error)) from None


def _find_problems(
    session: Session, body: Mapping[str, Any], custom_model: CustomModel | None
) -> list[FieldProblem]:
    try:
        check_request(session, _to_request(body), custom_model)
    except Invalid as error:
        return error.problems
    return []


def _repair(body: Mapping[str, Any], problems: Collection[FieldProblem]) -> dict[str, Any]:
    """The body with defaults in place of what has a problem."""
    repaired = {**body, "space": dict(body["space"])}
    for problem in problems:
        steps = [str(step) for step in problem.loc if step != "body"]
        first = steps[0] if steps else "name"
        if first == "space" and len(steps) > 1:
            repaired["space"].pop(steps[1], None)
        elif first in REPLACEMENTS:
            repaired[first] = REPLACEMENTS[first]
        elif first in PARTS:
            repaired.pop("split", None)
        elif first == "budget_minutes":
            repaired.pop("time_budget_seconds", None)
        elif first == "points":
            repaired |= {"points": [], "strategy": "random"}
        else:
            repaired.pop(first, None)
    return repaired
