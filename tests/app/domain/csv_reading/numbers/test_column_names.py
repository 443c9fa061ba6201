"""Names of columns are compared in small letters, without accents and units."""

import pytest

from app.domain.csv_reading.numbers.column_names import plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Adj_Close (USD)", "adj close"),
        ("<CLOSE>", "close"),
        ("Zamkni\u0119cie", "zamkniecie"),
        ("PM2.5", "pm2 5"),
        ("Cl\u00f4ture", "cloture"),
        ("\uc885\uac00", "\uc885\uac00"),
        ("Load [MW]", "load"),
        ("(USD)", "usd"),
        ("", ""),
    ],
)
def test_a_name_is_made_plain(name, plain):
    assert plain_name(name) == plain
