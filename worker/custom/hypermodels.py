"""Hypermodels of Keras Tuner programs, built and fitted without Keras Tuner."""

import ast
from collections.abc import Mapping
from typing import Any

from app.domain.custom.literals import find_calls
from worker.custom.hp_stubs import HyperModel, HyperParameters, KerasTuner
from worker.custom.windows import WindowArrays

PACKAGES = ("keras_tuner", "kerastuner")


def keras_tuner_globals(tree: ast.Module) -> dict[str, Any]:
    """What stands in for the names that a program imports from Keras Tuner."""
    names: dict[str, Any] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                for alias in node.names:
                    package = alias.name.partition(".")[0]
                    if package in PACKAGES:
                        names[alias.asname or package] = KerasTuner()
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in PACKAGES:
                for alias in node.names:
                    names[alias.asname or alias.name] = getattr(KerasTuner(), alias.name)
    if "*" in names:
        del names["*"]
        names |= {"HyperModel": HyperModel, "HyperParameters": HyperParameters}
    return names


def build_model(hypermodel: Any, hp: HyperParameters) -> Any:
    """The model that a hypermodel builds: a function, or an object with a method build."""
    build = getattr(hypermodel, "build", hypermodel)
    return build(hp)


def fit_model(
    hypermodel: Any, hp: HyperParameters, windows: WindowArrays, options: Mapping[str, Any]
) -> Any:
    """Build the model of a hypermodel and fit it with its own method, as a tuner does."""
    model = build_model(hypermodel, hp)
    validation_data = (windows.x_val, windows.y_val)
    arguments = {"validation_data": validation_data, "callbacks": [], **options}
    return hypermodel.fit(hp, model, windows.x_train, windows.y_train, **arguments)


def explain_other_windows(model: Any, windows: WindowArrays) -> str:
    """Why a model cannot take the windows of the data, in words; "" where it can."""
    shape = getattr(model, "input_shape", None)
    if not isinstance(shape, tuple) or len(shape) != windows.x_train.ndim:
        return ""
    _, steps, features = shape
    _, data_steps, data_features = windows.x_train.shape
    if steps in (None, data_steps) and features in (None, data_features):
        return ""
    return (
        f"The model takes windows of {steps or 'any'} rows and {features or 'any'} features, but "
        f"here they have {data_steps} rows (time_steps) and {data_features} features. Take the "
        "shape from x_train.shape[1:], or change time_steps or the features of the dataset."
    )


def fit_options(tree: ast.Module, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a tuner's search hands to a hypermodel's fit: the epochs, unless fit says them."""
    for definition in tree.body:
        if isinstance(definition, ast.ClassDef):
            for fit in find_calls(definition, "fit"):
                named = {keyword.arg for keyword in fit.keywords}
                if "epochs" in named and None in named:
                    return {}
    return {"epochs": parameters.get("epochs", 1)}
