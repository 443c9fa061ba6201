"""The form for an experiment: what a person typed, as a request, and a request as what to show in the form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.db.models import Experiment
from app.domain.search_space.parameters import CATALOGUE, Catalogue, Hyperparameter, parse_value
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import strategy_info
from app.errors import FieldProblem
from app.schemas import ExperimentRequest
from app.web.error_handlers import to_field_problems
from app.web.forms.reduction import LABELS, read_reduction, reduction_fields
from app.web.forms.warm_start import LABELS as KNOWN
from app.web.forms.warm_start import known_fields, read_known

PARTS = ("train", "validation", "test")
KINDS = {
    "fixed": "fixed",
    "choice": "choice of",
    "uniform": "uniform",
    "loguniform": "log-uniform",
    "integer": "integer range",
}
OFFERED = {
    "category": ("fixed", "choice"),
    "flag": ("fixed", "choice"),
    "integer": ("fixed", "choice", "integer", "loguniform"),
    "number": ("fixed", "choice", "uniform", "loguniform"),
}
PAIR = re.compile(r"^([A-Za-z_0-9]+)\s*=\s*(.+)$")


@dataclass
class Filled:
    """A form as it is shown: the text of every field, and messages by field."""

    values: dict[str, str]
    problems: list[FieldProblem] = field(default_factory=list)
    catalogue: Catalogue = field(default_factory=lambda: CATALOGUE)
    asks_about_one_trial: bool = False

    def get(self, name: str, default: str = "") -> str:
        """The text of a field."""
        return self.values.get(name, default)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by the name of their field."""
        found: dict[str, list[str]] = {}
        for problem in self.problems:
            found.setdefault(field_of(problem.loc, self.catalogue), []).append(problem.message)
        return found

    @property
    def unshown(self) -> dict[str, str]:
        """Fields of a file's search space that cannot be shown while the file cannot be read."""
        shown_rows = {f"space.{name}" for name in self.catalogue}
        if not any(problem.loc[0] == "custom_model" for problem in self.problems):
            return {}
        return {
            name: text
            for name, text in self.values.items()
            if name.startswith("space.") and name.rpartition(".")[0] not in shown_rows
        }

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """(field, label, message) of each problem."""
        return [
            (name, label_of(name, self.catalogue), " ".join(messages))
            for name, messages in self.errors.items()
        ]


def field_of(loc: tuple[str | int, ...], catalogue: Catalogue = CATALOGUE) -> str:
    """The form's field a problem belongs to."""
    steps = [str(step) for step in loc if step != "body"]
    if not steps:
        return "name"
    if steps[0] == "space":
        known = len(steps) > 1 and steps[1] in catalogue
        return f"space.{steps[1]}.kind" if known else "space"
    if steps[0] == "split":
        return steps[1] if len(steps) > 1 and steps[1] in PARTS else "train"
    return {"time_budget_seconds": "budget_minutes"}.get(steps[0], steps[0])


def label_of(name: str, catalogue: Catalogue = CATALOGUE) -> str:
    """What a field is called in the summary of problems."""
    if name.startswith("space."):
        return catalogue[name.split(".")[1]].label
    plain = {
        "budget_minutes": "time budget",
        "dataset_id": "dataset",
        "max_trials": "number of trials",
        **LABELS,
        **KNOWN,
    }
    return plain.get(name, name).capitalize()


def blank() -> dict[str, str]:
    """The form's own defaults."""
    values = {
        "name": "",
        "custom_model": "",
        "strategy": "auto",
        "objective": "rmse",
        "pruning": "auto",
        "max_trials": "20",
        "budget_minutes": "",
        "seed": "0",
    }
    values |= {"train": "80", "validation": "10", "test": "10", "points": ""}
    return values | reduction_fields() | known_fields() | new_space_fields({})


def new_space_fields(
    document: Mapping[str, Any], catalogue: Catalogue = CATALOGUE
) -> dict[str, str]:
    """The fields of the space editor for a new experiment, with the defaults of new experiments."""
    return space_fields(
        SearchSpace.parse(document, catalogue).with_new_defaults().document(), catalogue
    )


def space_fields(document: Mapping[str, Any], catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
    """The fields of the space editor for a space's JSON."""
    values: dict[str, str] = {}
    for name, row in catalogue.items():
        entry = document.get(name, row.default)
        given = entry if isinstance(entry, Mapping) else {"fixed": entry}
        kind = next(
            (kind for kind in ("choice", "uniform", "loguniform", "integer") if kind in given),
            "fixed",
        )
        start = f"space.{name}"
        values[f"{start}.kind"] = kind
        values[f"{start}.value"] = shown(given.get("fixed", row.default))
        values[f"{start}.choices"] = ", ".join(shown(value) for value in given.get("choice", []))
        low, high = given[kind] if kind in ("uniform", "loguniform", "integer") else ("", "")
        values[f"{start}.low"], values[f"{start}.high"] = shown(low), shown(high)
        values[f"{start}.step"] = shown(given.get("step", ""))
        conditions = dict(given.get("when") or {})
        values[f"{start}.when"] = " ".join(
            f"{other}={_listed(allowed)}" for other, allowed in conditions.items()
        )
    return values


def experiment_fields(experiment: Experiment) -> dict[str, str]:
    """The fields for another experiment like this one."""
    values = (
        blank()
        | reduction_fields(experiment)
        | space_fields(experiment.space_document, experiment.catalogue)
    )
    budget = experiment.time_budget_seconds
    values |= {
        "name": f"{experiment.name} (again)"[:200],
        "dataset_id": str(experiment.dataset_id),
        "custom_model": experiment.custom_model_name or "",
        "strategy": experiment.strategy,
        "objective": experiment.objective,
        "pruning": experiment.pruning,
        "max_trials": str(experiment.max_trials),
        "budget_minutes": shown(budget / 60) if budget else "",
        "seed": str(experiment.seed),
        "points": "\n".join(point_line(point) for point in experiment.points),
    }
    for part in PARTS:
        values[part] = shown(100 * getattr(experiment, f"{part}_fraction"))
    return values


def point_line(point: Mapping[str, Any]) -> str:
    """One point of the manual strategy as a line of text."""
    return " ".join(f"{name}={shown(value)}" for name, value in point.items())


def read_form(
    values: Mapping[str, str], catalogue: Catalogue = CATALOGUE
) -> tuple[ExperimentRequest | None, list[FieldProblem]]:
    """The request a form makes, or what is wrong with it, field by field."""
    problems: list[FieldProblem] = []
    body: dict[str, Any] = {
        "name": values.get("name", ""),
        "custom_model": values.get("custom_model", ""),
        "strategy": values.get("strategy", ""),
        "objective": values.get("objective", "rmse"),
        "pruning": values.get("pruning", "none"),
        "dataset_id": _whole(values, "dataset_id", problems),
        "max_trials": _whole(values, "max_trials", problems),
        "seed": _whole(values, "seed", problems),
        "split": {part: _percent(values, part, problems) for part in PARTS},
        "space": read_space(values, catalogue, problems),
        "points": read_points(values, catalogue, problems),
        **read_known(values, problems),
        **read_reduction(values, problems),
    }
    if values.get("budget_minutes", "").strip():
        body["time_budget_seconds"] = 60 * _float(values, "budget_minutes", problems)
    if problems:
        return None, problems
    try:
        return ExperimentRequest.model_validate(body), []
    except ValidationError as error:
        return None, to_field_problems(error)


def read_space(
    values: Mapping[str, str], catalogue: Catalogue, problems: list[FieldProblem]
) -> dict[str, Any]:
    """The space's JSON; what equals a default and is not searched is left out, if new experiments have it too."""
    document: dict[str, Any] = {}
    for name, row in catalogue.items():
        kind = values.get(f"space.{name}.kind", "fixed")
        found: list[str] = []
        entry = _entry(row, kind, values, found)
        when = _conditions(values.get(f"space.{name}.when", ""), catalogue, found)
        problems += [FieldProblem(("space", name), message) for message in found]
        is_default = entry == row.default and (
            row.new_default is None or f"space.{name}.value" not in values
        )
        if found or (is_default and not when):
            continue
        if when and not isinstance(entry, dict):
            entry = {"choice": [entry]}
        document[name] = {**entry, "when": when} if when else entry
    return document


def read_points(
    values: Mapping[str, str], catalogue: Catalogue, problems: list[FieldProblem]
) -> list[dict[str, Any]]:
    """Points of the manual strategy, one a line: `units_1=32 learning_rate=0.001`."""
    points = []
    text = (
        values.get("points", "") if strategy_info(values.get("strategy", "")).needs_points else ""
    )
    for number, line in enumerate(text.splitlines(), start=1):
        point: dict[str, Any] = {}
        for word in line.replace(",", " ").split():
            match = PAIR.match(word)
            if match is None or match[1] not in catalogue:
                example = "units_1=32 learning_rate=0.001"
                problems.append(
                    FieldProblem(
                        ("points",), f'Line {number}: "{word[:40]}" is not like {example}.'
                    )
                )
                continue
            point[match[1]] = parse_value(catalogue[match[1]], match[2])
        if point:
            points.append(point)
    return points


def shown(value: object) -> str:
    """A value as a person would type it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _entry(row: Hyperparameter, kind: str, values: Mapping[str, str], found: list[str]) -> Any:
    start = f"space.{row.name}"
    if kind == "choice":
        listed = [word for word in re.split(r"[,;\s]+", values.get(f"{start}.choices", "")) if word]
        if not listed:
            found.append("List at least one value, separated by commas.")
        return {"choice": [parse_value(row, word) for word in listed]}
    if kind in ("uniform", "loguniform", "integer"):
        ends = [values.get(f"{start}.{end}", "").strip() for end in ("low", "high")]
        if not all(ends):
            found.append("Give the lowest and the highest value.")
        if any("," in end for end in ends):
            found.append("Write numbers with a decimal point, not a comma.")
        entry: dict[str, Any] = {kind: [parse_value(row, end) for end in ends]}
        step = values.get(f"{start}.step", "").strip()
        return entry | ({"step": parse_value(row, step)} if step else {})
    return parse_value(row, values.get(f"{start}.value", shown(row.default)))


def _conditions(text: str, catalogue: Catalogue, found: list[str]) -> dict[str, Any]:
    when: dict[str, Any] = {}
    for word in text.split():
        match = PAIR.match(word)
        if match is None or match[1] not in catalogue:
            found.append(
                f'The condition "{word[:40]}" is not like recurrent_layers=2 or optimizer=sgd,adam.'
            )
            continue
        when[match[1]] = [
            parse_value(catalogue[match[1]], value) for value in match[2].split(",") if value
        ]
    return when


def _listed(allowed: Any) -> str:
    return (
        ",".join(shown(value) for value in allowed) if isinstance(allowed, list) else shown(allowed)
    )


def _whole(values: Mapping[str, str], name: str, problems: list[FieldProblem]) -> Any:
    text = values.get(name, "").strip()
    if not re.fullmatch(r"\d{1,15}", text):
        words = (
            "Choose a dataset." if name == "dataset_id" else "This is a whole number, 0 or more."
        )
        problems.append(FieldProblem((name,), words))
        return 0
    return int(text)


def _float(values: Mapping[str, str], name: str, problems: list[FieldProblem]) -> float:
    text = values.get(name, "").strip()
    try:
        return float(text)
    except ValueError:
        words = (
            "Write numbers with a decimal point, not a comma."
            if "," in text
            else "This is a number."
        )
        problems.append(FieldProblem((name,), words))
        return 0.0


def _percent(values: Mapping[str, str], part: str, problems: list[FieldProblem]) -> float:
    return _float(values, part, problems) / 100
