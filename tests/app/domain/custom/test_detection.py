"""Files of the owner's own: which shape they have and what they let one search, read and never run."""

from pathlib import Path

import pytest

from app.domain.custom.catalogue import custom_catalogue, custom_space, given_values
from app.domain.custom.detection import Shape, recognise
from app.domain.custom.literals import CustomModelError
from app.domain.custom.talos import steps
from app.domain.search_space.space import SearchSpace

FILES = Path(__file__).parents[3] / "custom_models"


def network(name):
    return recognise(name, (FILES / f"{name}.py").read_text())


def space_of(found):
    return SearchSpace.parse(custom_space(found), custom_catalogue(found)).document()


def build(body):
    lines = "\n    ".join(body.splitlines())
    return recognise("mine", f"def build(hp):\n    {lines}\n    return model\n")


def test_a_talos_program_is_its_dictionary_and_its_tuples_are_steps():
    found = network("talos_lstm")
    assert (found.shape, found.function) == (Shape.TALOS, "lstm_model")
    assert space_of(found) == {
        "lstm1_nodes": {"choice": [4, 8]},
        "dropout": {"choice": [0.0, 0.2]},
        "dense_layers": {"choice": [1, 2]},
        "dense2_nodes": 4,
        "optimizer": {"choice": ["SGD", "RMSprop"]},
        "lr": {"choice": [0.01, 0.001]},
        "batch_size": {"choice": [20, 30]},
        "time_steps": {"choice": [5, 10]},
        "epochs": 3,
    }


def test_what_a_program_says_twice_has_the_bounds_of_foretune():
    catalogue = custom_catalogue(network("talos_lstm"))
    assert (catalogue["time_steps"].low, catalogue["time_steps"].high) == (1, 1000)
    assert {row.group for row in catalogue.values()} == {"talos_lstm.py", "Data"}
    with pytest.raises(ValueError, match="time_steps"):
        SearchSpace.parse({"time_steps": {"choice": [0, 5]}}, catalogue)


def test_tuples_are_the_steps_that_talos_makes_of_them():
    assert steps(0.5, 5.5, 5) == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert steps(2, 10, 4) == [2, 4, 6, 8]


def test_a_hyperas_program_is_its_double_braces_named_by_the_word_before():
    found = network("hyperas_gru")
    assert (found.shape, found.function, found.epochs) == (Shape.HYPERAS, "create_model", 4)
    assert space_of(found) == {
        "GRU": {"choice": [4, 8]},
        "Dropout": {"uniform": [0.0, 0.5]},
        "option": {"choice": ["shallow", "deep"]},
        "Dense": {"choice": [4, 6]},
        "optimizer": {"choice": ["rmsprop", "adam"]},
        "batch_size": {"choice": [16, 32]},
    }


def test_double_braces_of_one_name_are_numbered():
    text = "def make(a, b, c, d):\n    f({{choice([1, 2])}})\n    f({{uniform(0, 1)}})\n    x = int({{randint(5)}})\n"
    assert space_of(recognise("mine", text)) == {
        "f": {"choice": [1, 2]},
        "f_1": {"uniform": [0.0, 1.0]},
        "x": {"integer": [0, 4]},
    }


@pytest.mark.parametrize(
    ("body", "epochs"),
    [
        ("model.fit(x, y, epochs=7)", 7),
        ("model.fit(x, y, 32, 7)", 7),
        ("model.fit(x, y, epochs=many)", None),
        ("for i in range(3): model.fit(x, y, epochs=7)", None),
        ("model.fit(x, y, epochs=7), model.fit(x, y, epochs=7)", None),
    ],
)
def test_the_epochs_of_the_only_fit_are_the_default(body, epochs):
    found = recognise(
        "mine", f"def network(a, b, c, d, p):\n    p['u']\n    {body}\n\n\np = {{'u': [1, 2]}}\n"
    )
    assert found.epochs == epochs
    assert custom_catalogue(found)["epochs"].default == (epochs or 10_000)


def test_a_keras_tuner_program_has_layers_that_are_there_only_with_enough_of_them():
    found = network("tuner_dense")
    assert (found.shape, found.function) == (Shape.KERAS_TUNER, "build_model")
    space = SearchSpace.parse(
        custom_space(found) | {"lr": 0.001, "dropout": False}, custom_catalogue(found)
    )
    assert space.document()["units_1"] == {"integer": [4, 16], "step": 4}
    assert space.size() == 4 + 4 * 4 + 4 * 4 * 4
    assert "units_2" not in space.with_defaults({"num_layers": 2})
    assert {"batch_size", "epochs", "patience", "shuffle"} < set(space.catalogue)


@pytest.mark.parametrize(
    ("layer", "shuffle", "scaling"),
    [
        ("Dense(1)", True, "standard"),
        ("LSTM(4, stateful=True)", None, "standard"),
        ('Dense(1, activation="sigmoid")', True, None),
    ],
)
def test_a_program_that_may_need_order_or_values_up_to_1_gets_no_new_default(
    layer, shuffle, scaling
):
    found = build(f'hp.Int("units", 1, 4)\nmodel = {layer}')

    space = (
        SearchSpace.parse(custom_space(found), custom_catalogue(found))
        .with_new_defaults()
        .document()
    )

    assert (space.get("shuffle"), space.get("scaling")) == (shuffle, scaling)


def test_a_parameter_of_a_program_keeps_the_default_that_the_program_gives_it():
    found = build('hp.Boolean("shuffle", default=False)')

    space = SearchSpace({}, custom_catalogue(found)).with_new_defaults().document()

    assert space == {"scaling": "standard"}


def test_a_number_of_layers_stays_within_what_the_program_says():
    catalogue = custom_catalogue(network("tuner_dense"))
    with pytest.raises(ValueError, match="num_layers must be between 1 and 3"):
        SearchSpace.parse({"num_layers": {"integer": [1, 10**9]}}, catalogue)


def test_a_condition_follows_a_parameter_that_is_renamed():
    found = build('for i in range(hp.Int("objective", 1, 2)):\n    hp.Int(f"u{i}", 1, 2)')
    space = SearchSpace.parse(custom_space(found), custom_catalogue(found))
    assert space.catalogue["u1"].requires == ("objective_", 2)
    assert space.size() == 2 + 4
    assert given_values(found, space.with_defaults({"objective_": 2})) == {
        "objective": 2,
        "u0": 1,
        "u1": 1,
    }


def test_names_that_are_particular_in_the_built_in_network_are_not_elsewhere():
    found = build('hp.Int("shuffle_", 0, 10**9), hp.Int("stateful", 0, 10**9)')
    assert (
        SearchSpace.parse(custom_space(found), custom_catalogue(found)).size() == (10**9 + 1) ** 2
    )


def test_hyperopt_branches_become_conditions():
    found = network("hyperopt_lstm")
    assert (found.shape, found.function, found.space) == (Shape.HYPEROPT, "objective", "space")
    document = space_of(found)
    assert document["units"] == {"integer": [4, 12], "step": 4}
    assert document["layers"] == {"choice": ["count=1", "count=2"]}
    assert document["second"] == {"choice": [2, 4], "when": {"layers": "count=2"}}
    assert document["lr"] == {"loguniform": [0.000911881966, 0.0183156389]}


def test_parameters_may_be_handed_on_and_stand_under_the_main_block():
    text = """
def made(params):
    return Dense(params["units"])

if __name__ == "__main__":
    settings = {"units": "none of the search"}
    grid = {"units": [1, 2]}
    grid["rate"] = (0.0, 1.0, 2)
    def network(a, b, c, d, params):
        return made(params), params["rate"]
    talos.Scan(x, y, grid, network)
"""
    assert space_of(recognise("mine", text)) == {
        "units": {"choice": [1, 2]},
        "rate": {"choice": [0.0, 0.5]},
    }


def test_a_hyperopt_space_may_grow_line_by_line_and_name_its_numbers():
    text = """
space = {"units": hp.choice("units", options=[2, 4])}
space["rate"] = hp.quniform("rate", low=0.1, high=0.5, q=0.1)

def objective(p):
    return {"loss": 0}
"""
    assert space_of(recognise("mine", text)) == {
        "units": {"choice": [2, 4]},
        "rate": {"uniform": [0.1, 0.5], "step": 0.1},
    }


def test_a_program_is_given_its_own_keys():
    text = 'def m(a, b, c, d, p):\n    p["first layer"]\n\n\np = {"first layer": [1, 2], "time_steps": ["few"]}\n'
    found = recognise("mine", text)
    assert list(custom_space(found)) == ["first_layer", "time_steps_"]
    assert given_values(found, {"first_layer": 2, "time_steps_": "few", "time_steps": 30}) == {
        "first layer": 2,
        "time_steps": "few",
    }


@pytest.mark.parametrize(
    ("body", "entry"),
    [
        ('hp.Int("a", 2, 8, step=2)', {"integer": [2, 8], "step": 2}),
        ('hp.Int("a", 2, 8, sampling="log")', {"loguniform": [2, 8]}),
        ('hp.Float("a", 0, 1, step=0.25)', {"uniform": [0.0, 1.0], "step": 0.25}),
        ('hp.Choice("a", ["x y", "z"])', {"choice": ["x_y", "z"]}),
        ('hp.Choice("a", [None, 1])', {"choice": ["None", "1"]}),
        ('hp.Choice("a", values=[1, 2.5])', {"choice": [1.0, 2.5]}),
        ('hp.Boolean("a")', {"choice": [False, True]}),
        ('hp.Int("a", 3, 3)', 3),
        ('with hp.conditional_scope("b", ["c"]):\n    hp.Boolean("a")', {"choice": [False, True]}),
        ('if True:\n    pass\nelse:\n    x = [hp.Boolean("a")]', {"choice": [False, True]}),
    ],
)
def test_questions_to_hp_are_understood(body, entry):
    assert space_of(build(body)) == {"a": entry}


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def build(hp:\n", 1, "no Python"),
        ("x = 1\n", 0, "four shapes"),
        ('def build(hp):\n    hp.Int("a", low, 8)\n', 2, '"low" cannot be read'),
        ('def build(hp):\n    hp.Int("a", 9, 8)\n', 2, "no range"),
        ('def build(hp):\n    hp.Int("a", 1, 10**400)\n', 2, "cannot be read"),
        ('def build(hp):\n    hp.Int("a")\n', 2, "needs min_value"),
        ("def make(a, b):\n    f({{normal(0, 1)}})\n", 2, "normal is not understood"),
        ("def make(a, b):\n    f({{choice()}})\n", 2, "needs a list"),
        ("def m(a, b, c, d, p):\n    p['x']\n", 1, "the file has none"),
        ("def m(a, b, c, d, p):\n    p['x']\np = {'x': [],\n 'y': load()}\n", 3, "no values"),
        ("def m(a, b, c, d, p):\n    p['x']\np = {'x': [1],\n 'y': load()}\n", 4, "cannot be read"),
        ('def objective(p):\n    return {"loss": 1}\n', 1, "No space"),
        (
            'space = {"a": hp.uniform("a", 0)}\ndef objective(p):\n    return {"loss": 1}\n',
            1,
            "needs 2 numbers",
        ),
        ("x = " + "(" * 5000, 0, "no Python"),
        ("x = " + "+".join(["1"] * 3000), 0, "cannot be read"),
        ("x = '\x00'", 0, "no Python|cannot be read"),
        (
            "def build(hp):\n    for i in range(hp.Int('n', 1, 10**9)):\n        hp.Int(f'a{i}', 1, 2)\n",
            2,
            "too long",
        ),
        (
            "def build(hp):\n    for i in range(10**9):\n        hp.Int(f'a{i}', 1, 2)\n",
            2,
            "cannot be read",
        ),
        (
            "def build(hp):\n  for i in range(99):\n    for j in range(99):\n      hp.Int(f'a{i}-{j}', 1, 2)\n",
            4,
            "more hyperparameters",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_with_its_line(source, line, words):
    with pytest.raises(CustomModelError, match=words) as refused:
        recognise("mine", source)
    assert refused.value.line == line or not line


def test_nothing_of_a_file_is_run(tmp_path):
    trace = tmp_path / "trace"
    opened = f"open({str(trace)!r}, 'w')"
    text = f"{opened}\n\n\ndef build(hp):\n    return hp.Int('a', 1, len({opened}.name))\n"
    with pytest.raises(CustomModelError, match="cannot be read"):
        recognise("mine", text)
    assert not trace.exists()
