"""What reads a person's text by hand takes linear time, also for the worst text: a table of them.

Patterns are tried in tests/test_patterns.py, cells of a CSV in test_long_cells.py, values that
stand for too many others in custom/test_literals.py.
"""

from contextlib import suppress

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import CleaningOptions
from app.domain.csv_reading.encoding import decode_text, detect_encoding
from app.domain.csv_reading.number_columns import read_number_column
from app.domain.csv_reading.number_signs import read_cores
from app.domain.csv_reading.rows import blank_comments, detect_separator, sample_lines, split_rows
from app.domain.csv_reading.sentinels import find_sentinels
from app.domain.csv_reading.series import SeriesError
from app.domain.custom.detection import detect_custom_model
from app.domain.custom.literals import CustomModelError
from app.domain.custom.parameters import to_identifier
from app.domain.hyperopt.conditions import drop_implied, merge_conditions
from app.domain.hyperopt.import_code import HyperoptError, parse_hyperopt_code
from app.domain.hyperopt.names import closest_name, resolve_name
from app.domain.search_space.catalogue import CATALOGUE
from app.domain.search_space.space import SearchSpace
from app.domain.warm_start import parse_pasted_results
from app.errors import Invalid
from app.services.comparison import compare
from app.services.datasets import clean
from app.services.preparation import prepare_csv
from app.services.trial_listing import TrialQuery, matching
from app.services.uploads import _base_name
from app.web.forms.fields import FieldReader, parse_assignment, split_words
from app.web.forms.points import read_points
from app.web.forms.upload import first_lines
from app.web.request_checks import parse_host
from tests.growth import assert_no_worse_than_linear

REFUSALS = (SeriesError, CustomModelError, HyperoptError, Invalid)
SPACE = SearchSpace.parse({"units_1": {"choice": [8, 16]}})


def read_encoding(content):
    decode_text(content, detect_encoding(content))


def separate(text):
    lines = sample_lines(text)
    separator = detect_separator(lines)
    split_rows(lines, separator)


def prepare(text):
    prepare_csv(text.encode(), None, CleaningOptions())


def read_cells_of_column(cells):
    read_number_column(cells, ".", ",")


def choose_features(count):
    names = tuple(f"name {number}" for number in range(count))
    prepare_csv(table_of(40, 3).encode(), None, CleaningOptions(features=names))


def filter_trials(text):
    matching(1, TrialQuery(search=text))


def detect_model(source):
    detect_custom_model.__wrapped__("mine", source)


def points(text):
    read_points(FieldReader({"strategy": "manual", "points": text}), CATALOGUE)


def drop_all_implied(count):
    """Conditions on all hyperparameters above, of which none follows from another."""
    conditions = {}
    for row in range(count):
        conditions[f"h{row}"] = {f"h{above}": (1000 * row + above,) for above in range(row)}
    drop_implied(f"h{count - 1}", conditions)


def table_of(rows, columns, header="c", cell="{row}"):
    lines = [",".join(f"{header}{column}" for column in range(columns))]
    lines += [",".join([cell.format(row=row)] * columns) for row in range(rows)]
    return "\n".join(lines) + "\n"


def same_names(columns):
    lines = [",".join(["x" * 90] * columns)]
    lines += [",".join([str(row)] * columns) for row in range(40)]
    return "\n".join(lines)


def dated(rows):
    return "Date,Close\n" + "".join(
        f"{1700 + day // 336}-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d},{day}\n"
        for day in range(rows)
    )


def repeated(rows):
    return "Date,Close\n" + "".join(f"2020-01-{row % 28 + 1:02d},{row}\n" for row in range(rows))


def unreadable(rows):
    return "Date,Close\n" + "".join(
        f"2020-01-{row % 28 + 1:02d},{row}{'x' * (row % 3)}\n" for row in range(rows)
    )


def hyperopt_space(entries):
    return f"space = {{{entries}}}"


def choice(values):
    return hyperopt_space(f"'units_1': hp.choice('u', [{values}])")


def shared_choice(branches):
    options = ",".join(
        f"{{'batch_size': {number}, 'units_1': s}}" for number in range(1, branches + 1)
    )
    listed = ",".join(map(str, range(1, 901)))
    return f"s = hp.choice('s', [{listed}])\nspace = {{'b': hp.choice('b', [{options}])}}"


def build(body):
    return f"def build(hp):\n{body}\n    return 1\n"


# A name: what reads, the worst text of a size, and the smaller of the two sizes.
CASES = {
    "bytes: carriage returns": (read_encoding, lambda n: b"a\r" * n, 100_000),
    "bytes: controls": (read_encoding, lambda n: b"a,b\n" + b"\x0b" * n, 40_000),
    "bytes: cut characters": (read_encoding, lambda n: b"\xc3\x28\x81" * n, 40_000),
    "lines: short ones": (separate, lambda n: "1,2\n" * n, 5_000),
    "lines: blank ones": (separate, lambda n: "\n" * n + "1,2\n", 20_000),
    "lines: quotation marks": (separate, lambda n: '"' * n, 10_000),
    "lines: quoted lines": (separate, lambda n: '"a\n' * n, 10_000),
    "lines: separators": (separate, lambda n: ";,|\t" * n, 2_000),
    "comments: many": (lambda text: blank_comments(text, ",", 2), lambda n: "# a\n" * n, 20_000),
    "comments: in quotes": (
        lambda text: blank_comments(text, ",", 2), lambda n: '"\n' + "# a\n" * n, 20_000
    ),
    "comments: hashes": (lambda text: blank_comments(text, ",", 2), lambda n: "#" * n, 200_000),
    "table: columns": (prepare, lambda n: table_of(40, n), 60),
    "table: columns of one name": (prepare, same_names, 60),
    "table: columns of text": (prepare, lambda n: table_of(40, n, cell="x1"), 10),
    "table: columns called dates": (prepare, lambda n: table_of(40, n, "date", "1 x"), 10),
    "table: more columns than allowed": (prepare, lambda n: table_of(2, n), 5_000),
    "table: different dates": (prepare, dated, 8_000),
    "table: repeated dates": (prepare, repeated, 8_000),
    "table: text among numbers": (prepare, unreadable, 8_000),
    "numbers: words around digits": (
        read_cells_of_column,
        lambda n: [f"{'a' * (i % 9)}{i}{'b' * (i % 17)}" for i in range(n)],
        4_000,
    ),
    "numbers: currencies": (
        read_cells_of_column, lambda n: ["$5", "\u20ac6", "7 kr", "<8"] * n, 4_000
    ),
    "numbers: cores": (read_cores, lambda n: ["1,234.5", "x" * 30, "1 " * 9] * n, 8_000),
    "numbers: sentinels": (
        lambda values: find_sentinels({"a": values}, set()),
        lambda n: np.repeat([-9999.0, 9999.0, 999.0, 1e30, 1.0], n),
        100_000,
    ),
    "table: first lines": (lambda text: first_lines(text, "utf-8"), lambda n: b"a\n" * n, 50_000),
    "table: features that are not there": (choose_features, lambda n: n, 4_000),
    "hyperopt: sum": (parse_hyperopt_code, lambda n: choice("1+" * n + "1"), 80),
    "hyperopt: signs": (parse_hyperopt_code, lambda n: choice("-" * n + "1"), 80),
    "hyperopt: brackets": (parse_hyperopt_code, lambda n: choice("[" * n + "]" * n), 1_000),
    "hyperopt: options": (parse_hyperopt_code, lambda n: choice("8," * n), 2_500),
    "hyperopt: options of branches": (parse_hyperopt_code, shared_choice, 24),
    "hyperopt: names": (
        parse_hyperopt_code, lambda n: "".join(f"a{i} = 1\n" for i in range(n)) + choice("8"), 500
    ),
    "hyperopt: names of names": (
        parse_hyperopt_code,
        lambda n: "a = {}\n" + "a = {'x': a, 'y': a}\n" * n + "space = a",
        200,
    ),
    "hyperopt: digits": (parse_hyperopt_code, lambda n: choice("9" * n), 5_000),
    "hyperopt: attributes": (parse_hyperopt_code, lambda n: choice("a" + ".a" * n), 80),
    "hyperopt: a long key": (
        parse_hyperopt_code, lambda n: hyperopt_space(f"'{'x' * n}': 8"), 5_000
    ),
    "hyperopt: similar names": (
        lambda key: closest_name(key, CATALOGUE), lambda n: "u" * n, 50_000
    ),
    "hyperopt: name of signs": (
        lambda key: resolve_name(key, CATALOGUE), lambda n: "u" + "- " * n, 20_000
    ),
    "hyperopt: implied conditions": (drop_all_implied, lambda n: n, 6),
    "hyperopt: merged conditions": (
        lambda n: merge_conditions([{"a": (i,)} for i in range(n)], {}), lambda n: n, 24
    ),
    "program: statements": (detect_model, lambda n: "x = 1\n" * n + build("    pass"), 2_000),
    "program: names of names": (
        detect_model,
        lambda n: "a = (0, 1)\n" + "a = (a, a)\n" * n + build("    hp.Choice('u', a)"),
        8,
    ),
    "program: arguments": (
        detect_model,
        lambda n: f"def make():\n    a = {{{{choice([1, 2])}}}}\n    f({'1,' * n})\n",
        3_000,
    ),
    "program: braces": (
        detect_model, lambda n: "def make():\n" + "    a = {{choice([1, 2])}}\n" * n, 500
    ),
    "program: loops": (
        detect_model,
        lambda n: build(f"    for i in range(1000):\n        x = [{'f(),' * n}]"),
        300,
    ),
    "program: values": (detect_model, lambda n: build(f"    hp.Choice('u', [{'x,' * n}])"), 3_000),
    "program: a name": (detect_model, lambda n: build(f"    hp.Int('{'-' * n}', 1, 2)"), 5_000),
    "program: calls of fmin": (
        detect_model,
        lambda n: "a = hp.uniform('a', 0, 1)\n" * n + "fmin(f, b)\n" * n + "def f(p):\n    pass\n",
        200,
    ),
    "program: identifier": (to_identifier, lambda n: "_-" * n, 50_000),
    "pasted: columns": (
        lambda text: parse_pasted_results(text, SPACE), lambda n: "a," * n + "objective\n1\n", 5_000
    ),
    "pasted: equal columns": (
        lambda text: parse_pasted_results(text, SPACE), lambda n: "units_1," * n + "\n1\n", 5_000
    ),
    "pasted: lines": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: "units_1,objective\n" + "8,1\n" * n,
        300,
    ),
    "pasted: a long cell": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: f"units_1,objective\n{'9' * n},{'9' * n}\n",
        20_000,
    ),
    "pasted: quotation marks": (
        lambda text: parse_pasted_results(text, SPACE), lambda n: "a,objective\n" + '"' * n, 20_000
    ),
    "filter: words": (filter_trials, lambda n: "units_1>=32 " * n, 500),
    "filter: no filters": (filter_trials, lambda n: "a " * n, 10_000),
    "filter: one long word": (filter_trials, lambda n: "a" * n + "=", 20_000),
    "filter: digits": (filter_trials, lambda n: "number=" + "9" * n, 20_000),
    "ids: separators": (lambda text: compare(None, None, [text]), lambda n: ", " * n + "x", 20_000),
    "words: separators": (split_words, lambda n: ", " * n + "x", 20_000),
    "assignment: a name": (
        lambda word: parse_assignment(word, CATALOGUE), lambda n: "a" * n, 20_000
    ),
    "assignment: signs": (
        lambda word: parse_assignment(word, CATALOGUE), lambda n: "a" + "=" * n, 20_000
    ),
    "points: lines": (points, lambda n: "units_1=8\n" * n, 2_000),
    "points: words": (points, lambda n: "units_1=8 " * n, 2_000),
    "names: spaces": (lambda text: clean(text, 200), lambda n: " " * n + "x", 50_000),
    "names: controls": (lambda text: clean(text, 200), lambda n: "\x00" * n, 50_000),
    "names: folders": (_base_name, lambda n: "a/" * n, 50_000),
    "host: brackets": (parse_host, lambda n: "[" * n, 20_000),
    "host: colons": (parse_host, lambda n: "a" + ":" * n, 20_000),
}  # fmt: skip


def tolerant(read):
    """What reads a text, or refuses it in words."""

    def read_or_refuse(text):
        with suppress(*REFUSALS):
            read(text)

    return read_or_refuse


@pytest.mark.parametrize("name", CASES)
def test_the_worst_text_of_eight_times_the_size_takes_no_more_than_linear_time(name):
    read, text_of, size = CASES[name]

    assert_no_worse_than_linear(tolerant(read), text_of, size)
