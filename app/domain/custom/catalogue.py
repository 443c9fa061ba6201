"""The catalogue of a custom model: the file's hyperparameters, and Foretune's for the data."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TypeGuard

from app.domain.custom.detection import MAX_CACHED_MODELS, CustomModel
from app.domain.custom.parameters import CustomParameter
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter
from app.domain.search_space.parsing import DimensionError, parse_dimension

TIME_STEPS = "time_steps"
DATA_HYPERPARAMETERS = (TIME_STEPS, "target", "scaling", "calendar", "season_lags")
FIT_HYPERPARAMETERS = ("batch_size", "epochs", "patience", "shuffle")  # where Foretune calls fit
KEEPS_OLD_DEFAULT_WITH = {"shuffle": "stateful", "scaling": "sigmoid"}  # words in the source
# What programs call the length of a window. They cut their data by it; here Foretune does.
NAMES_OF_TIME_STEPS = frozenset(
    {
        "look_back",
        "lookback",
        "lookback_window",
        "n_lags",
        "n_past",
        "n_steps",
        "n_timesteps",
        "seq_len",
        "seq_length",
        "sequence_length",
        "time_step",
        "timesteps",
        "window_length",
        "window_size",
    }
)
MAX_EPOCHS = 10_000
RESERVED_NAMES = frozenset(  # of the columns that the table of trials has for every trial
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
    if custom_model is None:
        return CATALOGUE
    return custom_catalogue(custom_model)


@lru_cache(MAX_CACHED_MODELS)
def custom_catalogue(custom_model: CustomModel) -> Catalogue:
    """The hyperparameters of a custom model by name: the file's own first, in its order."""
    foretune_names = _foretune_names(custom_model)
    group = f"{custom_model.name}.py"
    parameters = {}
    for parameter in named_parameters(custom_model):
        parameters[parameter.name] = parameter
    catalogue: dict[str, Hyperparameter] = {}
    for name, parameter in parameters.items():
        hyperparameter = parameter.hyperparameter
        if name in foretune_names:
            hyperparameter = _with_default_of(CATALOGUE[name], hyperparameter)
        if name in foretune_names and name != parameter.key:
            help_text = f'{hyperparameter.help} The file calls it "{parameter.key}".'
            hyperparameter = replace(hyperparameter, help=help_text)
        catalogue[name] = replace(hyperparameter, group=group)
    for name in _names_of_layer_counts(catalogue):
        low, high = parameters[name].integer_bounds()
        hyperparameter = catalogue[name]
        catalogue[name] = replace(hyperparameter, low=low, high=high)
    for name in foretune_names:
        if name not in catalogue:
            catalogue[name] = _foretune_hyperparameter(name, custom_model)
    return catalogue


def _names_of_layer_counts(catalogue: Catalogue) -> set[str]:
    """The hyperparameters that others require.

    They keep to the program's bounds, because each of their numbers is a branch of the space.
    """
    names = set()
    for hyperparameter in catalogue.values():
        if hyperparameter.requires is not None:
            name, _ = hyperparameter.requires
            names.add(name)
    return names


def custom_space(custom_model: CustomModel) -> dict[str, object]:
    """The search space that the file describes, as a space's JSON."""
    space = {}
    for parameter in named_parameters(custom_model):
        space[parameter.name] = parameter.entry
    return space


@lru_cache(MAX_CACHED_MODELS)
def named_parameters(custom_model: CustomModel) -> tuple[CustomParameter, ...]:
    """The file's parameters, each under a name of its own.

    A parameter that is called like one of Foretune's (time_steps, epochs, …) is the same one if its
    values are possible there; else it gets an underscore. So is one that is called like a window's
    length (look_back, …).
    """
    parameters: dict[str, CustomParameter] = {}
    time_steps = _find_time_steps(custom_model)
    for parameter in custom_model.parameters:
        name = parameter.name
        if parameter is time_steps:
            name = TIME_STEPS
        if name in RESERVED_NAMES or _differs_from_foretune(parameter, custom_model):
            name += "_"
        while name in parameters:
            name += "_"
        parameters[name] = parameter
    new_names: dict[str, str] = {}
    for name, parameter in parameters.items():
        new_names.setdefault(parameter.name, name)
    renamed_parameters = []
    for name, parameter in parameters.items():
        parameter = _rename_requirement(parameter, new_names)
        renamed_parameters.append(parameter.with_name(name))
    return tuple(renamed_parameters)


def _find_time_steps(custom_model: CustomModel) -> CustomParameter | None:
    """The only parameter that is the length of a window under another name."""
    names = {parameter.name for parameter in custom_model.parameters}
    if TIME_STEPS in names:
        return None
    candidates = []
    for parameter in custom_model.parameters:
        if parameter.name.lower() in NAMES_OF_TIME_STEPS and _can_be_time_steps(parameter):
            candidates.append(parameter)
    if len(candidates) != 1:
        return None
    return candidates[0]


def _can_be_time_steps(parameter: CustomParameter) -> bool:
    is_conditional = isinstance(parameter.entry, Mapping) and "when" in parameter.entry
    return not is_conditional and _is_possible_for_foretune(parameter.with_name(TIME_STEPS))


def _differs_from_foretune(parameter: CustomParameter, custom_model: CustomModel) -> bool:
    if parameter.name not in _foretune_names(custom_model):
        return False
    return not _is_possible_for_foretune(parameter)


def _rename_requirement(
    parameter: CustomParameter, new_names: Mapping[str, str]
) -> CustomParameter:
    """The parameter, with the others that it depends on by their new names."""
    entry = parameter.entry
    if isinstance(entry, Mapping) and "when" in entry:
        condition = {new_names.get(name, name): values for name, values in entry["when"].items()}
        parameter = replace(parameter, entry={**entry, "when": condition})
    requires = parameter.hyperparameter.requires
    if requires is None:
        return parameter
    name, least = requires
    return parameter.with_requirement((new_names[name], least))


def to_program_values(
    custom_model: CustomModel, parameters: Mapping[str, object]
) -> dict[str, object]:
    """A trial's parameters by the names that the program gives them."""
    values = {}
    for parameter in named_parameters(custom_model):
        if parameter.name in parameters:
            values[parameter.key] = parameters[parameter.name]
    return values


def _foretune_names(custom_model: CustomModel) -> tuple[str, ...]:
    """The hyperparameters of the built-in network that a custom model has, too."""
    if custom_model.fits_itself:
        return (*DATA_HYPERPARAMETERS, "epochs")
    return (*DATA_HYPERPARAMETERS, *FIT_HYPERPARAMETERS)


def _is_possible_for_foretune(parameter: CustomParameter) -> bool:
    if parameter.expressions:
        return False
    try:
        parse_dimension(parameter.name, parameter.entry)
    except DimensionError:
        return False
    return True


def _with_default_of(foretune: Hyperparameter, custom: Hyperparameter) -> Hyperparameter:
    """Foretune's hyperparameter, with its bounds and help, but with the file's default."""
    if foretune.kind != custom.kind:
        return foretune
    return replace(
        foretune,
        default=custom.default,
        new_default=None,
    )


def _foretune_hyperparameter(name: str, custom_model: CustomModel) -> Hyperparameter:
    hyperparameter = CATALOGUE[name]
    word = KEEPS_OLD_DEFAULT_WITH.get(name)
    if word is not None and word in custom_model.source:
        return replace(hyperparameter, new_default=None)
    if name == "epochs" and custom_model.fits_itself:
        return replace(
            hyperparameter,
            default=min(custom_model.epochs or MAX_EPOCHS, MAX_EPOCHS),
            help="The file's own fit is ended after this many epochs, if it has not ended before.",
        )
    return hyperparameter


def data_parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a custom model that say how the data are cut.

    Train windows are cut to whole batches where the program has an integer called batch_size.
    """
    chosen = {}
    for name in DATA_HYPERPARAMETERS:
        default = CATALOGUE[name].default
        chosen[name] = parameters.get(name, default)
    batch_size = parameters.get("batch_size")
    if is_positive_integer(batch_size):
        chosen["batch_size"] = batch_size
        chosen["shuffle"] = False
    else:
        chosen["batch_size"] = 1
        chosen["shuffle"] = True
    chosen["stateful"] = False
    return chosen


def is_positive_integer(value: object) -> TypeGuard[int]:
    """Whether a value is an integer above 0; True is none."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return value > 0
    return False
