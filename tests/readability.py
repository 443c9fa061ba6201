"""Measure how densely the code is written (STYLE.md): `python -m tests.readability`."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("app", "worker")
TOP = 10  # how many of the largest files and functions are listed

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One module: where it lies, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """The lines of the file, without their line breaks."""
        return self.text.splitlines()

    @property
    def functions(self) -> list[Function]:
        """Every function and method of the file, nested ones included."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]


@dataclass(frozen=True)
class Density:
    """The figures of STYLE.md's table."""

    nodes_per_line: float
    tuple_assignments: float
    conditional_expressions: float
    one_word_names: float
    line_length: float


def read_sources(packages: tuple[str, ...] = PACKAGES) -> list[Source]:
    """Every module of these packages."""
    sources = []
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text()
            sources.append(Source(path.relative_to(ROOT), text, ast.parse(text)))
    return sources


def measure_density(sources: list[Source]) -> Density:
    """Measure how much stands on a line, over all sources together."""
    nodes_per_line = []
    one_word = []
    tuple_assignments = 0
    conditional_expressions = 0
    for source in sources:
        for node in ast.walk(source.tree):
            tuple_assignments += is_tuple_assignment(node)
            conditional_expressions += isinstance(node, ast.IfExp)
        for function in source.functions:
            one_word.append("_" not in function.name.strip("_"))
            nodes_per_line += measure_body(source, function)
    lines = [line for source in sources for line in source.lines]
    return Density(
        nodes_per_line=median(nodes_per_line),
        tuple_assignments=1000 * tuple_assignments / len(lines),
        conditional_expressions=1000 * conditional_expressions / len(lines),
        one_word_names=mean(one_word),
        line_length=mean(len(line) for line in lines if line.strip()),
    )


def measure_body(source: Source, function: Function) -> list[float]:
    """Syntax nodes on a line of the function's body, docstring, blank lines and comments left out.

    A list of one number, or of none where the body is nothing but a docstring.
    """
    body = [statement for statement in function.body if not is_docstring(statement)]
    if not body:
        return []
    nodes = 0
    for statement in body:
        nodes += sum(not isinstance(node, ast.expr_context) for node in ast.walk(statement))
    lines = source.lines[body[0].lineno - 1 : body[-1].end_lineno]
    code_lines = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    return [nodes / len(code_lines)]


def is_tuple_assignment(node: ast.AST) -> bool:
    """Whether this is `a, b = 1, 2`; unpacking a call is not, and neither is a swap."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple):
        return False
    targets = [target for target in node.targets if isinstance(target, ast.Tuple)]
    if not targets:
        return False
    left = sorted(ast.unparse(name) for name in targets[0].elts)
    right = sorted(ast.unparse(value) for value in node.value.elts)
    return left != right


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is nothing but a text."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def largest_files(sources: list[Source]) -> list[tuple[int, str]]:
    """The longest files with their lines."""
    lengths = [(len(source.lines), str(source.path)) for source in sources]
    return sorted(lengths, reverse=True)[:TOP]


def largest_functions(sources: list[Source]) -> list[tuple[int, str]]:
    """The longest functions with their lines."""
    lengths = []
    for source in sources:
        for function in source.functions:
            length = (function.end_lineno or 0) - function.lineno + 1
            lengths.append((length, f"{source.path}: {function.name}"))
    return sorted(lengths, reverse=True)[:TOP]


def layer_of(module: str) -> str:
    """The room a module belongs to, such as app/queue; app itself for what lies beside them."""
    parts = module.split(".")
    if parts[0] == "worker" or len(parts) == 1:
        return parts[0]
    is_room = (ROOT / "app" / parts[1]).is_dir()
    return f"app/{parts[1]}" if is_room else "app"


def imports_by_layer(sources: list[Source]) -> Counter[tuple[str, str]]:
    """How many import statements lead from one room to another."""
    counts: Counter[tuple[str, str]] = Counter()
    for source in sources:
        importer = layer_of(".".join(source.path.with_suffix("").parts))
        for module in imported_modules(source.tree):
            imported = layer_of(module)
            if imported != importer:
                counts[importer, imported] += 1
    return counts


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """The modules of this project that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] in PACKAGES:
                yield node.module
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in PACKAGES:
                    yield alias.name


def main() -> None:
    """Print every figure."""
    sources = read_sources()
    density = measure_density(sources)
    console = Console()
    table = Table("density", "Foretune", "aim")
    table.add_row(
        "syntax nodes on a line of a function's body, median",
        f"{density.nodes_per_line:.1f}",
        "≤ 5.5",
    )
    table.add_row("tuple assignments in 1,000 lines", f"{density.tuple_assignments:.1f}", "< 2")
    table.add_row(
        "conditional expressions in 1,000 lines", f"{density.conditional_expressions:.1f}", "< 8"
    )
    table.add_row("functions with a one-word name", f"{density.one_word_names:.0%}", "")
    table.add_row("mean length of a line", f"{density.line_length:.0f}", "")
    console.print(table)
    for title, rows in (
        ("largest files", largest_files(sources)),
        ("largest functions", largest_functions(sources)),
    ):
        table = Table(title, "lines")
        for length, name in rows:
            table.add_row(name, str(length))
        console.print(table)
    table = Table("imports from", "of", "statements")
    for (importer, imported), count in sorted(imports_by_layer(sources).items()):
        table.add_row(importer, imported, str(count))
    console.print(table)


if __name__ == "__main__":
    main()
