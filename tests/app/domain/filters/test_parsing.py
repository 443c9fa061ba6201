"""Filters are read as trees, and what cannot be read is told with its place and what could be."""

import pytest

from app.domain.filters.names import FilterName, ValueKind, Vocabulary
from app.domain.filters.parsing import MAX_CONDITIONS, MAX_DEPTH, MAX_TEXTS, parse_filter
from app.domain.filters.tokens import quote
from app.domain.filters.tree import AllOf, AnyOf, Condition, FilterError, TextSearch

VOCABULARY = Vocabulary(
    (
        FilterName("number", ValueKind.NUMBER, heading="trial"),
        FilterName("objective", ValueKind.NUMBER, heading="objective"),
        FilterName("validation_rmse", ValueKind.NUMBER, heading="validation RMSE"),
        FilterName("validation_skill", ValueKind.NUMBER, heading="skill on validation"),
        FilterName("duration", ValueKind.NUMBER, heading="duration", unit="seconds"),
        FilterName("units_1", ValueKind.NUMBER),
        FilterName("cell", ValueKind.CHOICE, choices=("lstm", "gru")),
        FilterName("shuffle", ValueKind.FLAG),
        FilterName("tag", ValueKind.TEXT),
    )
)
SMALL = Condition("objective", "<", 0.46)
LSTM = Condition("cell", "=", "lstm")
WIDE = Condition("units_1", ">=", 32.0)
SMOKE = TextSearch("smoke")
ALL_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
A_SIGN_IS_MISSING = "a sign and a value must follow: = != < <= > >=."
RMSE = Condition("validation_rmse", "<", 3.0)
SKILL = Condition("validation_skill", ">", 0.125)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", AllOf(())),
        ("  ", AllOf(())),
        ("objective<0.46", SMALL),
        ("  Objective   <  0.46 ", SMALL),
        ("units_1>=32 cell=lstm objective<.46", AllOf((WIDE, LSTM, SMALL))),
        ("units_1 ≥ 32 and cell == LSTM", AllOf((WIDE, LSTM))),
        ("parameters.units_1 >= 32", WIDE),
        ("validation rmse < 3", RMSE),
        ('"validation RMSE" < 3', RMSE),
        ("smoke Validation  RMSE < 3", AllOf((SMOKE, RMSE))),
        ("skill on validation > 12.5 %", SKILL),
        ("skill on validation > 12.5% smoke", AllOf((SKILL, SMOKE))),
        ("smoke", SMOKE),
        ('"objective"', TextSearch("objective")),
        ('"two ""big"" words"', TextSearch('two "big" words')),
        ("“two words”", TextSearch("two words")),
        ("smoke or cell=lstm objective<0.46", AnyOf((SMOKE, AllOf((LSTM, SMALL))))),
        ("(smoke OR cell=lstm) AND objective<0.46", AllOf((AnyOf((SMOKE, LSTM)), SMALL))),
        ("((objective<0.46))", SMALL),
        ("shuffle=on", Condition("shuffle", "=", True)),
        ("shuffle != No", Condition("shuffle", "!=", False)),
        ("tag=a=b", Condition("tag", "=", "a=b")),
        ("tag=a(b) smoke", AllOf((Condition("tag", "=", "a(b)"), SMOKE))),
        ("(tag=or)", Condition("tag", "=", "or")),
        ('tag = "two words"', Condition("tag", "=", "two words")),
        ("objective<inf", Condition("objective", "<", float("inf"))),
        ("wow! a-b.c", AllOf((TextSearch("wow!"), TextSearch("a-b.c")))),
    ],
)
def test_a_filter_is_read_as_a_tree(text, tree):
    assert parse_filter(text, VOCABULARY) == tree


@pytest.mark.parametrize(
    ("text", "piece", "message", "offered"),
    [
        (
            "objectiv < 1",
            "objectiv",
            '"objectiv" (character 1): did you mean objective?',
            ("objective",),
        ),
        (
            "smoke validaton RMSE < 1",
            "validaton RMSE",
            "did you mean",
            ("validation RMSE", "validation_skill"),
        ),
        ("zzz < 1", "zzz", "such as objective, validation RMSE or a hyperparameter's name.", ()),
        ("cell = lsmt", "lsmt", 'cell takes lstm or gru, not "lsmt" (character 8).', ("lstm",)),
        ("cell < lstm", "<", "cell takes = or !=, not < (character 6).", ("=", "!=")),
        ("cell =", "", "After =, cell takes lstm or gru (character 7).", ("lstm", "gru")),
        ("objective < abc", "abc", 'objective takes a number, not "abc" (character 13).', ()),
        ("objective < 0,46", "0,46", "Write a decimal point, not a comma.", ()),
        ("objective < nan", "nan", "takes a number", ()),
        ("duration < 2min", "2min", "a number of seconds", ()),
        ("objective < < 1", "<", 'takes a number, not "<"', ()),
        ("objective", "objective", A_SIGN_IS_MISSING, ALL_SIGNS),
        ("validation RMSE smoke", "validation RMSE", A_SIGN_IS_MISSING, ALL_SIGNS),
        ("shuffle = maybe", "maybe", "shuffle takes yes or no", ("yes", "no")),
        ("< 1", "<", "A name must stand before <", ()),
        ("not cell=lstm", "not", "write the opposite sign", ()),
        ("cell=lstm and", "", "is missing (character 14)", ()),
        ("or cell=lstm", "or", "is missing (character 1)", ()),
        ("(cell=lstm", "(", "This bracket is not closed", (")",)),
        ("cell=lstm)", ")", "No bracket is open", ()),
        ("()", ")", "is missing", ()),
        ('tag = "wide', '"wide', "is not closed", ('"',)),
        ("smoke!=1", "smoke", 'No column is called "smoke"', ()),
        ("(" * 21 + "a", "(", f"At most {MAX_DEPTH} brackets", ()),
        ("a " * 11, "a", f"at most {MAX_TEXTS} words", ()),
        ("tag=a " * 61, "a", f"at most {MAX_CONDITIONS} conditions", ()),
        ("a" * 2_001, "a", "A filter has at most 2,000 characters.", ()),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_can_stand_there(text, piece, message, offered):
    with pytest.raises(FilterError) as caught:
        parse_filter(text, VOCABULARY)

    error = caught.value
    assert message in error.message
    assert text[error.start : error.end] == piece
    assert error.offered == offered


def test_a_name_in_quotes_may_hold_signs_and_words_that_join():
    names = Vocabulary((FilterName("a<b", ValueKind.NUMBER), FilterName("or", ValueKind.NUMBER)))

    tree = parse_filter(f"{quote('a<b')} < 1 {quote('or')} > 2", names)

    assert tree == AllOf((Condition("a<b", "<", 1.0), Condition("or", ">", 2.0)))


def test_what_is_quoted_is_read_as_it_was():
    for value in ("wide", "two words", 'say "hi"', "a(b", "", "“x”", "a=b", "or"):
        condition = parse_filter(f"tag = {quote(value)}", VOCABULARY)

        assert condition == Condition("tag", "=", value.replace("“", '"').replace("”", '"'))
