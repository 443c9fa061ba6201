"""Programs as people write them: where their model is, and what they search."""

import pytest

from app.domain.custom.detection import TuningLibrary, detect_custom_model
from app.domain.custom.literals import CustomModelError
from app.domain.custom.location import locate_program
from tests.app.domain.custom.cases import SPACES, read_case, read_source
from tests.app.domain.custom.programs import space_of

FUNCTIONS = {
    "hyperopt_inline": "objective",
    "hyperopt_lambda": "train",
    "hyperopt_partial": "objective",
    "hyperopt_class": "objective",
    "hyperopt_same_names": "objective",
    "hyperas_nested": "model",
    "talos_nested": "lstm_model",
    "talos_class": "model",
}
MODEL = """
def {name}(params):
    model = Sequential([LSTM(params["units"])])
    model.compile("adam", "mse")
    return model.fit(x_train, y_train, epochs=2, validation_data=(x_val, y_val))
"""


@pytest.mark.parametrize("name", SPACES)
def test_the_space_of_a_program_is_read_as_its_author_wrote_it(name):
    custom_model = read_case(name)

    document = space_of(custom_model).document()

    assert document == SPACES[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_function_that_builds_the_model_is_named(name):
    custom_model = read_case(name)

    assert custom_model.function_name == FUNCTIONS[name]
    assert custom_model.library == TuningLibrary(name.partition("_")[0])


def test_the_epochs_of_a_fit_count_wherever_it_stands():
    assert read_case("hyperopt_same_names").epochs == 3  # a name inside main()
    assert read_case("hyperopt_factory").epochs == 2
    assert read_case("hyperopt_lambda").epochs == 2


def test_two_different_searches_in_a_file_are_asked_about():
    with pytest.raises(CustomModelError, match=r"line 19, too, .* Leave one call of fmin") as error:
        read_case("hyperopt_two_searches")

    assert error.value.line == 20


def test_the_same_search_with_two_algorithms_is_one_search():
    space = '{"units": hp.choice("units", [4, 8])}'
    source = (
        MODEL.format(name="f") + f"fmin(f, {space}, tpe.suggest)\nfmin(f, {space}, rand.suggest)\n"
    )

    custom_model = detect_custom_model("mine", source)

    assert space_of(custom_model).document() == {"units": {"choice": [4, 8]}}


def test_a_search_of_what_is_no_network_is_passed_over():
    source = (
        "def trees(p):\n    return RandomForest(p['depth']).fit(a, b)\n"
        'fmin(trees, {"depth": hp.choice("depth", [1, 2])})\n'
        + MODEL.format(name="network")
        + 'fmin(network, {"units": hp.choice("units", [4, 8])})\n'
    )

    custom_model = detect_custom_model("mine", source)

    assert custom_model.function_name == "network"
    assert space_of(custom_model).document() == {"units": {"choice": [4, 8]}}


def test_the_call_that_searches_is_what_is_never_needed():
    located = locate_program(read_source("hyperopt_inline"))

    assert located.call.id == "objective"
    assert located.function.name == "objective"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "from mine import train\nbest = fmin(train, space)",
            'Line 2: fmin is given "train", which',
        ),
        (
            "def f(p):\n    return p\nbest = fmin(lambda p: f(p), space)",
            r'Line 3: fmin is given "lambda p: f\(p\)", which builds no Keras model',
        ),
        ("talos.Scan(x, y, p, model=build)", 'Line 1: Scan is given "build", which is no function'),
    ],
)
def test_a_search_without_a_model_is_named_with_what_is_missing(source, words):
    with pytest.raises(CustomModelError, match=words):
        detect_custom_model("mine", source)
