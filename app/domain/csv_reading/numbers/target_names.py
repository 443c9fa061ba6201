"""Words by which a column is known as what a person would forecast; see plain_name."""

import re


def _words(*words: str) -> re.Pattern[str]:
    """Finds any of these as whole words; what is no letter of ours needs no word's end."""
    listed = "|".join(words)
    return re.compile(rf"(?<![a-z0-9])(?:{listed})(?![a-z])")


CHANGES = _words(  # how something changed or was expected to be, not the thing itself
    "change", "chg", "changes?", "diff", "difference", "returns?", "growth", "prev", "previous",
    "lag", "delta", "yoy", "mom", "variaci?on", "variacao", "variazione", "variation", "var",
    "pct", "percent", "percentage", "veranderung", "vortag", "ago", "previo", "precedent",
    "zmiana", "std", "error", "forecast", "prognose", "prevision", "predicted", "expected",
    "day ahead", "increase", "%", "\u53d8\u5316", "\u6da8\u8dcc", "\u524d\u65e5",
    "\uc804\uc77c", "\ub300\ube44", "\ubcc0\ub3d9", "\u0438\u0437\u043c",
)  # fmt: skip
LESS_LIKELY = _words(  # stands beside what is forecast
    "(?<!traffic )vol", "(?<!traffic )volumes?", "volumen", "wolumen", "obrot", "turnover",
    "trades", "trade count", "tickvol", "spread", "quantity", "qty", "open", "opn", "opening",
    "high", "highest", "low", "lowest", "hoch", "tief", "tageshoch", "tagestief", "eroffnung",
    "erster", "otwarcie", "najwyzszy", "najnizszy", "ouverture", "ouv", "apertura", "abertura",
    "haut", "bas", "massimo", "minimo", "maximo", "maxima", "minima", "max", "min", "maximum",
    "minimum", "ask", "bid", "openint", "oi", "open interest", "dividends?", "stock splits?",
    "average price", "hoog", "laag", "menge", "stuck", "stuecke?", "anzahl", "hogsta",
    "lagsta", "oppet", "en yuksek", "en dusuk", "acilis", "\u5f00\u76d8", "\u958b\u76e4",
    "\u59cb\u5024", "\u9ad8\u5024", "\u5b89\u5024", "\u6700\u9ad8", "\u6700\u4f4e",
    "\u51fa\u6765\u9ad8", "\u58f2\u8cb7", "\u6210\u4ea4", "\uc2dc\uac00",
    "\uace0\uac00", "\uc800\uac00", "\uac70\ub798", "\u043e\u0431\u044a\u0435\u043c",
    "\u043e\u0442\u043a\u0440", "\u043c\u0430\u043a\u0441", "\u043c\u0438\u043d",
)  # fmt: skip
CLOSES = (
    "close", "adjclose", "adj close", "adjusted", "closing", "closing price", "close price",
    "px last", "settle", "settlement", "settle price", "settlement price", "schluss[a-z]*",
    "zamkniecie", "kurs zamkniecia", "cloture", "cierre", "chiusura", "fechamento", "slotkoers",
    "slutkurs", "lukukurssi", "kapanis", "zuletzt", "dernier", "ultimo", "senaste", "seneste",
    "siste", "laatst", "ostatnio", "simdi", "lan cuoi", "terakhir", "\uc885\uac00",
    "\u6536\u76d8", "\u6536\u76e4", "\u7d42\u5024", "\u7ec8\u503c",
    "\u0437\u0430\u043a\u0440\u044b\u0442\u0438[\u0435\u044f]",
    "\u043f\u043e\u0441\u043b\u0435\u0434",
)  # fmt: skip
PRICES = (
    "prices?", "preis", "prix", "precio", "prezzo", "preco", "cena", "prijs", "pris", "fiyat",
    "[a-z]*kurs", "koers", "cours", "nav", "fixing", "spot", "lmp", "vwap", "last", "ltp",
    "exchange rate", "\uac00\uaca9", "\u4ef7\u683c", "\u4fa1\u683c", "\u50f9\u683c",
    "\u0446\u0435\u043d\u0430", "\u043a\u0443\u0440\u0441",
)  # fmt: skip
VALUES = (
    "obs value", "values?", "wert", "messwert", "valeur", "valor", "valore", "wartosc", "waarde",
    "varde", "vardi", "\u503c", "\u6570\u503c", "\u5024", "\uac12",
    "\u0437\u043d\u0430\u0447\u0435\u043d\u0438\u0435",
)  # fmt: skip
SALES = (
    "[a-z]*sales?", "sold", "demand", "revenue", "orders", "umsatz", "absatz", "ventas", "vendite",
    "vendas", "ventes", "demanda", "nachfrage", "sprzedaz", "\u9500\u91cf", "\u9500\u552e",
    "\u58f2\u4e0a", "\ub9e4\ucd9c", "\u043f\u0440\u043e\u0434\u0430\u0436\u0438",
)  # fmt: skip
LOADS = (
    "load", "netzlast", "last", "consumption", "verbrauch", "consommation", "consumo", "zuzycie",
    "usage", "kwh", "mwh", "mw", "kw", "power", "energy", "leistung", "generation", "production",
    "electricity", "appliances", "ot",
)  # fmt: skip
COUNTS = (
    "passengers", "besucher", "visitors", "visits", "riders", "ridership", "cnt", "count", "bikes",
    "rentals", "pickups", "trips", "traffic", "pageviews", "views", "users", "arrivals", "births",
    "deaths", "new cases", "cases", "sessions", "calls", "total",
)  # fmt: skip
CONCENTRATIONS = (
    "pm ?2 ?5", "pm ?10", "aqi", "co", "no2", "o3", "ozone", "so2", "co2", "benzene",
    "sunspots?", "ssn", "average", "mean", "monthly mean",
)  # fmt: skip
TEMPERATURES = (
    "temp", "temperature[s]?", "temperatur[a-z]*", "meantemp", "tmk", "tavg", "tmean", "tt tu",
    "airtemp", "t2m", "t", "\u6c14\u6e29", "\u6c17\u6e29", "\uae30\uc628",
)  # fmt: skip
WATERS = (
    "(?<!cash )flow", "discharge", "streamflow", "abfluss", "level", "pegel", "wasserstand",
    "rainfall", "precipitation", "niederschlag", "windspeed", "wind speed",
)  # fmt: skip
LIKELY_NAMES = (  # the likelier first
    _words("target", "label", "y"),
    _words(*CLOSES),
    _words(*PRICES),
    _words(*VALUES),
    _words(*SALES),
    _words(*LOADS),
    _words(*COUNTS),
    _words(*CONCENTRATIONS),
    _words(*TEMPERATURES),
    _words(*WATERS),
)
