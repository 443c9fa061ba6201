"""Values of a program are counted before they are made, so no file fills time or memory."""

import tracemalloc
from contextlib import suppress

import pytest

from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import detect_custom_model
from app.domain.custom.literals import CustomModelError
from app.domain.search_space.space import SearchSpace

MAX_MEGABYTES = 5
LARGE_VALUES = {  # how a program can write a million values or more
    "range": "range(1_000_000)",
    "list of a range": "list(range(1_000_000))",
    "tuple of a range": "tuple(range(1_000_000))",
    "range of a range": "[range(1000) for number in range(1000)]",
    "list times number": "[0] * 1_000_000",
    "tuple times number": "1_000_000 * (0,)",
    "text times number": "'a' * 1_000_000",
    "list of a text": "list('a' * 1_000_000)",
    "comprehension": "[number for number in range(1_000_000)]",
    "generator": "list(number for number in range(1_000_000))",
    "arange": "np.arange(0, 1, 1e-6)",
    "list of arange": "list(np.arange(1_000_000))",
    "linspace": "np.linspace(0, 1, 1_000_000)",
    "logspace": "np.logspace(0, 1, 1_000_000)",
    "power of a power": "[10**10**10]",
    "power of many digits": "[99999999999999**1000 for number in range(1000)]",
    "shift": "[1 << 10**9]",
    "more digits than Python reads": f"[{'9' * 5000}]",
    "width of a format": "['%1000000d' % 1]",
    "names that double it": "doubled",
}
DOUBLED = "doubled = (0, 1)\n" + "doubled = (doubled, doubled)\n" * 30


def above(values):
    """What a program binds before its values: only one of them needs anything."""
    return DOUBLED if values == "doubled" else ""


def talos(values):
    function = "def network(x_train, y_train, x_val, y_val, params):\n    params['units']\n"
    return f"{above(values)}p = {{'units': {values}}}\n{function}"


def hyperas(values):
    return f"{above(values)}def network():\n    units = {{{{choice({values})}}}}\n"


def keras_tuner(values):
    return f"{above(values)}def build(hp):\n    hp.Choice('units', {values})\n"


def keras_tuner_loop(values):
    loop = f"    for number in {values}:\n        hp.Int(f'units_{{number}}', 1, 2)\n"
    return f"{above(values)}def build(hp):\n{loop}"


def hyperopt(values):
    objective = "def objective(p):\n    return {'loss': 1}\n"
    return f"{above(values)}space = {{'units': hp.choice('units', {values})}}\n{objective}"


PROGRAMS = [talos, hyperas, keras_tuner, keras_tuner_loop, hyperopt]


def read_space(source):
    custom_model = detect_custom_model("mine", source)
    return SearchSpace.parse(custom_space(custom_model), custom_catalogue(custom_model))


@pytest.mark.parametrize("values", LARGE_VALUES.values(), ids=LARGE_VALUES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_values_without_end_are_refused_or_left_as_text_before_they_are_made(program, values):
    source = program(values)

    tracemalloc.start()
    try:
        with suppress(CustomModelError):
            read_space(source)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < MAX_MEGABYTES * 1_000_000


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_long_range_is_refused_with_the_number_of_its_values(program):
    with pytest.raises(CustomModelError, match=r"1,001 values.* at most 1,000"):
        read_space(program("range(1001)"))


@pytest.mark.parametrize("program", [talos, hyperas, keras_tuner, hyperopt])
def test_a_thousand_values_can_be_listed(program):
    space = read_space(program("range(1000)"))

    assert space.dimensions["units"].count == 1000


@pytest.mark.parametrize("program", [talos, hyperas, keras_tuner, hyperopt])
@pytest.mark.parametrize(
    ("values", "listed"),
    [
        ("list(np.arange(0, 0.5, 0.1))", [0.0, 0.1, 0.2, 0.3, 0.4]),
        ("np.linspace(0, 0.4, 3)", [0.0, 0.2, 0.4]),
        ("np.arange(4, 13, 4, dtype=int)", [4, 8, 12]),
        ("[2**i for i in range(4, 6)]", [16, 32]),
        ("tuple(range(2, 8, 2)) + (9,)", [2, 4, 6, 9]),
        ("[*range(2), 5]", [0, 1, 5]),
        ("list({'lstm': layers.LSTM, 'gru': layers.GRU})", ["lstm", "gru"]),
        ("list({'lstm': layers.LSTM}.keys()) + ['gru']", ["lstm", "gru"]),
    ],
)
def test_every_way_to_list_values_is_read_in_every_kind_of_program(program, values, listed):
    space = read_space(program(values))

    assert list(space.dimensions["units"].values) == listed


def test_values_under_a_name_keep_what_only_a_run_would_know():
    program = "CELLS = [layers.LSTM, 'gru', 2 * 8]\n" + hyperopt("CELLS")

    space = read_space(program)

    assert list(space.dimensions["units"].values) == ["layers.LSTM", "gru", "16"]


def test_a_list_that_the_program_changes_later_is_refused():
    program = hyperopt("SIZES").replace("space =", "SIZES = [8]\nSIZES.append(read())\nspace =")

    with pytest.raises(CustomModelError, match=r'Line \d+: "SIZES" cannot be parsed without'):
        read_space(program)


def test_a_default_counts_for_values_under_a_name():
    model = detect_custom_model(
        "mine", "UNITS = [4, 8]\ndef build(hp):\n    hp.Choice('units', UNITS, default=8)\n"
    )

    assert custom_catalogue(model)["units"].default == 8


def test_more_hyperparameters_than_a_form_holds_are_refused():
    body = "".join(f"    hp.Int('units_{number}', 1, 2)\n" for number in range(201))

    with pytest.raises(CustomModelError, match=r"Line 202: .*more hyperparameters .*over 200"):
        detect_custom_model("mine", f"def build(hp):\n{body}")


def test_loops_over_calls_are_counted_call_by_call():
    calls = "f(hp)," * 100
    body = f"    for number in range(1000):\n        x = [{calls}]\n"

    with pytest.raises(CustomModelError, match="more hyperparameters than can be searched"):
        detect_custom_model("mine", f"def build(hp):\n{body}")


def test_an_option_that_is_far_too_long_is_refused():
    long_option = f"[{'x,' * 6000}]"

    with pytest.raises(CustomModelError, match=r'Value 2 of "units" is too long'):
        detect_custom_model("mine", hyperas(f"[1, {long_option}]"))


def test_choices_inside_choices_have_a_limit():
    starts = "".join(f"hp.choice('units_{depth}', [" for depth in range(30))
    nested = f"{starts}1{'])' * 30}"

    with pytest.raises(CustomModelError, match="nested too deeply"):
        detect_custom_model("mine", hyperopt(f"[{nested}]"))
