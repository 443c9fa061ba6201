"""What stands around the digits of a number is understood, or the cell is no number."""

import pytest

from app.domain.csv_reading.numbers.affixes import Affix, read_affix


@pytest.mark.parametrize(
    ("before", "after", "affix"),
    [
        ("", "", Affix(1.0)),
        ("-", "", Affix(-1.0)),
        ("($", ")", Affix(-1.0, currency="$")),
        ("-R$ ", "", Affix(-1.0, currency="R$")),
        ("", " kr.", Affix(1.0, currency="kr.")),
        ("", "M", Affix(1e6, multiplier="M")),
        ("\u20ac", " Mrd.", Affix(1e9, currency="\u20ac", multiplier="Mrd.")),
        ("(", ")%", Affix(-1.0, is_percent=True)),
        ("", "-", Affix(-1.0)),
        ("<", "", Affix(1.0, is_bound=True)),
        (">= ", "", Affix(1.0, is_bound=True)),
        ("\u2265", "%", Affix(1.0, is_percent=True, is_bound=True)),
        ("", "*", Affix(1.0, mark="*")),
        ("", " (p)", Affix(1.0, mark="(p)")),
        ("", " bp", Affix(1.0, mark="bp")),
        ("", " MWh", Affix(1.0, unit="MWh")),
        ("-", "\u00b0C", Affix(-1.0, unit="\u00b0C")),
        ("", " W/m2", Affix(1.0, unit="W/m2")),
    ],
)
def test_what_stands_around_digits_is_understood(before, after, affix):
    assert read_affix(before, after) == affix


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x", ""),
        ("--", ""),
        ("-$-", ""),
        ("(", ""),
        ("(-", ")"),
        ("", "-16-"),
        ("", "1"),
        ("Q", ""),
    ],
)
def test_other_cells_are_no_numbers(before, after):
    assert read_affix(before, after) is None


@pytest.mark.parametrize("letter", ["m", "t", "T", "L", "Cr"])
def test_a_letter_that_may_be_a_unit_multiplies_nothing(letter):
    affix = read_affix("", f" {letter}")

    assert (affix.factor, affix.unit) == (1.0, letter)


def test_only_a_sign_is_plain():
    assert Affix(-1.0).is_plain
    assert not Affix(1.0, currency="$").is_plain
