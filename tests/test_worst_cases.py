"""What reads a person's text by hand takes linear time, also for the worst text: a table of them.

Patterns are tried in tests/test_patterns.py, cells of a CSV in test_long_cells.py, values that
stand for too many others in custom/test_literals.py.
"""

import ast
from contextlib import suppress

import numpy as np
import pytest

from app.domain.csv_reading.encodings.encoding import decode_text, detect_encoding
from app.domain.csv_reading.encodings.encoding_choices import check_encoding
from app.domain.csv_reading.layout.quoting import unify_quotes
from app.domain.csv_reading.layout.rows import sample_lines, split_rows
from app.domain.csv_reading.layout.scan import keep_rows
from app.domain.csv_reading.layout.separators import detect_separator
from app.domain.csv_reading.layout.table_place import find_table
from app.domain.csv_reading.numbers.columns import read_number_column
from app.domain.csv_reading.numbers.sentinels import find_sentinels
from app.domain.csv_reading.numbers.signs import read_cores
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.custom.detection import detect_custom_model
from app.domain.custom.literals import CustomModelError
from app.domain.custom.option_labels import label_options
from app.domain.custom.parameters import to_identifier
from app.domain.filters.tokens import split_tokens
from app.domain.filters.tree import FilterError
from app.domain.hyperopt.conditions import drop_implied, merge_conditions
from app.domain.hyperopt.import_code import HyperoptError, parse_hyperopt_code
from app.domain.hyperopt.names import resolve_name, suggest_names
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
from app.web.forms.file_beginning import first_lines
from app.web.forms.points import read_points
from app.web.request_checks import parse_host
from tests.growth import assert_no_worse_than_linear

pytestmark = pytest.mark.slow
REFUSALS = (SeriesError, CustomModelError, HyperoptError, Invalid, FilterError)
SPACE = SearchSpace.parse({"units_1": {"choice": [8, 16]}})


def read_encoding(content):
    decode_text(content, detect_encoding(content))


def separate(text):
    lines = sample_lines(text)
    separator = detect_separator(lines)
    split_rows(lines, separator)


def scan(text):
    text = "a,b\n" + "1,2.5\n" * 40 + text
    keep_rows(text, find_table(sample_lines(text), ","), ",")


def find_header(text):
    find_table(sample_lines(text + "\n2020-01-01,2.5\n" * 40), ",")


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


def objective(space):
    return f"{space}\ndef objective(p):\n    return {{'loss': 0}}\n"


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
    "bytes: choices": (
        lambda content: check_encoding(content, "", "cp1252"),
        lambda n: b"\xc4\xe0\xf2\xe0;" * n + b"\n",
        20_000,
    ),
    "bytes: lines of choices": (
        lambda content: check_encoding(content, "", "cp1252"), lambda n: b"\xb0C\n" * n, 20_000
    ),
    "quotes: a line": (unify_quotes, lambda n: '"' * n, 20_000),
    "quotes: whole lines": (unify_quotes, lambda n: '"a,b"\n' * n, 4_000),
    "quotes: single ones": (unify_quotes, lambda n: "'a','b'\n" * n, 4_000),
    "quotes: open ones": (unify_quotes, lambda n: "'a','b'\n" + ",'" * n, 10_000),
    "scan: comments": (scan, lambda n: "# a\n" * n + "1,2\n", 10_000),
    "scan: quoted comments": (scan, lambda n: '"\n' + "# a\n" * n, 40_000),
    "scan: hashes": (scan, lambda n: "#" * n, 50_000),
    "scan: notes": (scan, lambda n: "a note\n" * n + "1,2\n", 4_000),
    "scan: notes below": (scan, lambda n: "a note\n" * n, 4_000),
    "scan: separators": (scan, lambda n: "," * n, 20_000),
    "header: comments": (find_header, lambda n: "# a b\n" * n, 1_000),
    "header: names": (find_header, lambda n: "date,b\n" * n, 40),
    "header: a long name": (find_header, lambda n: "date" + " [" * n + ",b", 1_000),
    "table: columns": (prepare, lambda n: table_of(40, n), 60),
    "table: columns of one name": (prepare, same_names, 60),
    "table: columns of text": (prepare, lambda n: table_of(40, n, cell="x1"), 10),
    "table: columns called dates": (prepare, lambda n: table_of(40, n, "date", "1 x"), 10),
    "table: columns of dates": (
        prepare, lambda n: table_of(40, n, "date", "{row:02d}/01/2020"), 10
    ),
    "table: columns of times": (
        prepare, lambda n: table_of(40, n, "time", "{row:02d}:01"), 10
    ),
    "table: doubtful dates": (
        prepare, lambda n: "Date,x\n" + "01/02/2020,1\n" * n + "13/02/2020,2\n", 4_000
    ),
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
        20_000,
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
        lambda key: suggest_names(key, CATALOGUE), lambda n: "u" * n, 50_000
    ),
    "hyperopt: name of signs": (
        lambda key: resolve_name(key, CATALOGUE), lambda n: "u" + "- " * n, 20_000
    ),
    "hyperopt: a key of many words": (
        lambda key: resolve_name(key, CATALOGUE), lambda n: "units1_" * n, 20_000
    ),
    "hyperopt: loops": (
        parse_hyperopt_code,
        lambda n: f"a = []\nfor i in range(100):\n    a.append({'1+' * n}1)\n" + choice("8"),
        40,
    ),
    "hyperopt: items of a list": (
        parse_hyperopt_code,
        lambda n: "a = []\n" + "a.append(1)\n" * n + "s = {'units_1': hp.choice('u', a)}",
        100,
    ),
    "hyperopt: blocks that may not be reached": (
        parse_hyperopt_code, lambda n: "x = 1\n" * n + "if y:\n    x = 2\n" * n + choice("8"), 60
    ),
    "hyperopt: conditions in conditions": (
        parse_hyperopt_code,
        lambda n: "".join(f"{' ' * depth}if y:\n" for depth in range(n)) + f"{' ' * n}x = 1\n"
        + choice("8"),
        10,
    ),
    "hyperopt: functions with fmin": (
        parse_hyperopt_code,
        lambda n: "".join(f"def f{i}(s):\n    fmin(g, s)\n" for i in range(n)) + choice("8"),
        40,
    ),
    "hyperopt: comprehensions": (
        parse_hyperopt_code,
        lambda n: choice("*[1" + " for a in range(9)" * n + "]"),
        2,
    ),
    "hyperopt: a long script": (
        parse_hyperopt_code,
        lambda n: "".join(
            f"a{i} = load(x, [1, 2])\nif a{i}.ok:\n    b{i} = a{i}[:3] + 1\nprint(b{i})\n"
            for i in range(n)
        ) + choice("8"),
        60,
    ),
    "hyperopt: lists that double": (
        parse_hyperopt_code,
        lambda n: "a = [hp.choice('u', [1])]\n" + "a = a + a\n" * n + choice("8"),
        40,
    ),
    "hyperopt: dictionaries that grow": (
        parse_hyperopt_code,
        lambda n: f"s = {{}}\nfor i in range({n}):\n    s[str(i)] = hp.choice('u', [1])\n"
        + choice("8"),
        50,
    ),
    "hyperopt: prompts": (parse_hyperopt_code, lambda n: ">>> %\n" * n + ">>> x = (", 1_000),
    "hyperopt: spaces": (parse_hyperopt_code, lambda n: " " * n + "\n" + " " * n + "x (", 5_000),
    "hyperopt: entries alone": (parse_hyperopt_code, lambda n: "'units_1': 8,\n" * n, 300),
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
    "program: lists that are changed": (
        detect_model,
        lambda n: "a = [0]\n" * n + "a.append(1)\na = [1]\n" * n + build("    hp.Choice('u', a)"),
        200,
    ),
    "program: lists in lists": (
        detect_model,
        lambda n: "a = [0]\n" + "".join(f"b{i} = [a]\na.append(1)\n" for i in range(n))
        + build("    hp.Choice('u', a)"),
        100,
    ),
    "program: values": (detect_model, lambda n: build(f"    hp.Choice('u', [{'x,' * n}])"), 3_000),
    "program: a name": (detect_model, lambda n: build(f"    hp.Int('{'-' * n}', 1, 2)"), 5_000),
    "tuner: branches": (
        detect_model,
        lambda n: build("    a = hp.Boolean('a')\n" + "    if a:\n        hp.Boolean('b')\n" * n),
        300,
    ),
    "tuner: calls": (detect_model, lambda n: build("    hp.Int('a', 1, 1000)\n" * n), 500),
    "tuner: helpers": (
        detect_model, lambda n: "def f(hp):\n    pass\n" + build("    f(hp)\n" * n), 500
    ),
    "tuner: factories": (
        detect_model,
        lambda n: "def f():\n    return lambda hp: 1\n" + "a = f()\n" * n + build("    pass"),
        300,
    ),
    "tuner: classes": (
        detect_model,
        lambda n: "".join(
            f"class A{i}(A{i - 1}):\n    def build(self, hp):\n        pass\n" for i in range(n)
        ),
        200,
    ),
    "tuner: tuners": (
        detect_model, lambda n: build("    pass") + "RandomSearch(build)\n" * n, 300
    ),
    "tuner: decided values": (
        detect_model,
        lambda n: build("    a = hp.Int('a', 1, 1000)\n" + "    b = a + 1\n" * n),
        30,
    ),
    "tuner: a name with a width": (
        detect_model, lambda n: build(f"    hp.Int('%{'9' * n}d' % 1, 1, 2)"), 5_000
    ),
    "tuner: a name of braces": (
        detect_model, lambda n: build(f"    hp.Int('{'{}' * n}'.format(1), 1, 2)"), 5_000
    ),
    "program: calls of fmin": (
        detect_model,
        lambda n: "a = hp.uniform('a', 0, 1)\n" * n + "fmin(f, b)\n" * n + "def f(p):\n    pass\n",
        200,
    ),
    "program: commands": (detect_model, lambda n: "%magic\n" * n + "x = (", 3_000),
    "program: names of draws": (
        detect_model,
        lambda n: objective(
            "a0 = hp.choice('a', [1, 2])\n"
            + "".join(f"a{row} = [a{row - 1}, 1]\n" for row in range(1, n))
        ),
        400,
    ),
    "program: shared draws": (
        detect_model,
        lambda n: objective(
            f"s = hp.choice('s', [{'1,' * 500}])\nspace = hp.choice('b', [{'{1: 2, 3: s},' * n}])\n"
        ),
        100,
    ),
    "program: functions of draws": (
        detect_model,
        lambda n: objective(
            "".join(f"def f{row}():\n    return [f{row + 1}(), f{row + 1}()]\n" for row in range(n))
            + f"def f{n}():\n    return hp.choice('a', [1, 2])\nspace = f0()\n"
        ),
        50,
    ),
    "program: names in main": (
        detect_model,
        lambda n: (
            "".join(f"a{row} = 1\n" for row in range(n))
            + "def main():\n"
            + "".join(f"    a{row} = lambda p: a{row}\n" for row in range(n))
            + "    fmin(lambda p: Sequential().compile(), space)\n"
        ),
        500,
    ),
    "program: Talos names": (
        detect_model,
        lambda n: (
            "def m(a, b, c, d, p):\n    p['u']\np0 = {'u': [1]}\n"
            + "".join(f"p{row} = p{row - 1}\n" for row in range(1, n))
        ),
        300,
    ),
    "program: long options": (
        label_options,
        lambda n: [ast.parse(f"f({'1,' * n}{end})").body[0].value for end in range(9)],
        2_000,
    ),
    "program: options": (
        label_options, lambda n: [ast.parse("[1, 2]").body[0].value] * n, 100
    ),
    "form: brackets": (split_words, lambda n: "(," * n, 20_000),
    "form: words in brackets": (split_words, lambda n: "(a,b)" * n, 20_000),
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
    "pasted: bars": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: "|units_1|objective|\n|---|---|\n" + "|8|1|\n" * n,
        300,
    ),
    "pasted: rulers": (
        lambda text: parse_pasted_results(text, SPACE), lambda n: "|" + "-+" * n, 20_000
    ),
    "pasted: printed": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: "units_1 objective\n" + "0 8 1\n" * n,
        300,
    ),
    "pasted: JSON": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: '{"units_1": 8, "objective": 1}\n' * n,
        300,
    ),
    "pasted: names in JSON": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: "".join(f'{{"a{i}": 1}}\n' for i in range(n)),
        1_000,
    ),
    "pasted: braces": (
        lambda text: parse_pasted_results(text, SPACE), lambda n: '[{"a":' * n, 10_000
    ),
    "pasted: groups of digits": (
        lambda text: parse_pasted_results(text, SPACE),
        lambda n: f"units_1;objective\n1{',111' * n};1\n",
        10_000,
    ),
    "filter: conditions": (filter_trials, lambda n: "units_1>=32 " * n, 10),
    "filter: wrong names": (filter_trials, lambda n: "valdation RMS " * n + "< 1", 15),
    "filter: a long wrong value": (filter_trials, lambda n: "state=" + "n" * n, 200),
    "filter: brackets": (filter_trials, lambda n: "(" * n + "a" + ")" * n, 200),
    "filter: tokens": (split_tokens, lambda n: "(a=b)" * n, 3_000),
    "filter: quotation marks": (split_tokens, lambda n: '"' * n, 10_000),
    "filter: brackets in a value": (split_tokens, lambda n: "a=b" + "(c" * n, 10_000),
    "filter: too long": (filter_trials, lambda n: "a" * n + "=", 20_000),
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
