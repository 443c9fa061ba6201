"""The catalogue of an own network: what the file lets one search, and Foretune's hyperparameters of the data."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from app.domain.catalogue import CATALOGUE, Catalogue, Hyperparameter
from app.domain.hyperparameters import Parameters
from app.domain.own.parameters import OwnParameter
from app.domain.own.recognition import KEPT, OwnNetwork
from app.domain.space_documents import DimensionError, parse_dimension

DATA = ("time_steps", "target", "scaling")
FITTED_HERE = ("batch_size", "epochs", "patience", "shuffle")  # where Foretune fits the model itself
ENDLESS = 10_000  # epochs
TAKEN = frozenset(  # names of what the trial table shows of every trial
    {"number", "state", "objective", "duration", "skill", "best_epoch", "epochs_trained", "started_at", "finished_at"}
)


@lru_cache(KEPT)
def own_catalogue(network: OwnNetwork) -> Catalogue:
    """The hyperparameters of an own network by name: the file's own first, in its order."""
    rows: dict[str, Hyperparameter] = {}
    for parameter in settled(network):
        name = parameter.name
        row = _shared(CATALOGUE[name], parameter.row) if name in _ours(network) else parameter.row
        rows[name] = replace(row, group=f"{network.name}.py")
    for name in _ours(network):
        rows.setdefault(name, _our_row(name, network))
    return rows


def own_space(network: OwnNetwork) -> dict[str, object]:
    """The search space that the file describes, as a space's JSON."""
    return {parameter.name: parameter.entry for parameter in settled(network)}


@lru_cache(KEPT)
def settled(network: OwnNetwork) -> tuple[OwnParameter, ...]:
    """The file's parameters under names of which each is used once.

    A name that Foretune uses too (time_steps, epochs, …) means the same where the file's values are possible ones;
    else the file's gets an underline.
    """
    found: dict[str, OwnParameter] = {}
    for parameter in network.parameters:
        name = parameter.name
        if name in TAKEN or (name in _ours(network) and not _is_possible(name, parameter)):
            name += "_"
        while name in found:
            name += "_"
        found[name] = parameter if name == parameter.name else parameter.called(name)
    return tuple(found.values())


def given_values(network: OwnNetwork, parameters: Parameters) -> dict[str, object]:
    """What a trial's parameters are in the program's own words: its key, and the value."""
    return {row.key: parameters[row.name] for row in settled(network) if row.name in parameters}


def _ours(network: OwnNetwork) -> tuple[str, ...]:
    return (*DATA, "epochs") if network.shape.fits_itself else (*DATA, *FITTED_HERE)


def _is_possible(name: str, parameter: OwnParameter) -> bool:
    if parameter.expressions:
        return False
    try:
        parse_dimension(name, parameter.entry)
    except DimensionError:
        return False
    return True


def _shared(ours: Hyperparameter, theirs: Hyperparameter) -> Hyperparameter:
    """A parameter of the file that means the same to Foretune keeps Foretune's bounds and words."""
    return replace(ours, default=theirs.default) if ours.kind == theirs.kind else ours


def _our_row(name: str, network: OwnNetwork) -> Hyperparameter:
    row = CATALOGUE[name]
    if name == "epochs" and network.shape.fits_itself:
        text = "The file's own fit is ended after so many; it may end earlier by itself."
        return replace(row, default=min(network.epochs or ENDLESS, ENDLESS), help=text)
    return row


def data_parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of an own network as far as they decide how the data are cut.

    Train windows are cut to whole batches where the program has a whole number called batch_size.
    """
    batch_size = parameters.get("batch_size")
    is_count = isinstance(batch_size, int) and not isinstance(batch_size, bool) and batch_size > 0
    cut = {"batch_size": batch_size if is_count else 1, "shuffle": not is_count, "stateful": False}
    return {name: parameters[name] for name in DATA} | cut
