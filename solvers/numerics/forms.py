"""Forms, compiled as all forms of the package are."""

from __future__ import annotations

from typing import Any

from dolfinx.fem import form

# Kernels are straight arithmetic that nobody asks for NaN or errno: without these promises the C
# compiler calls the mathematics library for every max() and min().
JIT_OPTIONS: dict[str, Any] = {
    "timeout": 120,
    "cffi_extra_compile_args": [
        "-O3",
        "-fno-math-errno",
        "-fno-trapping-math",
        "-ffinite-math-only",
        "-fno-signed-zeros",
        "-fassociative-math",
    ],
}


def compiled(integral: Any) -> Any:
    """Return a UFL form compiled as all forms of the package are."""
    return form(integral, jit_options=JIT_OPTIONS)
