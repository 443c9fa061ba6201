"""Networks of the owner's own: the files in the data folder's `models`, and what experiments keep of them."""

import re
from dataclasses import dataclass
from pathlib import Path

from app.db.models import Experiment
from app.domain.custom.catalogue import own_catalogue, own_space
from app.domain.custom.detection import OwnNetwork, recognise
from app.domain.custom.literals import OwnNetworkError
from app.domain.search_space.catalogue import CATALOGUE, Catalogue
from app.domain.search_space.space import SearchSpace, SpaceError
from app.errors import FieldProblem, Invalid

FOLDER = "models"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
LARGEST = 400_000  # bytes


@dataclass(frozen=True)
class NetworkFile:
    """One file: the network in it, or why there is none."""

    name: str
    network: OwnNetwork | None
    problem: str = ""


def files(data: Path) -> list[NetworkFile]:
    """All Python files of the folder, by name. Those that begin with a dot or an underline are none."""
    folder = data / FOLDER
    found = sorted(folder.glob("*.py")) if folder.is_dir() else []
    return [
        _file(path) for path in found if not path.name.startswith((".", "_")) and path.is_file()
    ]


def find(data: Path, name: str) -> OwnNetwork | None:
    """The network of a file by its name; none for an empty name. Raises Invalid where it is not there or not right."""
    if not name:
        return None
    found = {file.name: file for file in files(data)}.get(name)
    if found is None:
        raise Invalid(
            [
                FieldProblem(
                    ("network",),
                    f'There is no file "{name[:60]}.py" in the folder {FOLDER} beside the database.',
                )
            ]
        )
    if found.network is None:
        raise Invalid([FieldProblem(("network",), f"{name}.py cannot be used. {found.problem}")])
    return found.network


def network_of(experiment: Experiment) -> OwnNetwork | None:
    """The own network of an experiment as it was when the experiment began; None for the built-in one."""
    if experiment.network is None or experiment.network_source is None:
        return None
    return recognise(experiment.network, experiment.network_source)


def catalogue_of(experiment: Experiment) -> Catalogue:
    """The hyperparameters an experiment can vary."""
    return catalogue_for(network_of(experiment))


def catalogue_for(network: OwnNetwork | None) -> Catalogue:
    """The hyperparameters of a network; None is the built-in one."""
    return own_catalogue(network) if network else CATALOGUE


def space_of(experiment: Experiment) -> SearchSpace:
    """The search space of an experiment."""
    return SearchSpace.parse(experiment.space, catalogue_of(experiment))


def _file(path: Path) -> NetworkFile:
    name = path.stem
    try:
        if not NAME.fullmatch(name):
            raise OwnNetworkError(0, "Its name has more than letters, digits, - and _.")
        if path.stat().st_size > LARGEST:
            raise OwnNetworkError(0, f"It has more than {LARGEST:,} bytes.")
        network = recognise(name, path.read_bytes().decode("utf-8-sig"))
        SearchSpace.parse(own_space(network), own_catalogue(network))
    except (OwnNetworkError, SpaceError) as error:
        return NetworkFile(name, None, str(error))
    except UnicodeDecodeError:
        return NetworkFile(name, None, "It is no UTF-8 text.")
    except OSError as error:
        return NetworkFile(name, None, f"It cannot be read: {error.strerror}.")
    except Exception as error:  # a program may be anything, and must not take the form with it
        return NetworkFile(
            name, None, f"It cannot be understood ({type(error).__name__}: {error})."
        )
    return NetworkFile(name, network)
