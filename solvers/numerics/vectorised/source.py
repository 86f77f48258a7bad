"""C source of a form: FFCx's kernels, each inlined into loops over batches of entities."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import ffcx.options
import numpy as np
from ffcx.analysis import analyze_ufl_objects
from ffcx.codegeneration.backend import FFCXBackend
from ffcx.codegeneration.common import integral_data
from ffcx.ir.representation import compute_ir

from lithode.solvers.numerics.vectorised.errors import NotVectorised
from lithode.solvers.numerics.vectorised.formatter import VectorFormatter
from lithode.solvers.numerics.vectorised.slices import Slicer
from lithode.solvers.numerics.vectorised.sums import SummingGenerator

# Kinds of integrals in the order in which a compiled form has them.
KINDS = ("cell", "exterior_facet", "interior_facet", "vertex", "ridge")

_KERNEL = """
INLINE void kernel_{name}(vec* restrict A, const vec* restrict w, const double* restrict c,
                          const vec* restrict coordinate_dofs, int32_t local)
{{
const int32_t entity_local_index[1] = {{local}};
(void)entity_local_index;
{body}
}}

static NOINLINE int evaluate_{name}(vec* restrict A, int32_t* cell, const struct entities* e,
                                 const struct data* d, int64_t first)
{{
  vec w[{width}], points[{points}];
  int lanes = batch(cell, e, first);
  gather_points(points, e, cell, {vertices});
{gathers}
  for (int k = 0; k < {size}; ++k)
    A[k] = (vec){{0}};
  kernel_{name}(A, w, d->constants, points, e->local);
  return lanes;
}}
"""

# What a solve keeps of each batch of entities, and what it computes with that.
_KEPT = """
static NOINLINE void keep_{name}(vec* restrict kept, const struct entities* e,
                                 const struct data* d, int64_t first)
{{
  vec w[{width}], coordinate_dofs[{points}];
  const double* restrict c = d->constants;
  const int32_t entity_local_index[1] = {{e->local}};
  int32_t cell[LANES];
  batch(cell, e, first);
  gather_points(coordinate_dofs, e, cell, {vertices});
{staying}
  (void)entity_local_index;
  (void)c;
{keeping}
}}

EXPORT void keep_values_{name}(const struct entities* e, const struct data* d, double* values)
{{
  for (int64_t first = 0; first < e->count; first += LANES)
  {{
    vec kept[{slots}];
    keep_{name}(kept, e, d, first);
    memcpy(values + first * {slots}, kept, sizeof kept);
  }}
}}

static NOINLINE int use_{name}(vec* restrict A, int32_t* cell, const struct entities* e,
                               const struct data* d, int64_t first, const loose* restrict kept)
{{
  vec w[{width}];
  const double* restrict c = d->constants;
  const int32_t entity_local_index[1] = {{e->local}};
  int lanes = batch(cell, e, first);
{changing}
  (void)entity_local_index;
  (void)c;
  for (int k = 0; k < {size}; ++k)
    A[k] = (vec){{0}};
{using}
  return lanes;
}}

EXPORT int64_t slots_{name}(void) {{ return {slots}; }}
"""

_VECTOR = """
EXPORT void add_to_vector_{name}(const struct entities* e, const struct data* d,
                                 const int32_t* restrict rows, double* restrict b,
                                 const double* kept)
{{
  for (int64_t first = 0; first < e->count; first += LANES)
  {{
    vec A[{size}];
    int32_t cell[LANES];
    int lanes = {compute};
    for (int l = 0; l < lanes; ++l)
      for (int i = 0; i < {nodes}; ++i)
      {{
        double* at = b + (int64_t){block} * rows[(int64_t)cell[l] * {nodes} + i];
        for (int k = 0; k < {block}; ++k)
          at[k] += A[i * {block} + k][l];
      }}
  }}
}}
"""

# Positions are those of blocks stored by columns, or of entries of a row and a node.
_MATRIX = """
EXPORT void add_entries_{name}(const struct entities* e, const struct data* d,
                               const int32_t* restrict positions, double* restrict values)
{{
  for (int64_t first = 0; first < e->count; first += LANES)
  {{
    vec A[{size}];
    int32_t cell[LANES];
    int lanes = evaluate_{name}(A, cell, e, d, first);
    for (int l = 0; l < lanes; ++l)
    {{
      const int32_t* at = positions + (first + l) * {rows} * {height} * {columns};
      for (int i = 0; i < {rows} * {height}; ++i)
        for (int j = 0; j < {columns}; ++j)
          for (int b = 0; b < {breadth}; ++b)
            values[at[i * {columns} + j] + b] += A[(i * {columns} + j) * {breadth} + b][l];
    }}
  }}
}}

EXPORT void add_blocks_{name}(const struct entities* e, const struct data* d,
                              const int32_t* restrict positions, double* restrict values)
{{
  for (int64_t first = 0; first < e->count; first += LANES)
  {{
    vec A[{size}];
    int32_t cell[LANES];
    int lanes = evaluate_{name}(A, cell, e, d, first);
    for (int l = 0; l < lanes; ++l)
    {{
      const int32_t* at = positions + (first + l) * {rows} * {columns};
      for (int i = 0; i < {rows}; ++i)
        for (int j = 0; j < {columns}; ++j)
          for (int b = 0; b < {breadth}; ++b)
            for (int a = 0; a < {height}; ++a)
              values[at[i * {columns} + j] + b * {height} + a]
                += A[(i * {height} + a) * {columns} * {breadth} + j * {breadth} + b][l];
    }}
  }}
}}

/* Subtracts the columns of prescribed values g, times these, from the right-hand side b. */
EXPORT void lift_{name}(const struct entities* e, const struct data* d,
                        const int32_t* restrict rows, const int32_t* restrict columns,
                        const double* restrict g, double* restrict b)
{{
  for (int64_t first = 0; first < e->count; first += LANES)
  {{
    vec A[{size}], prescribed[{columns} * {breadth}];
    int32_t cell[LANES];
    int lanes = evaluate_{name}(A, cell, e, d, first);
    gather(prescribed, g, columns, cell, {columns}, {breadth});
    for (int i = 0; i < {rows}; ++i)
      for (int a = 0; a < {height}; ++a)
      {{
        vec sum = {{0}};
        for (int j = 0; j < {columns} * {breadth}; ++j)
          sum += A[(i * {height} + a) * {columns} * {breadth} + j] * prescribed[j];
        for (int l = 0; l < lanes; ++l)
          b[(int64_t){height} * rows[(int64_t)cell[l] * {rows} + i] + a] -= sum[l];
      }}
  }}
}}
"""


@dataclass(frozen=True)
class Layout:
    """Dofs of a cell: nodes with a block each."""

    nodes: int
    block: int

    @classmethod
    def of(cls, element: Any) -> Layout:
        """Return the layout of a space with this UFL element."""
        return cls(element.dim // element.block_size, element.block_size)


def c_source(form: Any, changing: Collection[int] | None = None) -> str:
    """Return the C source of all integrals of a linear or bilinear UFL form.

    The functions of an integral end in its kind and its number among those of that kind in the
    compiled form (``add_to_vector_cell_0``).

    Args:
        form: UFL form.
        changing: Coefficients of the compiled form that change while a solve iterates; what the
            others give is computed once. None computes everything each time.

    Raises:
        NotVectorised: There is no version of this form for vectors.
    """
    options = ffcx.options.get_options({"scalar_type": np.float64})
    analysis = analyze_ufl_objects([form], np.float64)
    ir = compute_ir(analysis, {}, "vectorised", options, False)
    integrals = {integral.expression.name: integral for integral in ir.integrals}
    found = integral_data(ir.forms[0])
    parts = [files(__package__).joinpath("prelude.h").read_text()]
    for kind, start, stop in zip(KINDS, found.offsets, found.offsets[1:], strict=False):
        for k in range(start, stop):
            if kind not in ("cell", "exterior_facet"):
                raise NotVectorised(f"an integral of kind {kind}")
            (cell,) = found.domains[k]
            parts.append(
                _integral(
                    integrals[found.names[k]], cell, options, f"{kind}_{k - start}", form, changing
                )
            )
    return "\n".join(parts)


def _integral(
    ir: Any, cell: Any, options: Any, name: str, form: Any, changing: Collection[int] | None
) -> str:
    expression = ir.expression
    if expression.needs_facet_permutations:
        raise NotVectorised("facet permutations")
    tree = SummingGenerator(ir, FFCXBackend(ir, options)).generate(cell)
    offsets = expression.coefficient_offsets
    width, gathers, changes = 1, {}, {}
    for coefficient, offset in offsets.items():
        layout = Layout.of(coefficient.ufl_element())
        width = max(width, offset + layout.nodes * layout.block)
        number = expression.coefficient_numbering[coefficient]
        if ir.enabled_coefficients[number]:
            gathers[number] = (
                f"  gather(w + {offset}, d->values[{number}], d->dofs[{number}], cell, "
                f"{layout.nodes}, {layout.block});"
            )
            for k in range(offset, offset + layout.nodes * layout.block):
                changes[k] = changing is not None and number in changing
    arguments = [Layout.of(a.ufl_function_space().ufl_element()) for a in form.arguments()]
    vertices = Layout.of(form.ufl_domain().ufl_coordinate_element()).nodes
    size = int(np.prod(expression.tensor_shape))
    sizes = {
        "name": name,
        "width": width,
        "points": 3 * vertices,
        "vertices": vertices,
        "size": size,
    }
    if changing is not None and len(arguments) == 1:
        slices = Slicer(changes.__getitem__, VectorFormatter())(tree)
        text = _KEPT.format(
            **sizes,
            keeping=slices.keeping,
            using=slices.using,
            slots=max(1, slices.slots),
            staying="\n".join(text for k, text in gathers.items() if k not in changing),
            changing="\n".join(text for k, text in gathers.items() if k in changing),
        )
        compute = f"use_{name}(A, cell, e, d, first, (const loose*)(kept + first * slots_{name}()))"
    else:
        text = _KERNEL.format(
            **sizes, body=VectorFormatter()(tree), gathers="\n".join(gathers.values())
        )
        compute = f"evaluate_{name}(A, cell, e, d, first)"
    match arguments:
        case [test]:
            return text + _VECTOR.format(
                name=name, size=size, nodes=test.nodes, block=test.block, compute=compute
            )
        case [test, trial]:
            return text + _MATRIX.format(
                name=name,
                size=size,
                rows=test.nodes,
                height=test.block,
                columns=trial.nodes,
                breadth=trial.block,
            )
    raise NotVectorised(f"a form of {len(arguments)} arguments")
