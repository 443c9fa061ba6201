"""Hyperas programs: distributions in double braces."""

from app.domain.custom.detection import TuningLibrary, detect_custom_model
from tests.app.domain.custom.programs import read_program, space_of


def test_a_hyperas_program_is_its_double_braces_named_by_the_word_before():
    custom_model = read_program("hyperas_gru")

    assert custom_model.library == TuningLibrary.HYPERAS
    assert custom_model.function_name == "create_model"
    assert custom_model.epochs == 4
    assert space_of(custom_model).document() == {
        "GRU": {"choice": [4, 8]},
        "Dropout": {"uniform": [0.0, 0.5]},
        "option": {"choice": ["shallow", "deep"]},
        "Dense": {"choice": [4, 6]},
        "optimizer": {"choice": ["rmsprop", "adam"]},
        "batch_size": {"choice": [16, 32]},
    }


def test_double_braces_of_one_name_are_numbered():
    source = """
def make(a, b, c, d):
    f({{choice([1, 2])}})
    f({{uniform(0, 1)}})
    x = int({{randint(5)}})
"""

    custom_model = detect_custom_model("mine", source)

    assert space_of(custom_model).document() == {
        "f": {"choice": [1, 2]},
        "f_1": {"uniform": [0.0, 1.0]},
        "x": {"integer": [0, 4]},
    }
