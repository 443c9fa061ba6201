"""How many values an expression may make."""

import ast
from dataclasses import dataclass

from app.domain.literals.values import cannot_be_read

MAX_VALUES = 10_000  # that one expression stands for, those in lists of lists included


@dataclass
class Budget:
    """How many values may still be made. They are counted before they are made."""

    values_left: int = MAX_VALUES

    def spend(self, node: ast.AST, n_values: int) -> None:
        """Count values. Raises LiteralError where they are too many."""
        if n_values > self.values_left:
            raise cannot_be_read(node)
        self.values_left -= n_values
