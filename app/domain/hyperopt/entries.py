"""The entries of a search space's JSON that nodes of hyperopt code describe."""

import math
from collections.abc import Mapping

from app.domain.hyperopt.names import resolve_value
from app.domain.hyperopt.nodes import ChoiceNode, ConstantNode, HyperoptError, Node, RangeNode
from app.domain.search_space.catalogue import Hyperparameter, Value

Entry = Mapping[str, object]  # of a space's JSON, without its condition


def convert_node(row: Hyperparameter, node: Node) -> Entry:
    """The entry of a hyperparameter that a node describes. Raises HyperoptError."""
    if isinstance(node, ConstantNode):
        value = resolve_value(row, node.value)
        return {"fixed": value}
    if isinstance(node, RangeNode):
        _refuse_bounds_without_logarithm(row, node)
        return _convert_range(row, node)
    if isinstance(node, ChoiceNode):
        choices = [_convert_option(row, option) for option in node.options]
        return {"choice": choices}
    raise HyperoptError(
        node.position,
        f'A list alone is not a choice: write hp.choice("{row.name}", […]).',
    )


def _refuse_bounds_without_logarithm(row: Hyperparameter, node: RangeNode) -> None:
    """Refuse hp.loguniform("lr", 0.0001, 0.01), whose bounds are e**0.0001 and e**0.01."""
    correction = node.correction
    if correction is None:
        return
    low, high = row.written_bounds or (row.low, row.high)
    is_possible = low <= node.low and node.high <= high
    if is_possible and not correction.is_likely:
        return
    raise HyperoptError(node.position, correction.reason(node.low, node.high), correction)


def listed_values(entry: Entry) -> tuple[Value, ...]:
    """The values of a choice or a fixed entry; empty for a range."""
    values: object = ()
    if "choice" in entry:
        values = entry["choice"]
    elif "fixed" in entry:
        values = [entry["fixed"]]
    assert isinstance(values, list | tuple)
    return tuple(values)


def are_equivalent(left: Entry, right: Entry) -> bool:
    """Whether two entries allow the same values, in whatever order."""
    left_values = listed_values(left)
    right_values = listed_values(right)
    if left_values and right_values:
        return set(left_values) == set(right_values)
    return left == right


def _convert_option(row: Hyperparameter, option: Node) -> Value:
    if not isinstance(option, ConstantNode):
        raise HyperoptError(
            option.position,
            f"The values of {row.name} must be plain, like 16 or 'adam'.",
        )
    return resolve_value(row, option.value)


def _convert_range(row: Hyperparameter, node: RangeNode) -> Entry:
    low = node.low
    high = node.high
    if row.kind == "integer" and node.step is None:
        low = math.ceil(low)
        high = math.floor(high)
    if low == high:
        return {"fixed": low}
    kind = "uniform"
    if node.log:
        kind = "loguniform"
    elif row.kind == "integer":
        kind = "integer"
    entry: dict[str, object] = {kind: [low, high]}
    if node.step is not None:
        entry["step"] = node.step
    return entry
