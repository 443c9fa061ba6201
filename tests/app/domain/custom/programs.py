"""The programs that the tests read, and the search spaces that they describe."""

from pathlib import Path

from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import CustomModel, detect_custom_model
from app.domain.search_space.space import SearchSpace

FOLDER = Path(__file__).parents[3] / "custom_models"
CASES = Path(__file__).parents[3] / "cases" / "models"


def read_program(name: str) -> CustomModel:
    """The custom model in one of the programs of tests/custom_models."""
    return detect_custom_model(name, (FOLDER / f"{name}.py").read_text())


def read_case(name: str) -> CustomModel:
    """The custom model in one of the programs of tests/cases/models."""
    return detect_custom_model(name, (CASES / f"{name}.py").read_text())


def detect_build(body: str) -> CustomModel:
    """The custom model of a Keras Tuner program with this body."""
    lines = "\n    ".join(body.splitlines())
    return detect_custom_model("mine", f"def build(hp):\n    {lines}\n    return model\n")


def space_of(custom_model: CustomModel) -> SearchSpace:
    """The search space that a custom model describes."""
    return SearchSpace.parse(custom_space(custom_model), custom_catalogue(custom_model))
