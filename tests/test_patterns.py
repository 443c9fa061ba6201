"""No pattern takes more than linear time, whatever text it meets: each is tried with bad ones.

The patterns are found in the sources. One that is built while the program runs needs a line in
BUILT, with what it becomes.
"""

import ast
import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from app.domain.csv_reading.dates import counts as date_counts
from app.domain.csv_reading.dates import formats as date_formats
from app.domain.csv_reading.dates import parsing as dates
from app.domain.csv_reading.numbers import affixes, column_reading, sentinels, target_names
from app.domain.csv_reading.numbers import parsing as numbers
from app.domain.csv_reading.numbers import signs as number_signs
from app.domain.csv_reading.several import transposed

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
METHODS = ("match", "search", "fullmatch", "split", "sub", "subn", "findall", "finditer")
COLUMN_METHODS = ("replace", "match", "contains", "extract", "extractall", "fullmatch", "split")
OF_MANY_COLUMNS = ("str",)  # what pandas calls the text methods of a column
PREFIXES = ("", "1", "-", "a=", "$", "#")
PUMPS = (
    " ", "1", "a", ",", ".", "-", "=", "_", "\n", "\t", "#", '"', "0", ";", "1,", ",111", " 1",
    ".000", "a_", "a1", "- ", "\r\n", "é",
)  # fmt: skip
SUFFIXES = ("", "x", "\n")
LENGTHS = (24, 32, 8_000)  # the short ones find exponential patterns before they hang
MAX_SECONDS = 0.1  # linear patterns take 0.001, quadratic ones 0.3 for the longest text


class Use(NamedTuple):
    """A pattern and the method that applies it."""

    pattern: str | bytes
    method: str
    flags: int = 0


SIGNS = [(".", ""), (".", ","), (",", "."), (",", " "), (".", "'"), (".", "_")]


HARD_FORMATS = (  # with everything that can be long or missing, side by side
    "%a%b%p%Y[%z] %d[ ][ %H]:%M%*", "%b%a%z%Y", "[ %a] [ %b] [ %Y] %z %d", "%Y-%z%b %*",
)  # fmt: skip


def date_patterns() -> list[Use]:
    formats = [name for name in (*dates.DATE_FORMATS, *HARD_FORMATS) if "%" in name]
    compiled = [date_formats.compile_format(name).pattern for name in formats]
    return [Use(pattern.pattern, "fullmatch", pattern.flags) for pattern in compiled]


def cell_patterns() -> list[Use]:
    return [Use(numbers._compile_patterns(*pair).cell.regex.pattern, "match") for pair in SIGNS]


def block_patterns() -> list[Use]:
    return [Use(numbers._compile_patterns(*pair).block.pattern, "fullmatch") for pair in SIGNS]


def columns_of(patterns: dict[str, re.Pattern[str]]) -> list[Use]:
    return [
        Use(pattern.pattern, method, re.MULTILINE)
        for pattern in patterns.values()
        for method in ("search", "finditer")
    ]


# What patterns that are built while the program runs become, by file and the text of the pattern.
BUILT: dict[str, list[Use]] = {
    "app/domain/csv_reading/dates/candidates.py: COUNTS[count].needs": [
        Use(count.needs, "search", re.IGNORECASE) for count in date_counts.COUNTS.values()
    ],
    "app/domain/csv_reading/dates/formats.py: pattern": date_patterns(),
    "app/domain/csv_reading/several/transposed.py: FLAGGED_NUMBER": [
        Use(transposed.FLAGGED_NUMBER.pattern, "match"),
        Use(transposed.FLAGGED_NUMBER.pattern, "sub"),
    ],
    "app/domain/csv_reading/numbers/affixes.py: "
    "f'^([+-]?) ?({CURRENCY} ?)?([+-]?)1(?: ?({MULTIPLIER}))?(?: ?({CURRENCY}))?( ?%)?$'": [
        Use(affixes.AROUND_ONE.pattern, "match")
    ],
    "app/domain/csv_reading/numbers/column_reading.py: FRACTION": [
        Use(column_reading.FRACTION, "match")
    ],
    "app/domain/csv_reading/numbers/signs.py: "
    "f'^(?:{not_three_decimals}|{below_one}|{any_decimals})$'": columns_of(number_signs.DECISIVE),
    "app/domain/csv_reading/numbers/signs.py: "
    "f'^(?:{repeated}|{with_decimals}|{indian})$'": columns_of(number_signs.CERTAIN_GROUPS),
    "app/domain/csv_reading/numbers/signs.py: "
    "f'^[1-9][0-9]{{0,2}}{re.escape(sign)}[0-9]{{3}}$'": columns_of(number_signs.ONE_GROUP),
    "app/domain/csv_reading/numbers/signs.py: f'^{groups}([.,][0-9]*)?$'": columns_of(
        number_signs.GROUPED
    ),
    "app/domain/csv_reading/numbers/parsing.py: f'(?:(?:{plain})?\\\\n)*+'": block_patterns(),
    "app/domain/csv_reading/numbers/parsing.py: "
    "f'^([^0-9]{{0,12}}?)({digits}){after}$'": cell_patterns(),
    "app/domain/csv_reading/numbers/parsing.py: "
    "f'^\\\\(?(?:{CURRENCY} ?--?|--? ?{CURRENCY})\\\\)?$'": [
        Use(numbers.MISSING_AMOUNT.pattern, "match")
    ],
    "app/domain/csv_reading/numbers/sentinels.py: f'{NO_VALUE}[^0-9\\\\n+-]{{0,60}}{NUMBER}'": [
        Use(sentinels.WORD_FIRST.pattern, "finditer", re.IGNORECASE)
    ],
    "app/domain/csv_reading/numbers/sentinels.py: f'{NUMBER}[^0-9\\\\n+-]{{1,30}}?{NO_VALUE}'": [
        Use(sentinels.NUMBER_FIRST.pattern, "finditer", re.IGNORECASE)
    ],
    "app/domain/csv_reading/numbers/target_names.py: f'(?<![a-z0-9])(?:{listed})(?![a-z])'": [
        Use(pattern.pattern, "search")
        for pattern in (target_names.CHANGES, target_names.LESS_LIKELY, *target_names.LIKELY_NAMES)
    ],
}
# Scripts run in the browser of whoever typed the text, and on nobody else's time.
PATTERNS_OF_SCRIPTS = {"/-error$/", "/[,;\\s]+/"}


class Sources(ast.NodeVisitor):
    """Collects the patterns of one file: those to try, and those that are built at run time."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.uses: dict[str, list[Use]] = {}
        self.built: set[str] = set()

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = ast.unparse(function.value)
            if owner == "re" and function.attr in (*METHODS, "compile"):
                self.add(node, function.attr)
            if owner.split(".")[-1] in OF_MANY_COLUMNS and function.attr in COLUMN_METHODS:
                self.add(node, "sub")
        self.generic_visit(node)

    def add(self, call: ast.Call, method: str) -> None:
        argument = call.args[0]
        if not isinstance(argument, ast.Constant):
            self.built.add(f"{self.path}: {ast.unparse(argument)}")
            return
        flags = 0
        for node in ast.walk(call):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "re":
                flag = getattr(re, node.attr)
                flags |= flag if isinstance(flag, re.RegexFlag) else 0
        methods = [method]
        if method == "compile":
            methods = self.methods_of_constant(call)
        key = f"{self.path}: {argument.value!r}"
        self.uses[key] = [Use(argument.value, method, int(flags)) for method in methods]

    def methods_of_constant(self, call: ast.Call) -> list[str]:
        """The methods that are called on the name a pattern is bound to; all where none is."""
        line = self.text.splitlines()[call.lineno - 1]
        name = line.split("=")[0].split(":")[0].strip()
        called = set(re.findall(rf"\b{re.escape(name)}\.(\w+)", self.text)) & set(METHODS)
        return sorted(called) or ["match", "search", "fullmatch"]


def collect() -> tuple[dict[str, list[Use]], set[str]]:
    uses: dict[str, list[Use]] = {}
    built: set[str] = set()
    for room in ("app", "worker"):
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text()
            sources = Sources(str(path.relative_to(ROOT)), text)
            sources.visit(ast.parse(text))
            uses |= sources.uses
            built |= sources.built
    return uses, built


WRITTEN, FOUND_BUILT = collect()
USES = WRITTEN | BUILT


def pieces_of(pattern: str) -> list[str]:
    """The letters and signs that a pattern itself is made of, alone and in their runs."""
    words = re.findall(r"[A-Za-z]{2,}", pattern)
    signs = re.findall(r"[^\w\s\\]", pattern)
    return [*dict.fromkeys([*words, *signs])]


def slowest_text(use: Use) -> str | None:
    """A text for which a pattern takes too long; None where it takes linear time for all."""
    is_text = isinstance(use.pattern, str)
    pattern = use.pattern if is_text else use.pattern.decode("latin-1")
    compiled = re.compile(pattern, use.flags)
    apply = getattr(compiled, use.method)
    arguments = ("",) if use.method in ("sub", "subn") else ()
    for pump in dict.fromkeys([*PUMPS, *pieces_of(pattern)]):
        for prefix in PREFIXES:
            for suffix in SUFFIXES:
                for length in LENGTHS:
                    text = prefix + pump * (length // len(pump)) + suffix
                    start = time.process_time()
                    result = apply(*arguments, text)
                    if use.method == "finditer":
                        list(result)
                    if time.process_time() - start > MAX_SECONDS:
                        return f"{prefix!r} + {pump!r} * n + {suffix!r} at n = {length:,}"
    return None


@pytest.mark.parametrize("key", sorted(USES))
def test_no_text_takes_a_pattern_more_than_linear_time(key):
    slow = {use.method: slowest_text(use) for use in USES[key]}

    assert all(text is None for text in slow.values()), slow


def test_every_pattern_that_is_built_has_a_case():
    assert set(BUILT) == FOUND_BUILT


def test_scripts_have_no_pattern_that_nobody_looked_at():
    found = set()
    for path in (ROOT / "static").glob("*.js"):
        for line in path.read_text().splitlines():
            if not line.lstrip().startswith(("//", "/*", "*")):
                found |= set(re.findall(r"(?<=\()/(?:[^/\n]|\\/)+/", line))

    assert found == PATTERNS_OF_SCRIPTS


@pytest.mark.parametrize(
    "use",
    [
        Use(r"^([+-]?)\s*(?:[$]?)\s*(\d+)$", "match"),  # as numbers were read once
        Use(r"([A-Za-z_0-9]+)\s*=\s*(.+)", "fullmatch"),  # as conditions were
        Use(r"\s*(?:Z|[+-]\d\d:?\d\d)$", "sub"),  # as the offsets of dates were
        Use(r"(a+)+$", "match"),
        Use(r"(\d+,?)+$", "match"),
        Use(r"(#|##)*$", "match"),
    ],
    ids=lambda use: use.pattern,
)
def test_a_pattern_that_takes_more_than_linear_time_is_found(use):
    assert slowest_text(use) is not None


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("import re\nre.match(f'{a}+', b)\n", "x.py: f'{a}+'"),
        ("cells.str.replace(OFFSET, '')\n", "x.py: OFFSET"),
    ],
)
def test_a_pattern_that_is_built_is_found_in_the_sources(source, key):
    sources = Sources("x.py", source)
    sources.visit(ast.parse(source))

    assert sources.built == {key}
