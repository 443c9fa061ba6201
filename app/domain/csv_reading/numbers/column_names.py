"""Names of columns as they are compared: small letters, no accents, no units."""

import re
import unicodedata

BRACKETS = re.compile(r"[(\[{<][^()\[\]{}<>]{0,60}[)\]}>]")
UNDECOMPOSED = str.maketrans("\u0142\u0141\u0131\u00f8\u00d8\u0111", "lLioOd")
SEPARATORS = re.compile(r"[_\-./:*]+")


def plain_name(name: str) -> str:
    """A name in small letters without accents and units: "Adj_Close (USD)" is "adj close".

    A name that is all brackets, such as <CLOSE>, keeps what is in them.
    """
    text = BRACKETS.sub(" ", name)
    if not text.strip(" ,;"):
        text = name.strip("<>()[]{} ")
    decomposed = unicodedata.normalize("NFKD", text.translate(UNDECOMPOSED))
    letters = [letter for letter in decomposed if not unicodedata.combining(letter)]
    composed = unicodedata.normalize("NFC", "".join(letters))
    spaced = SEPARATORS.sub(" ", composed)
    return " ".join(spaced.casefold().split())
