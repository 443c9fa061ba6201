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
LARGEST = 400_000  # bytes


@dataclass(frozen=True)
class CustomModelFile:
    """One file: the custom model in it, or why there is none."""

    name: str
    custom_model: CustomModel | None
    problem: str = ""


def files(data: Path) -> list[CustomModelFile]:
    """All Python files of the folder, by name. Those that begin with a dot or an underline are none."""
    folder = data / FOLDER
    found = sorted(folder.glob("*.py")) if folder.is_dir() else []
    return [
        _file(path) for path in found if not path.name.startswith((".", "_")) and path.is_file()
    ]


def find(data: Path, name: str) -> CustomModel | None:
    """The custom model of a file by its name; none for an empty name. Raises Invalid where it is not there or not right."""
    if not name:
        return None
    found = {file.name: file for file in files(data)}.get(name)
    if found is None:
        raise Invalid(
            [
                FieldProblem(
                    ("custom_model",),
                    f'There is no file "{name[:60]}.py" in the folder {FOLDER} beside the database.',
                )
            ]
        )
    if found.custom_model is None:
        raise Invalid(
            [FieldProblem(("custom_model",), f"{name}.py cannot be used. {found.problem}")]
        )
    return found.custom_model


def _file(path: Path) -> CustomModelFile:
    name = path.stem
    try:
        if not NAME.fullmatch(name):
            raise CustomModelError(0, "Its name has more than letters, digits, - and _.")
        if path.stat().st_size > LARGEST:
            raise CustomModelError(0, f"It has more than {LARGEST:,} bytes.")
        custom_model = recognise(name, path.read_bytes().decode("utf-8-sig"))
        SearchSpace.parse(custom_space(custom_model), custom_catalogue(custom_model))
    except (CustomModelError, SpaceError) as error:
        return CustomModelFile(name, None, str(error))
    except UnicodeDecodeError:
        return CustomModelFile(name, None, "It is no UTF-8 text.")
    except OSError as error:
        return CustomModelFile(name, None, f"It cannot be read: {error.strerror}.")
    except Exception as error:  # a program may be anything, and must not take the form with it
        return CustomModelFile(
            name, None, f"It cannot be understood ({type(error).__name__}: {error})."
        )
    return CustomModelFile(name, custom_model)
