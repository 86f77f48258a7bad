"""C text of FFCx's kernels with a vector of lanes for every scalar that depends on the cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from ffcx.codegeneration import lnodes as L  # noqa: N812
from ffcx.codegeneration.C.formatter import Formatter, math_table

from lithode.solvers.numerics.vectorised.errors import NotVectorised

_COMPARISONS = (L.EQ, L.NE, L.LT, L.GT, L.LE, L.GE)
# Functions of which prelude.h has versions for vectors.
_FUNCTIONS = {"sqrt", "fabs", "exp", "log", "pow", "fmin", "fmax", "sin", "cos", "tan"}
_FUNCTIONS |= {"asin", "acos", "atan", "sinh", "cosh", "tanh"}

# Integer exponents up to this become products.
_LARGEST_PRODUCT = 8


def _is_number(dtype: Any) -> bool:
    return dtype in (L.DataType.SCALAR, L.DataType.REAL)


class VectorFormatter(Formatter):
    """Writes a kernel with the types of prelude.h: numbers are ``vec``, conditions ``mask``.

    Tables, weights and Constants are the same in all cells and stay ``double``; the compiler
    spreads them over the lanes where they meet a vector.
    """

    def __init__(self) -> None:
        super().__init__(np.float64)

    def _dtype_to_name(self, dtype: Any) -> str:
        if _is_number(dtype):
            return "vec"
        return "mask" if dtype == L.DataType.BOOL else str(super()._dtype_to_name(dtype))

    def _vector(self, node: Any) -> str:
        return f"VEC({self(node)})"

    def __call__(self, obj: Any) -> str:
        """Return C for a node of FFCx's syntax tree.

        Raises:
            NotVectorised: The node is of a kind that has no version for vectors.
        """
        match obj:
            case L.ArrayDecl():
                return self._array(obj)
            case L.VariableDecl() if obj.symbol.dtype == L.DataType.BOOL:
                return f"mask {self(obj.symbol)} = {self(obj.value)};\n"
            # Also where FFCx has an integer, as of a choice between 0 and 1.
            case L.VariableDecl():
                return f"vec {self(obj.symbol)} = {self._vector(obj.value)};\n"
            case L.Assign() | L.AssignAdd():
                return f"{self(obj.lhs)} {obj.op} {self._vector(obj.rhs)};\n"
            case L.Conditional():
                branches = f"{self._vector(obj.true)}, {self._vector(obj.false)}"
                return f"choose({self(obj.condition)}, {branches})"
            case L.And() | L.Or():
                return f"(({self(obj.lhs)}) {obj.op[0]} ({self(obj.rhs)}))"
            case L.Not():
                return f"(~({self(obj.arg)}))"
            case L.MathFunction():
                return self._function(obj)
        if isinstance(obj, _COMPARISONS):
            return f"({self._vector(obj.lhs)} {obj.op} {self._vector(obj.rhs)})"
        if isinstance(obj, L.AssignOp):
            raise NotVectorised(f"assignment by {obj.op}")
        return str(super().__call__(obj))

    def _array(self, array: Any) -> str:
        if array.const or not _is_number(array.symbol.dtype):
            # The text of the class above, but for the type of numbers.
            return str(super().__call__(array)).replace("static const vec", "static const double")
        if array.values is not None and np.any(array.values):
            raise NotVectorised("an array of numbers that is neither constant nor zero at first")
        sizes = "".join(f"[{size}]" for size in array.sizes)
        return f"vec {self(array.symbol)}{sizes} = {{{{0}}}};\n"

    def _function(self, call: Any) -> str:
        name = math_table["float64"].get(call.function, call.function)
        if name not in _FUNCTIONS:
            raise NotVectorised(f"the function {name}")
        # The C compiler makes products of such powers of numbers, but not of vectors.
        if name == "pow" and isinstance(call.args[1], L.LiteralFloat | L.LiteralInt):
            exponent = float(call.args[1].value.real)
            if exponent.is_integer() and 1 <= abs(exponent) <= _LARGEST_PRODUCT:
                return f"vec_power({self._vector(call.args[0])}, {int(exponent)})"
        return f"vec_{name}({', '.join(self._vector(argument) for argument in call.args)})"
