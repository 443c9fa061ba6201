"""Operators on hp. expressions, and dictionaries in other words."""

import pytest

from app.domain.hyperopt.import_code import HyperoptError, parse_hyperopt_code


def import_one(expression: str, name: str) -> object:
    """The entry that an expression for one hyperparameter is imported as."""
    space = parse_hyperopt_code(f"space = {{'{name}': {expression}}}")
    (entry,) = space.document().values()
    return entry


@pytest.mark.parametrize(
    ("expression", "name", "entry"),
    [
        ("10 ** hp.uniform('x', -5, -1)", "lr", {"loguniform": [1e-05, 0.1]}),
        ("10 ** -hp.uniform('x', 1, 5)", "lr", None),
        ("hp.uniform('x', 1, 5) / 10", "dropout", {"uniform": [0.1, 0.5]}),
        ("hp.quniform('x', 1, 5, 1) / 10", "dropout", {"uniform": [0.1, 0.5], "step": 0.1}),
        ("hp.uniform('x', 1, 1.5) - 1", "dropout", {"uniform": [0.0, 0.5]}),
        ("hp.randint('x', 3) + 1", "recurrent_layers", {"integer": [1, 3]}),
        ("1 + hp.randint('x', 3)", "recurrent_layers", {"integer": [1, 3]}),
        ("8 * hp.uniformint('x', 1, 8)", "units", {"integer": [8, 64], "step": 8}),
        ("int(hp.uniform('x', 8.5, 64.9))", "units", {"integer": [8, 64]}),
        ("scope.int(hp.loguniform('x', np.log(8), np.log(64)))", "units", {"loguniform": [8, 64]}),
        ("hp.pchoice('x', [(0.5, 8), (0.5, 16)])", "units", {"choice": [8, 16]}),
        ("hp.choice('x', [8, 16] + [32])", "units", {"choice": [8, 16, 32]}),
        ("hp.choice('x', [i * 8 for i in range(1, 4) if i != 2])", "units", {"choice": [8, 24]}),
        ("hp.choice('x', ['LSTM', 'GRU'][::-1])", "cell", {"choice": ["gru", "lstm"]}),
        ("hp.choice('x', np.geomspace(1e-4, 1e-2, 3))", "lr", {"choice": [0.0001, 0.001, 0.01]}),
        ("hp.choice('x', [True, False])", "shuffle", {"choice": [True, False]}),
        ("hp.choice('x', sorted({64, 8}))", "units", {"choice": [8, 64]}),
        ("hp.loguniform('x', log(0.0003), math.log(0.03))", "lr", {"loguniform": [3e-4, 0.03]}),
        ("hp.loguniform('x', -4 * np.log(10), -np.log(10))", "lr", {"loguniform": [1e-4, 0.1]}),
    ],
)  # fmt: skip
def test_an_expression_is_imported_with_the_values_it_draws(
    expression: str, name: str, entry: object
) -> None:
    if entry is None:
        with pytest.raises(HyperoptError, match="A plain number is needed here"):
            import_one(expression, name)
    else:
        assert import_one(expression, name) == entry


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("hp.uniform('x', 0, 1) ** 2", "Only number + hp.… and positive number * hp.…"),
        ("1 - hp.uniform('x', 0, 1)", "only a number can be added to an hp. expression"),
        ("hp.uniform('x', 0, 1) + hp.uniform('y', 0, 1)", "only a number can be added"),
        ("10 ** hp.uniform('x', -5, 90)", "Only number + hp.…"),
        ("hp.choice('x', [None, 8])", '"None" is no value that a space can have'),
        ("hp.choice('x', [[8, 16], [8]])", "The values of units_1 must be plain"),
        ("hp.choice('x', {'a': 1})", "takes a label and a list"),
        ("max(hp.uniform('x', 0, 1), 0.1)", "is not a value, a list"),
    ],
)
def test_an_expression_without_a_range_of_its_own_is_refused(expression: str, words: str) -> None:
    with pytest.raises(HyperoptError) as error:
        import_one(expression, "units")

    assert words in str(error.value)
