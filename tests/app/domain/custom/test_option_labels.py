"""What a form calls values that are no plain ones."""

import ast

import pytest

from app.domain.custom.option_labels import MAX_LABEL_LENGTH, label_options
from app.web.forms.fields import split_words

LONG = "layers.Dense(64, kernel_regularizer=regularizers.l1_l2(l1=0.001, l2={end}), name={name!r})"


def label(*texts, taken=()):
    nodes = [ast.parse(text, mode="eval").body for text in texts]
    return label_options(nodes, taken)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[16, 8, 4]", "[16,8,4]"),
        ("(8,)", "(8,)"),
        ("Activation('linear')", "Activation('linear')"),
        (
            "{'units': [8, 4], 'lr': hp.uniform('lr', 0, 1), 'cell': 'lstm'}",
            "units=[8,4]+cell=lstm",
        ),
        ("{'lr': hp.uniform('lr', 0, 1)}", "lr"),
        ("('lstm', hp.choice('units', [1, 2]))", "('lstm',units)"),
        ("'two words, here'", "two_words_here"),
        ("lambda x: x + 1", "lambda_x:x+1"),
        ("'('", "("),
        ("f('(', 1)", "f('('_1)"),
        ("{}", "{}"),
        ("''", "''"),
    ],
)
def test_a_value_is_called_by_its_text_as_one_word(text, expected):
    assert label(text) == [expected]
    assert split_words(f"before, {expected}; after") == ["before", expected, "after"]


def test_a_long_value_is_shortened_in_the_middle():
    (only,) = label(LONG.format(end=0.5, name="head"))

    assert only == "layers.Dense(64_kern…ers.l1_l2(l1=0.001_l2=0.5)_name='head')"
    assert len(only) == MAX_LABEL_LENGTH


def test_long_values_that_begin_and_end_alike_show_where_they_differ():
    labels = label(*[LONG.format(end=end, name="a" * 60) for end in (0.125, 0.25, 0.5)])

    assert len(set(labels)) == 3
    assert all(len(text) <= MAX_LABEL_LENGTH for text in labels)
    assert ["0.125" in labels[0], "0.25" in labels[1], "0.5" in labels[2]] == [True] * 3


def test_equal_texts_are_numbered_beside_those_that_are_taken():
    assert label("[1]", "[1]", "[2]", taken=["[2]"]) == ["[1]", "[1]_2", "[2]_2"]
