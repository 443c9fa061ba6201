"""Spellings of Keras 2 that mean the same in Keras 3 under another name."""

import ast
import re
from collections.abc import Collection

# Modules of layers that became one: `keras.layers.core`, `tensorflow.keras.layers.recurrent`, …
MODULE = re.compile(
    r"(?P<keras>keras|tensorflow\.keras|tensorflow\.python\.keras)"
    r"\.(?P<part>layers|optimizers)(?:\.[a-z_0-9]{1,40}){0,3}"
)
OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "RMSprop", "SGD")
NEW_NAMES = {
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    **{optimizer.lower(): optimizer for optimizer in OPTIMIZERS},
}
OLD_KEYWORDS = {"lr": "learning_rate"}


class Keras2Translator(ast.NodeTransformer):
    """Writes a program in the words of Keras 3.

    `own_names`: the functions of the program, whose arguments keep their names.
    """

    def __init__(self, own_names: Collection[str]) -> None:
        self._own_names = own_names

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """`from keras.layers.core import Dense`, `from keras.optimizers import adam`."""
        module = MODULE.fullmatch(node.module or "")
        if module is None:
            return node
        package = module["keras"].replace(".python", "")
        node.module = f"{package}.{module['part']}"
        for alias in node.names:
            if alias.name in NEW_NAMES:
                alias.asname = alias.asname or alias.name
                alias.name = NEW_NAMES[alias.name]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`keras.layers.CuDNNLSTM`, `optimizers.adam`."""
        self.generic_visit(node)
        owner = ast.unparse(node.value) if isinstance(node.value, ast.Name | ast.Attribute) else ""
        if node.attr in NEW_NAMES and owner.endswith(("layers", "optimizers")):
            node.attr = NEW_NAMES[node.attr]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`Adam(lr=0.01)`, `params["optimizer"](lr=0.01)`."""
        self.generic_visit(node)
        if self._calls_optimizer(node.func):
            for keyword in node.keywords:
                if keyword.arg in OLD_KEYWORDS:
                    keyword.arg = OLD_KEYWORDS[keyword.arg]
        return node

    def _calls_optimizer(self, function: ast.expr) -> bool:
        match function:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name in self._own_names:
                    return False
                return name in OPTIMIZERS or name in NEW_NAMES or "opt" in name.lower()
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                return "opt" in key.lower()
            case ast.Subscript(value=ast.Name(id=name)):
                return "opt" in name.lower()
        return False
