"""The catalogue of a custom model: what the file lets one search, and Foretune's hyperparameters of the data."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from app.domain.custom.detection import KEPT, CustomModel
from app.domain.custom.keras_tuner import bounds
from app.domain.custom.parameters import CustomParameter
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter
from app.domain.search_space.parsing import DimensionError, parse_dimension

DATA = ("time_steps", "target", "scaling")
FITTED_HERE = (
    "batch_size",
    "epochs",
    "patience",
    "shuffle",
)  # where Foretune fits the model itself
NEEDS_OLD_DEFAULT = {"shuffle": "stateful", "scaling": "sigmoid"}  # where a program has this word
ENDLESS = 10_000  # epochs
TAKEN = frozenset(  # names of what the trial table shows of every trial
    {
        "number",
        "state",
        "objective",
        "duration",
        "skill",
        "best_epoch",
        "epochs_trained",
        "started_at",
        "finished_at",
    }
)


def catalogue_for(custom_model: CustomModel | None) -> Catalogue:
    """The hyperparameters of a custom model, or of the built-in network where there is none."""
    return CATALOGUE if custom_model is None else custom_catalogue(custom_model)


@lru_cache(KEPT)
def custom_catalogue(custom_model: CustomModel) -> Catalogue:
    """The hyperparameters of a custom model by name: the file's own first, in its order."""
    rows: dict[str, Hyperparameter] = {}
    for parameter in settled(custom_model):
        name = parameter.name
        row = (
            _shared(CATALOGUE[name], parameter.row)
            if name in _ours(custom_model)
            else parameter.row
        )
        rows[name] = replace(row, group=f"{custom_model.name}.py")
    for parent in {row.requires[0] for row in rows.values() if row.requires}:
        rows[parent] = _counted(rows[parent], custom_model)
    for name in _ours(custom_model):
        rows.setdefault(name, _our_row(name, custom_model))
    return rows


def _counted(row: Hyperparameter, custom_model: CustomModel) -> Hyperparameter:
    """How many layers there are has the bounds that the program gives it: each number is a case of its own."""
    low, high = next(
        bounds(parameter) for parameter in settled(custom_model) if parameter.name == row.name
    )
    return replace(row, low=low, high=high)


def custom_space(custom_model: CustomModel) -> dict[str, object]:
    """The search space that the file describes, as a space's JSON."""
    return {parameter.name: parameter.entry for parameter in settled(custom_model)}


@lru_cache(KEPT)
def settled(custom_model: CustomModel) -> tuple[CustomParameter, ...]:
    """The file's parameters under names of which each is used once.

    A name that Foretune uses too (time_steps, epochs, …) means the same where the file's values are possible ones;
    else the file's gets an underline.
    """
    found: dict[str, CustomParameter] = {}
    for parameter in custom_model.parameters:
        name = parameter.name
        if name in TAKEN or (name in _ours(custom_model) and not _is_possible(name, parameter)):
            name += "_"
        while name in found:
            name += "_"
        found[name] = parameter
    names = {parameter.name: name for name, parameter in reversed(found.items())}
    return tuple(_requiring(parameter, names).called(name) for name, parameter in found.items())


def _requiring(parameter: CustomParameter, names: Mapping[str, str]) -> CustomParameter:
    """A parameter whose condition names another by the name that one has now."""
    requires = parameter.row.requires
    if requires is None:
        return parameter
    return replace(
        parameter, row=replace(parameter.row, requires=(names[requires[0]], requires[1]))
    )


def given_values(custom_model: CustomModel, parameters: Mapping[str, object]) -> dict[str, object]:
    """What a trial's parameters are in the program's own words: its key, and the value."""
    return {
        row.key: parameters[row.name] for row in settled(custom_model) if row.name in parameters
    }


def _ours(custom_model: CustomModel) -> tuple[str, ...]:
    return (*DATA, "epochs") if custom_model.shape.fits_itself else (*DATA, *FITTED_HERE)


def _is_possible(name: str, parameter: CustomParameter) -> bool:
    if parameter.expressions:
        return False
    try:
        parse_dimension(name, parameter.entry)
    except DimensionError:
        return False
    return True


def _shared(ours: Hyperparameter, theirs: Hyperparameter) -> Hyperparameter:
    """A parameter of the file that means the same to Foretune keeps Foretune's bounds and words."""
    if ours.kind != theirs.kind:
        return ours
    return replace(ours, default=theirs.default, new_default=None)


def _our_row(name: str, custom_model: CustomModel) -> Hyperparameter:
    row = CATALOGUE[name]
    if name in NEEDS_OLD_DEFAULT and NEEDS_OLD_DEFAULT[name] in custom_model.source:
        return replace(row, new_default=None)
    if name == "epochs" and custom_model.shape.fits_itself:
        text = "The file's own fit is ended after so many; it may end earlier by itself."
        return replace(row, default=min(custom_model.epochs or ENDLESS, ENDLESS), help=text)
    return row


def data_parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a custom model as far as they decide how the data are cut.

    Train windows are cut to whole batches where the program has a whole number called batch_size.
    """
    batch_size = parameters.get("batch_size")
    is_count = isinstance(batch_size, int) and not isinstance(batch_size, bool) and batch_size > 0
    cut = {"batch_size": batch_size if is_count else 1, "shuffle": not is_count, "stateful": False}
    return {name: parameters[name] for name in DATA} | cut
