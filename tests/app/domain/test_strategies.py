"""What strategies and prunings declare, and that all other code asks for a capability."""

import ast
import re
from pathlib import Path

import pytest

from app.domain.pruning import PRUNINGS
from app.domain.strategies import STRATEGIES, strategy_info
from worker.strategies import STRATEGY_CLASSES

ROOT = Path(__file__).resolve().parents[3]
NAMES = {*STRATEGIES, *PRUNINGS}
COMPARISON_IN_TEMPLATE = re.compile(r"(strategy|pruning)\w*\s*(==|!=|in)\s*[(\[\"']")


def python_sources() -> list[Path]:
    return sorted(path for room in ("app", "worker") for path in (ROOT / room).rglob("*.py"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def compared_names(comparison: ast.Compare) -> set[str]:
    """The strategies and prunings a comparison names, when a strategy or a pruning is compared."""
    if not re.search("strateg|pruning", ast.unparse(comparison)):
        return set()
    constants = [node for node in ast.walk(comparison) if isinstance(node, ast.Constant)]
    return {node.value for node in constants if node.value in NAMES}


@pytest.mark.parametrize("path", python_sources(), ids=relative)
def test_no_code_compares_with_the_name_of_a_strategy_or_a_pruning(path):
    tree = ast.parse(path.read_text())

    comparisons = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]

    wrong = [ast.unparse(node) for node in comparisons if compared_names(node)]
    assert wrong == [], f"{relative(path)}: declare a capability and ask for it"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=relative)
def test_no_template_compares_with_the_name_of_a_strategy_or_a_pruning(path):
    assert COMPARISON_IN_TEMPLATE.search(path.read_text()) is None


def test_a_comparison_with_a_name_would_be_noticed():
    comparisons = {
        'experiment.strategy == "manual"': {"manual"},
        'pruning in ("none", "median")': {"none", "median"},
        'values.get("strategy") != "reduction"': {"reduction"},
        'fetch_site == "none"': set(),
    }

    noticed = {text: compared_names(ast.parse(text, mode="eval").body) for text in comparisons}

    assert noticed == comparisons


def test_the_declared_strategies_are_those_of_the_worker():
    assert set(STRATEGIES) == set(STRATEGY_CLASSES)


def test_only_strategies_that_learn_nothing_fill_the_queue_ahead():
    ahead = {name for name, info in STRATEGIES.items() if info.queue_ahead > 1}

    assert ahead == {"manual", "grid", "random", "hyperopt-random"}


def test_auto_and_unknown_strategies_have_no_special_needs():
    for name in ("auto", "no such strategy", ""):
        info = strategy_info(name)

        assert not info.needs_points
        assert not info.enumerates_space
        assert not info.shrinks_space
        assert info.queue_ahead == 1
