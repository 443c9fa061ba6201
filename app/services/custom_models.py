"""Custom models: the Python files in the data folder's `models`."""

import re
from dataclasses import dataclass
from pathlib import Path

from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import CustomModel, recognise
from app.domain.custom.literals import CustomModelError
from app.domain.search_space.space import SearchSpace, SpaceError
from app.errors import FieldProblem, Invalid

FOLDER = "models"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
MAX_FILE_BYTES = 400_000


@dataclass(frozen=True)
class CustomModelFile:
    """One file: the custom model in it, or why there is none."""

    name: str
    custom_model: CustomModel | None
    problem: str = ""


def files(data: Path) -> list[CustomModelFile]:
    """All Python files of the folder, by name, except those that begin with a dot or underscore."""
    folder = data / FOLDER
    if not folder.is_dir():
        return []
    paths = sorted(folder.glob("*.py"))
    return [_read_file(path) for path in paths if _is_offered(path)]


def find(data: Path, name: str) -> CustomModel | None:
    """The custom model of a file by its name; None for an empty name.

    Raises Invalid where there is no such file, or where it cannot be used.
    """
    if not name:
        return None
    for file in files(data):
        if file.name == name:
            return _require_custom_model(file)
    message = f'There is no file "{name[:60]}.py" in the folder {FOLDER} beside the database.'
    raise Invalid([FieldProblem(("custom_model",), message)])


def _require_custom_model(file: CustomModelFile) -> CustomModel:
    if file.custom_model is None:
        message = f"{file.name}.py cannot be used. {file.problem}"
        raise Invalid([FieldProblem(("custom_model",), message)])
    return file.custom_model


def _is_offered(path: Path) -> bool:
    if path.name.startswith((".", "_")):
        return False
    return path.is_file()


def _read_file(path: Path) -> CustomModelFile:
    """A file with its custom model or its problem.

    It may hold any program, and no error in it may keep the form from being shown.
    """
    name = path.stem
    try:
        return CustomModelFile(name, _load_custom_model(path))
    except (CustomModelError, SpaceError) as error:
        problem = str(error)
    except UnicodeDecodeError:
        problem = "It is no UTF-8 text."
    except OSError as error:
        problem = f"It cannot be read: {error.strerror}."
    except Exception as error:
        problem = f"It cannot be understood ({type(error).__name__}: {error})."
    return CustomModelFile(name, None, problem)


def _load_custom_model(path: Path) -> CustomModel:
    if not NAME.fullmatch(path.stem):
        raise CustomModelError(0, "Its name has more than letters, digits, - and _.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise CustomModelError(0, f"It has more than {MAX_FILE_BYTES:,} bytes.")
    source = path.read_bytes().decode("utf-8-sig")
    custom_model = recognise(path.stem, source)
    SearchSpace.parse(custom_space(custom_model), custom_catalogue(custom_model))
    return custom_model
