"""Which files are custom models, and what is said of those that are none."""

import pytest

from app.domain.custom.catalogue import custom_catalogue
from app.domain.custom.detection import detect_custom_model
from app.domain.custom.literals import CustomModelError


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
    source = f"def network(a, b, c, d, p):\n    p['u']\n    {body}\n\n\np = {{'u': [1, 2]}}\n"

    custom_model = detect_custom_model("mine", source)

    assert custom_model.epochs == epochs
    assert custom_catalogue(custom_model)["epochs"].default == (epochs or 10_000)


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def build(hp:\n", 1, "not valid Python"),
        ("x = 1\n", 0, "no function of a supported library"),
        ('def build(hp):\n    hp.Int("a", low, 8)\n', 2, '"low" cannot be parsed'),
        ('def build(hp):\n    hp.Int("a", 9, 8)\n', 2, "cannot be searched"),
        ('def build(hp):\n    hp.Int("a", 1, 10**400)\n', 2, "not be parsed"),
        ('def build(hp):\n    hp.Int("a")\n', 2, "needs min_value"),
        ("def make(a, b):\n    f({{normal(0, 1)}})\n", 2, "normal of .* has no bounds"),
        ("def make(a, b):\n    f({{choice()}})\n", 2, "needs a list"),
        ("def m(a, b, c, d, p):\n    p['x']\n", 1, "the file has none"),
        ("def m(a, b, c, d, p):\n    p['x']\np = {'x': [],\n 'y': load()}\n", 3, "no values"),
        (
            "def m(a, b, c, d, p):\n    p['x']\np = {'x': [1],\n 'y': load()}\n",
            4,
            "not be parsed",
        ),
        ('def objective(p):\n    return {"loss": 1}\n', 1, "No space"),
        (
            'space = {"a": hp.uniform("a", 0)}\ndef objective(p):\n    return {"loss": 1}\n',
            1,
            "needs more numbers: at least 2",
        ),
        ("x = " + "(" * 5000, 0, "not valid Python"),
        ("x = " + "+".join(["1"] * 3000), 0, "not be parsed"),
        ("x = '\x00'", 0, "not valid Python|cannot be parsed"),
        (
            "def build(hp):\n  for i in range(hp.Int('n', 1, 10**9)):\n    hp.Int(f'a{i}', 1, 2)\n",
            2,
            "too long",
        ),
        (
            "def build(hp):\n    for i in range(10**9):\n        hp.Int(f'a{i}', 1, 2)\n",
            2,
            "1,000,000,000 values",
        ),
        (
            "def build(hp):\n  for i in range(99):\n    for j in range(99):\n"
            "      hp.Int(f'a{i}-{j}', 1, 2)\n",
            4,
            "more hyperparameters",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_with_its_line(source, line, words):
    with pytest.raises(CustomModelError, match=words) as refused:
        detect_custom_model("mine", source)

    assert refused.value.line == line or not line


def test_nothing_of_a_file_is_run(tmp_path):
    trace = tmp_path / "trace"
    opened = f"open({str(trace)!r}, 'w')"
    source = f"{opened}\n\n\ndef build(hp):\n    return hp.Int('a', 1, len({opened}.name))\n"

    with pytest.raises(CustomModelError, match="not be parsed"):
        detect_custom_model("mine", source)

    assert not trace.exists()
