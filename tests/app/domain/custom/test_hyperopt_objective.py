"""hyperopt programs: an objective beside its space."""

from app.domain.custom.detection import TuningLibrary, detect_custom_model
from tests.app.domain.custom.programs import read_program, space_of


def test_hyperopt_branches_become_conditions():
    custom_model = read_program("hyperopt_lstm")

    assert custom_model.library == TuningLibrary.HYPEROPT
    assert custom_model.function_name == "objective"
    document = space_of(custom_model).document()
    assert document["units"] == {"integer": [4, 12], "step": 4}
    assert document["layers"] == {"choice": ["count=1", "count=2"]}
    assert document["second"] == {"choice": [2, 4], "when": {"layers": "count=2"}}
    assert document["lr"] == {"loguniform": [0.000911881966, 0.0183156389]}


def test_a_hyperopt_space_may_grow_line_by_line_and_name_its_numbers():
    source = """
space = {"units": hp.choice("units", options=[2, 4])}
space["rate"] = hp.quniform("rate", low=0.1, high=0.5, q=0.1)

def objective(p):
    return {"loss": 0}
"""

    custom_model = detect_custom_model("mine", source)

    assert space_of(custom_model).document() == {
        "units": {"choice": [2, 4]},
        "rate": {"uniform": [0.1, 0.5], "step": 0.1},
    }
