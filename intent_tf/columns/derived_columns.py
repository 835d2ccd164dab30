"""Number columns computed from others, written as expressions, in the graph."""

import ast
import functools
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import keras
import tensorflow as tf

from intent_tf.errors import InputError
from intent_tf.nearest import nearest
from intent_tf.text.configured import Configured

Compute = Callable[[Mapping[str, tf.Tensor]], tf.Tensor]
"""Computes an expression from the columns by name, float32 ``(batch,)`` each."""


def _divide(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Divide; what is divided by zero is missing, not infinite."""
    return tf.where(tf.equal(y, 0.0), float("nan"), x / y)


_OPERATORS: dict[type[ast.AST], Callable[..., tf.Tensor]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.USub: operator.neg,
    ast.UAdd: tf.identity,
}
_OF_ONE: dict[str, Callable[..., tf.Tensor]] = {"abs": tf.abs, "log1p": tf.math.log1p}
_OF_SEVERAL: dict[str, Callable[..., tf.Tensor]] = {"max": tf.maximum, "min": tf.minimum}
_GRAMMAR = "numbers, columns, + - * /, parentheses, abs(x), log1p(x), max(x, y, ...) and min(x, y, ...)"


@keras.saving.register_keras_serializable(package="intent_tf")
class DerivedColumns(Configured, keras.layers.Layer):
    """Computes number columns from the raw ones by expressions such as ``seconds / pages``.

    Ratios and products of its inputs are hard to learn for a network, as they are for trees; who knows the
    shop can simply name them. The expressions become operations of the graph, so training and serving cannot
    compute them differently. They are parsed and never executed: a configuration file cannot run code.

    An expression holds numbers, names of columns (in backticks where they are no Python names, such as
    "`pages seen` + 1"), ``+ - * /``, parentheses, ``abs(x)``, ``log1p(x)``, ``max(x, y, ...)`` and
    ``min(x, y, ...)``. It may use the derived columns before it. What is divided by zero is missing, and so
    is all that is computed from a missing number.

    Args:
        expressions: The expression of each derived column by its name, in the order of the output.
        columns: Names of the raw number columns that expressions may use.
        **kwargs: Those of every Keras layer, such as ``name``.

    Shapes: a mapping with ``(batch,)`` numbers of each of ``columns``, to float32 ``(batch, expressions)``;
        NaN means missing in both.

    Raises:
        InputError: If an expression cannot be read, or uses a column or a function that there is not, or if
            a derived column has the name of another column.

    Example:
        >>> import numpy as np
        >>> layer = DerivedColumns({"pace": "seconds / pages"}, columns=["seconds", "pages"])
        >>> layer({"seconds": np.array([90.0, 5.0]), "pages": np.array([3.0, 0.0])}).numpy().tolist()
        [[30.0], [nan]]
    """

    def __init__(self, expressions: Mapping[str, str], columns: Iterable[str], **kwargs: Any) -> None:
        # Raw numbers must not be rounded to half precision on their way in.
        super().__init__(autocast=False, **kwargs)
        self.expressions = dict(expressions)
        self.columns = tuple(columns)
        earlier, computations = list(self.columns), []
        for name, text in self.expressions.items():
            if name in earlier:
                raise InputError("the derived column has the name of another column", column=name)
            computations.append(_Compiler(name, text, earlier).compute)
            earlier.append(name)
        self._computations = tuple(computations)

    def call(self, inputs: Mapping[str, Any]) -> tf.Tensor:
        """Compute the derived columns, float32 ``(batch, expressions)``."""
        values = {name: tf.cast(inputs[name], tf.float32) for name in self.columns}
        for name, compute in zip(self.expressions, self._computations, strict=True):
            values[name] = compute(values)
        return tf.stack([values[name] for name in self.expressions], axis=1)

    def compute_output_shape(self, input_shape: Mapping[str, tuple[int | None, ...]]) -> tuple[Any, int]:
        """Batch, expressions."""
        return (input_shape[self.columns[0]][0], len(self.expressions))


class _Compiler:
    """Turns one expression into a function of the columns, and says what is wrong with it."""

    def __init__(self, name: str, text: str, columns: Collection[str]) -> None:
        self.name = name
        self.text = text
        self.columns = columns
        # Python's parser takes no backticks: quoted names stand in for themselves as plain ones.
        self.quoted: dict[str, str] = {}
        plain = re.sub("`([^`]+)`", self._quote, " ".join(str(text).split()))
        try:
            tree = ast.parse(plain, mode="eval")
        except (SyntaxError, ValueError):
            raise self._error(
                "cannot be read",
                expected=_GRAMMAR,
                remedy="put names with spaces or signs in backticks",
            ) from None
        self.compute = self._compile(tree.body)
        if not any(isinstance(node, ast.Name) and self._column(node) in columns for node in ast.walk(tree)):
            raise self._error("uses no column", expected="at least one of " + ", ".join(columns))

    def _quote(self, match: re.Match[str]) -> str:
        word = f"_quoted_{len(self.quoted)}_"
        self.quoted[word] = match[1]
        return word

    def _column(self, node: ast.Name) -> str:
        return self.quoted.get(node.id, node.id)

    def _compile(self, node: ast.AST) -> Compute:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return lambda columns: tf.constant(number, tf.float32)
            case ast.Name():
                return self._look_up(self._column(node))
            case ast.UnaryOp(op=sign, operand=x) if type(sign) in _OPERATORS:
                return self._apply(_OPERATORS[type(sign)], x)
            case ast.BinOp(left=x, op=sign, right=y) if type(sign) in _OPERATORS:
                return self._apply(_OPERATORS[type(sign)], x, y)
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                return self._call(function, arguments)
        raise self._error(f"holds {ast.unparse(node)!r}", expected=_GRAMMAR)

    def _look_up(self, column: str) -> Compute:
        if column not in self.columns:
            raise self._error(
                f"uses {column!r}, which is no number column{nearest(column, self.columns)}",
                expected=", ".join(self.columns),
            )
        return lambda columns: columns[column]

    def _call(self, function: str, arguments: list[ast.expr]) -> Compute:
        if function in _OF_ONE and len(arguments) == 1:
            return self._apply(_OF_ONE[function], *arguments)
        if function in _OF_SEVERAL and len(arguments) > 1:
            return self._apply(lambda *values: functools.reduce(_OF_SEVERAL[function], values), *arguments)
        if function in _OF_ONE or function in _OF_SEVERAL:
            count = "one argument" if function in _OF_ONE else "two or more arguments"
            raise self._error(f"gives {len(arguments)} to {function}()", expected=count)
        functions = (*_OF_ONE, *_OF_SEVERAL)
        raise self._error(
            f"calls {function!r}, which is no function here{nearest(function, functions)}",
            expected=", ".join(functions),
        )

    def _apply(self, function: Callable[..., tf.Tensor], *arguments: ast.AST) -> Compute:
        computations = [self._compile(argument) for argument in arguments]
        return lambda columns: function(*(compute(columns) for compute in computations))

    def _error(self, found: str, expected: str, remedy: str | None = None) -> InputError:
        return InputError(
            f"the expression {self.text!r} {found}", column=self.name, expected=expected, remedy=remedy
        )
