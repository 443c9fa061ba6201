"""Short texts for values that are no plain ones (a class, a list, a layer), as a form shows them.

They are the program's own text without blanks; commas and semicolons stand only in brackets, so
that a form can list the values with commas. Long ones are shortened in the middle.
"""

import ast
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from copy import deepcopy

MAX_LABEL_LENGTH = 60
ELLIPSIS = "…"
SHOWN_START = 20  # characters of a shortened text before its middle
SHOWN_AROUND = 6  # characters before the first that differs from another text
BRACKETS = {")": "(", "]": "[", "}": "{"}
SPACES_BESIDE_SIGNS = re.compile(r"(?<=[,:=+*/<>-]) | (?=[=+*/<>-])")
SEPARATORS = re.compile(r"[,;\s]")


def label_options(nodes: Sequence[ast.expr], taken: Collection[str] = ()) -> list[str]:
    """A text for each of several values, no two of them the same and none of them taken."""
    texts = [_to_word(node) for node in nodes]
    labels: list[str] = []
    used = set(taken)
    n_uses: Counter[str] = Counter(taken)
    for text in _shorten_long_ones(texts):
        label = text
        while label in used:
            n_uses[text] += 1
            label = f"{text}_{n_uses[text]}"
        used.add(label)
        n_uses[text] = max(n_uses[text], 1)
        labels.append(label)
    return labels


def _to_word(node: ast.expr) -> str:
    """The text of an expression as one word."""
    if isinstance(node, ast.Dict):
        text = _describe_dictionary(node) or "{}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value or "''"
    else:
        text = ast.unparse(_DrawNamer().visit(deepcopy(node)))
    text = SPACES_BESIDE_SIGNS.sub("", text)
    text = re.sub(r"[\s;]+", "_", text)
    if not _is_one_word(text):
        return re.sub(r"[,;\s]+", "_", text)
    return text


def _describe_dictionary(node: ast.Dict) -> str:
    """The values of a dictionary, such as `count=2+second=4`; draws are parameters of their own."""
    items = []
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and not _has_draws(value):
            text = value.value if isinstance(value, ast.Constant) else ast.unparse(value)
            items.append(f"{key.value!s}={text!s}")
    if not items and node.keys:
        names = [str(key.value) for key in node.keys if isinstance(key, ast.Constant)]
        return "+".join(names)
    return "+".join(items)


def _has_draws(node: ast.expr) -> bool:
    return any(_label_of_draw(part) for part in ast.walk(node))


def _label_of_draw(node: ast.AST) -> str:
    """The label of `hp.choice("units", …)`; empty for any other node."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="hp")), args=[ast.Constant(value=str(label)), *_]
        ):
            return label
    return ""


class _DrawNamer(ast.NodeTransformer):
    """Writes a draw as its label: it is a parameter of its own."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace a draw."""
        label = _label_of_draw(node)
        if label:
            return ast.Name(label, ast.Load())
        return self.generic_visit(node)


def _is_one_word(text: str) -> bool:
    """Whether every separator in a text stands in brackets that are closed."""
    open_brackets: list[str] = []
    for character in text:
        if character in BRACKETS.values():
            open_brackets.append(character)
        elif character in BRACKETS:
            if not open_brackets or open_brackets.pop() != BRACKETS[character]:
                return False
        elif SEPARATORS.match(character) and not open_brackets:
            return False
    return not open_brackets


def _shorten_long_ones(texts: Sequence[str]) -> list[str]:
    """Texts of at most MAX_LABEL_LENGTH that show where those that begin and end alike differ."""
    ordered = sorted(texts)
    n_alike = Counter(map(_cut_middle, set(texts)))
    shortened = []
    for text in texts:
        label = text
        if len(text) > MAX_LABEL_LENGTH:
            label = _cut_middle(text)
            if n_alike[label] > 1:
                label = _show_difference(text, ordered)
            label = re.sub(r"[,;]", "_", label)
        shortened.append(label)
    return shortened


def _cut_middle(text: str) -> str:
    if len(text) <= MAX_LABEL_LENGTH:
        return text
    n_end = MAX_LABEL_LENGTH - SHOWN_START - len(ELLIPSIS)
    return f"{text[:SHOWN_START]}{ELLIPSIS}{text[-n_end:]}"


def _show_difference(text: str, ordered: Sequence[str]) -> str:
    """A text with the part that its neighbours in alphabetical order do not share."""
    position = bisect_left(ordered, text)
    neighbours = [*ordered[max(position - 1, 0) : position], *ordered[position + 1 : position + 2]]
    differences = [_count_shared(text, neighbour) for neighbour in neighbours]
    middle = max(max(differences) - SHOWN_AROUND, SHOWN_START)
    n_shown = MAX_LABEL_LENGTH - SHOWN_START - 2 * len(ELLIPSIS)
    return f"{text[:SHOWN_START]}{ELLIPSIS}{text[middle : middle + n_shown]}{ELLIPSIS}"


def _count_shared(text: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    for position, (character, other_character) in enumerate(zip(text, other, strict=False)):
        if character != other_character:
            return position
    return min(len(text), len(other))
