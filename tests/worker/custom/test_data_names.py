"""Which names of a program stand for the windows of the dataset."""

import ast

import pytest

from worker.custom.data_names import find_data_names, role_of_name


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ("x_train X_train trainX train_x xtrain Xtr train_features x_train_scaled X_tr", "x_train"),
        ("y_train Y_train trainY train_labels ytrain y_train_lstm train_targets", "y_train"),
        ("x_val X_test testX valid_x X_valid x_dev Xval test_inputs X_test_3d", "x_val"),
        ("y_val Y_test testY test_labels y_validation yval", "y_val"),
    ],
)
def test_names_that_say_what_they_are_are_known(names, role):
    assert {role_of_name(name) for name in names.split()} == {role}


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "train",
        "y_scaler_train",
        "trainPredict",
        "test_size",
        "x_y_train",
        "X_all",
        "max_train",
    ],
)
def test_other_names_are_not(name):
    assert role_of_name(name) is None


def test_what_fit_is_given_is_known_through_calls_partials_and_lambdas():
    source = """
def train(p, a, b, c, d):
    model.fit(a, b, epochs=3, validation_data=(c, d))

run = partial(train, a=first, b=second)
fmin(lambda p: run(p, c=third.values, d=fourth.reshape(-1)), space)
train(p, u, v, w, z)
scaler.fit(series, other)
model.evaluate(held_x, held_y)
"""

    roles = find_data_names(ast.parse(source))

    assert roles == {
        "a": "x_train", "b": "y_train", "c": "x_val", "d": "y_val",
        "first": "x_train", "second": "y_train",
        "u": "x_train", "v": "y_train", "w": "x_val", "z": "y_val",
        "held_x": "x_val", "held_y": "y_val",
    }  # fmt: skip
