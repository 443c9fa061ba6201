"""What the columns of a table are called."""

from collections.abc import Sequence

MAX_COLUMN_NAME_LENGTH = 100


def name_columns(header: Sequence[str]) -> list[str]:
    """The names of a header, made unique; "Column 2" where it has none."""
    names = []
    for number, cell in enumerate(header, start=1):
        name = _clean_name(cell)
        if not name:
            name = f"Column {number}"
        names.append(name)
    return _make_unique(names)


def _clean_name(cell: str) -> str:
    """A name without unprintable characters, of limited length."""
    printable = [character for character in cell if character.isprintable() or character.isspace()]
    words = "".join(printable).split()
    name = " ".join(words)
    return name[:MAX_COLUMN_NAME_LENGTH]


def _make_unique(names: list[str]) -> list[str]:
    """The names with a number behind each that is taken already: a, a (2), a (3)."""
    taken: set[str] = set()
    repeats: dict[str, int] = {}
    unique_names = []
    for name in names:
        unique = name
        while unique in taken:
            repeats[name] = repeats.get(name, 1) + 1
            unique = f"{name} ({repeats[name]})"
        taken.add(unique)
        unique_names.append(unique)
    return unique_names
