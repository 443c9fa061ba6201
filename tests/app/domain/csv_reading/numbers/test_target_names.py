"""Words for what a person would forecast, in the languages of exporters."""

import pytest

from app.domain.csv_reading.numbers.column_names import plain_name
from app.domain.csv_reading.numbers.target_names import CHANGES, LESS_LIKELY, LIKELY_NAMES


def rank_of(name):
    plain = plain_name(name)
    ranks = [rank for rank, pattern in enumerate(LIKELY_NAMES) if pattern.search(plain)]
    return min(ranks, default=None)


@pytest.mark.parametrize(
    "name",
    [
        "Close", "Adj Close", "adj_close", "<CLOSE>", "Closing price", "Close/Last", "X-USD Close",
        "Settle", "Zamknięcie", "Zamkniecie", "종가", "收盘价", "收盤價", "終値", "Schlusskurs",
        "Schluss", "Clôture", "Cierre", "Chiusura", "Fechamento", "Slotkoers", "Slutkurs", "Último",
        "Zuletzt", "Dernier", "Kapanış", "Закрытие",
    ],
)  # fmt: skip
def test_the_close_of_a_day_is_the_likeliest_name_of_a_market(name):
    assert rank_of(name) == 1
    assert not LESS_LIKELY.search(plain_name(name))


@pytest.mark.parametrize(
    "name",
    [
        "OBS_VALUE", "value", "Price", "last", "Weekly_Sales", "demand", "Actual Total Load [MW]",
        "PJME_MW", "cnt", "Passengers", "#Passengers", "temperature_2m", "pm2.5", "CO(GT)",
        "Global_active_power", "traffic_volume", "Umsatz", "average",
    ],
)  # fmt: skip
def test_what_is_measured_elsewhere_has_a_likely_name(name):
    plain = plain_name(name)

    assert rank_of(name) is not None
    assert not LESS_LIKELY.search(plain)
    assert not CHANGES.search(plain)


@pytest.mark.parametrize(
    "name", ["Open", "High", "Low", "Volume", "Vol.", "Total volume", "Turnover", "Trades",
             "Wolumen", "Otwarcie", "거래량", "시가", "始値", "出来高", "Ask", "Max Temp"],
)  # fmt: skip
def test_what_stands_beside_it_is_less_likely(name):
    assert LESS_LIKELY.search(plain_name(name))


@pytest.mark.parametrize("name", ["Flow", "Balance", "Account", "Slow lane", "Basis", "Opener"])
def test_a_word_inside_another_one_is_not_that_word(name):
    assert not LESS_LIKELY.search(plain_name(name))


@pytest.mark.parametrize(
    "name",
    ["Change %", "Chg", "변동 %", "Prev Close", "1 year ago", "Load Forecast", "increase since"],
)
def test_a_change_is_not_the_thing_itself(name):
    assert CHANGES.search(plain_name(name))
