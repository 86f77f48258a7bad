"""How blocks assemble: by DOLFINx, or for several cells at a time where that can be."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

from dolfinx.fem import DirichletBC, Form

from lithode.solvers.numerics.vectorised.errors import NotVectorised
from lithode.solvers.numerics.vectorised.kernels import Kernels
from lithode.solvers.numerics.vectorised.matrices import MatrixAssembler
from lithode.solvers.numerics.vectorised.vectors import Lifting, VectorAssembler

logger = logging.getLogger(__name__)

Assembly = Literal["dolfinx", "vectorised"]

T = TypeVar("T")


def vectorised_if_possible(prefix: str, make: Callable[[], T]) -> T | None:
    """Return what is made, or None if DOLFINx must do its work, which the log says; collective."""
    try:
        return make()
    except NotVectorised as reason:
        logger.warning("%s: assembled by DOLFINx, because of %s", prefix.rstrip("_"), reason)
        return None


class VectorisedProblem:
    """Matrix and vector of one unknown.

    Args:
        matrix_form: Bilinear form.
        vector_form: Linear form.
        compiled: The two, compiled by DOLFINx.
        matrix: PETSc matrix of the bilinear form.
        bcs: Dirichlet conditions.
        options: Of the C compiler.

    Raises:
        NotVectorised: One of them has no version for vectors.
    """

    def __init__(
        self,
        matrix_form: Any,
        vector_form: Any,
        compiled: tuple[Form[Any], Form[Any]],
        matrix: Any,
        bcs: Sequence[DirichletBC[Any]],
        options: Sequence[str],
    ) -> None:
        kernels = Kernels(matrix_form, compiled[0], options)
        self._vector = VectorAssembler(Kernels(vector_form, compiled[1], options))
        self._matrix = MatrixAssembler(kernels, compiled[0], matrix, bcs)
        self._lifting = Lifting(kernels, bcs)

    def matrix(self) -> None:
        """Assemble the matrix."""
        self._matrix.assemble()

    def vector(self, vector: Any, *, lifted: bool = False) -> None:
        """Set the local part of a ghosted PETSc vector, less what prescribed values contribute."""
        with vector.localForm() as local:
            local.set(0.0)
            self._vector.add_to(local.array)
            if lifted:
                self._lifting.apply_to(local.array)
