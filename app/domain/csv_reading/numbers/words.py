"""The words and characters around numbers: currencies, multipliers, digits of other scripts."""

import re

CURRENCIES = (
    "US$", "HK$", "NZ$", "NT$", "MX$", "AU$", "CA$", "R$", "A$", "C$", "S$", "$", "\u20ac",
    "\u00a3", "\u00a5", "\u20b9", "\u20a9", "\u20bd", "\u20ba", "\u20ab", "\u20b4", "\u20a6",
    "\u20b1", "\u0e3f", "\u20aa", "\u20b8", "\u00a2", "\u5186", "\u5143", "\uc6d0", "kr.", "kr",
    "Kr.", "Kr", "z\u0142", "zl", "K\u010d", "Ft", "lei", "Rs.", "Rs", "Rp", "RM", "TL", "Fr.",
    "SFr.", "\u0440\u0443\u0431.", "\u0440\u0443\u0431", "\u0440.", "\u0433\u0440\u043d",
    "\u043b\u0432", "AED", "ARS", "AUD", "BGN", "BRL", "BTC", "CAD", "CHF", "CLP", "CNH", "CNY",
    "COP", "CZK", "DKK", "EGP", "ETH", "EUR", "GBP", "GBp", "GBX", "HKD", "HUF", "IDR", "ILS",
    "INR", "ISK", "JPY", "KRW", "KZT", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR",
    "PLN", "RMB", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD",
    "USDT", "VND", "ZAR",
)  # fmt: skip
CURRENCY = "(?:{})".format(
    "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
)
# Not in this table, because they may also be a unit or a side of an account: m, t, T, L and Cr.
THOUSAND_WORDS = (
    "K", "k", "tsd", "tsd.", "Tsd", "Tsd.", "tys.", "tys", "mila", "thousand",
    "\u0442\u044b\u0441.", "\u0442\u044b\u0441", "\u5343", "\ucc9c",
)  # fmt: skip
MILLION_WORDS = (
    "M", "mn", "Mn", "MM", "mio", "mio.", "Mio", "Mio.", "mln", "mln.", "million", "millions",
    "\u043c\u043b\u043d", "\u043c\u043b\u043d.", "\u767e\u4e07", "\u767e\u842c", "\ubc31\ub9cc",
)  # fmt: skip
BILLION_WORDS = (
    "B", "bn", "Bn", "BN", "mrd", "mrd.", "Mrd", "Mrd.", "mld", "mld.", "Mds", "Md", "billion",
    "billions", "\u043c\u043b\u0440\u0434", "\u043c\u043b\u0440\u0434.", "\u5341\u4ebf",
    "\u5341\u5104",
)  # fmt: skip
TRILLION_WORDS = ("tn", "trn", "trillion", "\u0442\u0440\u043b\u043d")
MULTIPLIERS = {
    **dict.fromkeys(THOUSAND_WORDS, 1e3),
    **dict.fromkeys(MILLION_WORDS, 1e6),
    **dict.fromkeys(BILLION_WORDS, 1e9),
    **dict.fromkeys(TRILLION_WORDS, 1e12),
    **dict.fromkeys(("\u4e07", "\u842c", "\ub9cc"), 1e4),
    **dict.fromkeys(("\u4ebf", "\u5104", "\uc5b5"), 1e8),
    **dict.fromkeys(("\u4e07\u4ebf", "\u5146", "\uc870"), 1e12),
    **dict.fromkeys(("lakh", "lakhs"), 1e5),
    **dict.fromkeys(("crore", "crores"), 1e7),
}

TRUTH_WORDS = (  # the word for 1, and the word for 0
    ("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off"), ("ja", "nein"),
    ("ja", "nej"), ("ja", "nee"), ("oui", "non"), ("s\u00ed", "no"), ("si", "no"),
    ("sim", "n\u00e3o"), ("wahr", "falsch"), ("vrai", "faux"), ("tak", "nie"),
    ("\u0434\u0430", "\u043d\u0435\u0442"), ("\u662f", "\u5426"),
)  # fmt: skip
ZEROS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10)  # Arabic, Persian, Indian, Thai, fullwidth
ALIKE = {
    " ": "\u00a0\u202f\u2009\u2007\u2008\u200a\u2002\u2003\u3000",
    "-": "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d",
    "'": "\u2019\u2018\u02bc\u00b4`",
    "+": "\uff0b",
    ".": "\uff0e\u066b",
    ",": "\uff0c\u066c",
    "%": "\uff05\u066a",
    "(": "\uff08",
    ")": "\uff09",
    "$": "\uff04",
    "\u00a5": "\uffe5",
}
INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u061c"


def _plain_characters() -> dict[int, str | None]:
    """Typographic and invisible characters, and the digits of other scripts, made plain."""
    table: dict[int, str | None] = {}
    for plain, characters in ALIKE.items():
        for character in characters:
            table[ord(character)] = plain
    for character in INVISIBLE:
        table[ord(character)] = None
    for zero in ZEROS:
        for digit in range(10):
            table[zero + digit] = str(digit)
    return table


PLAIN_CHARACTERS = _plain_characters()


def normalise_cell(cell: str) -> str:
    """A cell in plain characters, without spaces around it, and with single ones inside.

    ="12" is how a number is kept from a spreadsheet's hands.
    """
    text = cell
    if not cell.isascii():
        text = cell.translate(PLAIN_CHARACTERS)
    text = " ".join(text.split())
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text
