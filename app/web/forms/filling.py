"""What is filled into a form on request: by a preset, a network, or the choice of a dataset.

What was typed stays. A hyperparameter's fields change together.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.presets import PRESETS, Preset
from app.domain.search_space.parameters import CATALOGUE
from app.domain.split import Split
from app.errors import Invalid
from app.services import custom_models, default_searches
from app.web.forms.default_search import default_fields, describe_default_search
from app.web.forms.experiment import find_dataset, preset_fields, targets_of_dataset
from app.web.forms.labels import label_of
from app.web.forms.space_editor import new_space_fields, space_fields
from app.web.forms.space_text import write_text

MAX_NAMED_FIELDS = 8
KEPT_BY_PRESETS = frozenset({"name", "dataset_id"})


@dataclass(frozen=True)
class Filling:
    """Fields that were changed, what to say of it, and what they said before.

    `reasons`: why the default search is what it is, where it was derived anew.
    """

    fields: dict[str, str]
    message: str = ""
    former: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def changes_anything(self) -> bool:
        """Whether a person sees another text in some field."""
        return not self.fields.keys() <= {"derived_from"}

    def texts(self) -> dict[str, str]:
        """The fields as the page has them: one line of text for each hyperparameter."""
        texts = {}
        for row in _rows_of(self.fields):
            name = row.removeprefix("space.")
            if name == row:
                texts[row] = self.fields[row]
            else:
                texts[f"space.{name}.text"] = write_text(self.fields, name)
        return texts

    @property
    def undo(self) -> str:
        """The former fields as the text of a hidden field; "" where nothing can be undone."""
        if not self.former:
            return ""
        return json.dumps(self.former)


def fill_in_on_request(session: Session, fields: Mapping[str, str], data: Path) -> Filling | None:
    """What a sent form asks to be filled in: by a preset, a network, an undo, another dataset.

    data: the folder that the folder of custom models is in.
    """
    preset = PRESETS.get(fields.get("preset", ""))
    if preset is not None:
        return fill_in_preset(session, fields, preset)
    if "undo" in fields:
        former = read_undo(fields.get("former", ""))
        return Filling(former, "That was undone.")
    if "network" in fields:
        return fill_in_network(session, fields, data)
    return follow_dataset(session, fields)


def fill_in_preset(session: Session, fields: Mapping[str, str], preset: Preset) -> Filling:
    """Set what a preset says, and keep the rest of a form."""
    targets = targets_of_dataset(session, fields)
    wanted = preset_fields(preset, targets)
    wanted |= {"derived_from": "", "custom_model": "", "single_trial": ""}
    if _is_left_as_derived(session, fields, "budget_minutes"):
        wanted["budget_minutes"] = ""
    for name in KEPT_BY_PRESETS:
        wanted.pop(name, None)
    changed = _changed_rows(fields, wanted)
    changes = {name: text for name, text in wanted.items() if fields.get(name, "") != text}
    former = {name: fields.get(name, "") for name in changes}
    if fields.get("custom_model"):
        former |= _space_fields_of(fields)
    message = f'The preset "{preset.title}" was applied: {_count_fields(changed)}.'
    return Filling(changes, message, former)


def fill_in_network(session: Session, fields: Mapping[str, str], data: Path) -> Filling:
    """Search another network, over the space of its file or the one that suits the dataset.

    The rest of a form stays. A file that cannot be used changes no space.
    """
    name = fields["network"]
    try:
        custom_model = custom_models.find(data, name)
    except Invalid:
        return Filling({"custom_model": name})
    if custom_model is None:
        message = "The built-in network was chosen, with the search space that suits the dataset."
        space = _suitable_space(session, fields)
    else:
        message = f"{name}.py was chosen, with the search space of this file."
        space = new_space_fields(custom_space(custom_model), custom_catalogue(custom_model))
    settings = {"custom_model": name, "derived_from": "", "single_trial": ""}
    former = {setting: fields.get(setting, "") for setting in settings}
    return Filling(settings | space, message, former | _space_fields_of(fields))


def _suitable_space(session: Session, fields: Mapping[str, str]) -> dict[str, str]:
    dataset = find_dataset(session, fields)
    if dataset is None:
        return new_space_fields({})
    search = default_searches.of_dataset(session, dataset, Split())
    return space_fields(search.space)


def _space_fields_of(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if name.startswith("space.")}


def read_undo(text: str) -> dict[str, str]:
    """The fields that a hidden field keeps for an undo; none where it cannot be read."""
    try:
        former = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(former, dict):
        return {}
    return {name: text for name, text in former.items() if isinstance(text, str)}


def follow_dataset(session: Session, fields: Mapping[str, str]) -> Filling | None:
    """Derive the default search anew where another dataset than the chosen one filled it in.

    What was edited by hand stays. None where nothing is to be derived.
    """
    if not fields.get("derived_from") or fields["derived_from"] == fields.get("dataset_id"):
        return None
    dataset = find_dataset(session, fields)
    derived = _derived_fields(session, fields)
    if dataset is None or not derived:
        return None
    search = default_searches.of_dataset(session, dataset, Split())
    wanted = default_fields(dataset, search)
    derived_rows = _rows_of(derived)
    edited = []
    changes = {"derived_from": str(dataset.id)}
    changed = []
    for row in _changed_rows(fields, wanted):
        if row not in _changed_rows(fields, derived):
            changed.append(row)
            changes |= {name: wanted[name] for name in derived_rows[row] if name in wanted}
        else:
            edited.append(row)
    message = f"The default search was derived anew for {dataset.name}: {_count_fields(changed)}."
    if edited:
        message += f" Kept, because you edited them: {_name_fields(edited)}."
    return Filling(
        fields=changes,
        message=message,
        summary=describe_default_search(search),
        reasons=(*search.reasons, search.budget_reason),
    )


def _derived_fields(session: Session, fields: Mapping[str, str]) -> dict[str, str]:
    """What the default search filled in at first; {} where it did not, or its dataset is gone."""
    dataset = find_dataset(session, {"dataset_id": fields.get("derived_from", "")})
    if dataset is None:
        return {}
    search = default_searches.of_dataset(session, dataset, Split())
    return default_fields(dataset, search)


def _is_left_as_derived(session: Session, fields: Mapping[str, str], name: str) -> bool:
    derived = _derived_fields(session, fields)
    return name in derived and fields.get(name) == derived[name]


def _rows_of(names: Iterable[str]) -> dict[str, list[str]]:
    """Names of fields by what a person sees as one field: a hyperparameter's are one."""
    rows: dict[str, list[str]] = {}
    for name in names:
        row = name
        if name.startswith("space."):
            row = name.rpartition(".")[0]
        members = rows.setdefault(row, [])
        members.append(name)
    return rows


def _changed_rows(fields: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """The fields that would look different, as a person sees them."""
    changed = []
    for row in _rows_of(wanted):
        if row.startswith("space."):
            name = row.removeprefix("space.")
            differs = write_text(fields, name) != write_text(wanted, name)
        else:
            differs = fields.get(row, "").strip() != wanted[row]
        if differs and row not in ("derived_from", "single_trial"):
            changed.append(row)
    return changed


def _count_fields(rows: list[str]) -> str:
    if not rows:
        return "nothing had to change"
    count = "1 field changed" if len(rows) == 1 else f"{len(rows)} fields changed"
    return f"{count} ({_name_fields(rows)})"


def _name_fields(rows: list[str]) -> str:
    labels = []
    for row in rows[:MAX_NAMED_FIELDS]:
        label = label_of(row, CATALOGUE)
        labels.append(label[:1].lower() + label[1:])
    more = len(rows) - MAX_NAMED_FIELDS
    if more > 0:
        labels.append(f"{more} more")
    return "; ".join(labels)
