"""Forms, compiled as all forms of the package are."""

from __future__ import annotations

from typing import Any

import numpy as np
import ufl
from dolfinx.fem import Form, IntegralType, form, form_cpp_class
from dolfinx.fem.forms import get_integration_domains

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


# Of forms on this many ranks, by signature.
_KERNELS: dict[tuple[str, int], tuple[Any, Any]] = {}


def compiled(integral: Any) -> Any:
    """Return a UFL form, or forms in lists, compiled as all of the package are; collective.

    DOLFINx looks for its kernels on disk, in a folder that grows with use, each time a form is
    made. A model on a new mesh has the forms of the one before, so they are remembered.
    """
    if isinstance(integral, list | tuple):
        return [compiled(part) for part in integral]
    if not isinstance(integral, ufl.Form):
        return form(integral, jit_options=JIT_OPTIONS)
    (domain,) = integral.subdomain_data()
    key = integral.signature(), domain.ufl_cargo().comm.size
    if key in _KERNELS:
        return _on(domain, integral, *_KERNELS[key])
    found = form(integral, jit_options=JIT_OPTIONS)
    _KERNELS[key] = found.ufcx_form, found.module
    return found


def _on(domain: Any, integral: Any, ufcx: Any, module: Any) -> Form[Any]:
    """Return a form of known kernels with the mesh and the functions of an integral."""
    coefficients = integral.coefficients()
    used = ufcx.original_coefficient_positions
    marked = integral.subdomain_data()[domain]
    places = {}
    for kind in IntegralType:
        if kind.name in marked:
            first, end = ufcx.form_integral_offsets[kind.value : kind.value + 2]
            numbers = [ufcx.form_integral_ids[k] for k in range(first, end)]
            places[kind] = get_integration_domains(kind, marked[kind.name][0], numbers)
    made = form_cpp_class(np.float64)(
        [int(module.ffi.cast("uintptr_t", module.ffi.addressof(ufcx)))],
        [argument.ufl_function_space()._cpp_object for argument in integral.arguments()],
        [coefficients[used[k]]._cpp_object for k in range(ufcx.num_coefficients)],
        [constant._cpp_object for constant in integral.constants()],
        places,
        [],
        domain.ufl_cargo(),
    )
    return Form(made, ufcx, None, module)
