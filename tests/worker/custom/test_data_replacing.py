"""What functions of a program read and cut themselves is replaced with the windows."""

import ast

import pytest

from worker.custom.data_names import find_data_names
from worker.custom.data_replacing import DataReplacer

LOOKUP = "__arrays__['{0}']"


def replace(body):
    lines = "\n    ".join(body.splitlines())
    tree = ast.parse(f"def objective(params):\n    {lines}\n")
    changed = DataReplacer(find_data_names(tree)).visit(tree)
    return [ast.unparse(statement) for statement in changed.body[0].body]


def test_what_only_leads_to_the_windows_is_left_out():
    statements = replace(
        "frame = pd.read_csv('prices.csv')\n"
        "frame = frame.dropna()\n"
        "frame['x'] = 3\n"
        "frame.sort_index(inplace=True)\n"
        "size = int(len(frame) * 0.8)\n"
        "X_train, y_train = cut(frame[:size], params['n'])\n"
        "X_test, y_test, scaler = cut(frame[size:], params['n'])\n"
        "model.fit(X_train, y_train)"
    )

    assert statements == [
        "X_train, y_train = (__arrays__['x_train'], __arrays__['y_train'])",
        "X_test, y_test, scaler = (__arrays__['x_val'], __arrays__['y_val'], __arrays__['scaler'])",
        "model.fit(X_train, y_train)",
    ]


def test_what_is_needed_for_anything_else_stays():
    statements = replace(
        "frame = pd.read_csv('prices.csv')\n"
        "X_train, y_train = cut(frame)\n"
        "history = build(frame.shape).fit(X_train, y_train)"
    )

    assert statements[0] == "frame = pd.read_csv('prices.csv')"
    assert len(statements) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "X_train, X_test = normalize(X_train, X_test)",
        "X_train, y_train, columns = read()",
        "X_train = read()",
        "a, b = read()",
    ],
)
def test_other_shapes_of_the_windows_and_other_values_are_left_alone(statement):
    assert replace(statement) == [statement]


def test_a_split_of_the_windows_is_replaced_by_the_split_of_the_experiment():
    (statement,) = replace("X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)")

    assert "train_test_split" not in statement
