"""Talos programs: a model function beside a dictionary of values."""

from app.domain.custom.detection import TuningLibrary, detect_custom_model
from app.domain.custom.talos import expand_steps
from tests.app.domain.custom.programs import read_program, space_of


def test_a_talos_program_is_its_dictionary_and_its_tuples_are_steps():
    custom_model = read_program("talos_lstm")

    assert custom_model.library == TuningLibrary.TALOS
    assert custom_model.function_name == "lstm_model"
    assert space_of(custom_model).document() == {
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


def test_tuples_are_the_steps_that_talos_makes_of_them():
    assert expand_steps(0.5, 5.5, 5) == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert expand_steps(2, 10, 4) == [2, 4, 6, 8]


def test_parameters_may_be_passed_on_and_stand_under_the_main_block():
    source = """
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

    custom_model = detect_custom_model("mine", source)

    assert space_of(custom_model).document() == {
        "units": {"choice": [1, 2]},
        "rate": {"choice": [0.0, 0.5]},
    }
