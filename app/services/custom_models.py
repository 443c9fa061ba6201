"""Custom models: the Python files in the folder `models` beside the database."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.db.models import Experiment
from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import CustomModel, detect_custom_model
from app.domain.custom.literals import CustomModelError
from app.domain.custom.trust import (
    MAX_FILE_BYTES,
    MODELS_FOLDER,
    TrustedPrograms,
    read_program,
)
from app.domain.search_space.space import SearchSpace, SpaceError
from app.domain.terms import OPEN_EXPERIMENT_STATES
from app.errors import FieldProblem, Invalid
from app.queue import workers

FOLDER = MODELS_FOLDER
VALID_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
MAX_QUOTED_NAME_LENGTH = 60  # that an error message quotes


@dataclass(frozen=True)
class CustomModelFile:
    """One file: the custom model in it, or why there is none."""

    name: str
    custom_model: CustomModel | None
    problem: str = ""


def list_files(data: Path) -> list[CustomModelFile]:
    """The Python files of the folder by name, but for those that begin with a dot or underscore."""
    folder = data / FOLDER
    if not folder.is_dir():
        return []
    files = []
    paths = sorted(folder.glob("*.py"))
    for path in paths:
        is_hidden = path.name.startswith((".", "_"))
        if path.is_file() and not is_hidden:
            files.append(_read_file(path))
    return files


def find(data: Path, name: str) -> CustomModel | None:
    """The custom model in the file of this name; None for an empty name.

    Raises Invalid where there is no such file or it cannot be used.
    """
    if not name:
        return None
    for file in list_files(data):
        if file.name == name:
            custom_model = _usable_model(file)
            TrustedPrograms(data).is_trusted(custom_model.source)  # and remembered from now on
            return custom_model
    shown_name = name[:MAX_QUOTED_NAME_LENGTH]
    raise _invalid(f'File "{shown_name}.py" not found in the folder {FOLDER} beside the database.')


def _usable_model(file: CustomModelFile) -> CustomModel:
    if file.custom_model is None:
        raise _invalid(f"{file.name}.py cannot be used. {file.problem}")
    return file.custom_model


def _invalid(message: str) -> Invalid:
    problem = FieldProblem(("custom_model",), message)
    return Invalid([problem])


def _read_file(path: Path) -> CustomModelFile:
    name = path.stem
    try:
        return CustomModelFile(name, _read_model(path))
    except (CustomModelError, SpaceError) as error:
        problem = str(error)
    except UnicodeDecodeError:
        problem = "It is not UTF-8 text."
    except OSError as error:
        problem = f"It cannot be read: {error.strerror}."
    except Exception as error:  # a program may be anything, and must not take the form with it
        problem = f"It cannot be understood ({type(error).__name__}: {error})."
    return CustomModelFile(name, None, problem)


def _read_model(path: Path) -> CustomModel:
    name = path.stem
    if not VALID_NAME.fullmatch(name):
        raise CustomModelError("Its name has more than letters, digits, - and _.")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise CustomModelError(f"It has more than {MAX_FILE_BYTES:,} bytes.")
    source = read_program(path)
    custom_model = detect_custom_model(name, source)
    document = custom_space(custom_model)
    catalogue = custom_catalogue(custom_model)
    SearchSpace.parse(document, catalogue)  # raises SpaceError where a search could not run
    return custom_model


@dataclass(frozen=True)
class UntrustedProgram:
    """That workers leave an experiment alone: nobody has confirmed its program on their machines.

    `is_left_by_all`: no other worker is there to run it.
    """

    name: str
    hosts: list[str]
    is_left_by_all: bool


def find_untrusted(session: Session, experiment: Experiment) -> UntrustedProgram | None:
    """Whether the program of an open experiment waits until somebody confirms it."""
    name = experiment.custom_model_name
    if name is None or experiment.state not in OPEN_EXPERIMENT_STATES:
        return None
    alive = workers.alive(session, workers.MAX_SILENT_SECONDS)
    refusing = [worker for worker in alive if experiment.id in (worker.untrusted or ())]
    if not refusing:
        return None
    hosts = {worker.hostname for worker in refusing}
    return UntrustedProgram(
        name=name,
        hosts=sorted(hosts),
        is_left_by_all=len(refusing) == len(alive),
    )
