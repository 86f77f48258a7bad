"""Element tensors of simplices: what is the same at all quadrature points is multiplied once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from ffcx.codegeneration import lnodes
from ffcx.codegeneration.definitions import create_quadrature_index
from ffcx.codegeneration.integral_generator import IntegralGenerator
from ffcx.ir.representationutils import QuadratureRule

L: Any = lnodes  # untyped

# More dofs are left to FFCx's loops: statements of each entry would fill pages.
_MOST_DOFS = 4


@dataclass
class _Parts:
    """Statements before, in and after a quadrature loop."""

    before: list[Any] = field(default_factory=list)
    inside: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class _Side:
    """A test or trial function: its table, the entries of its dofs, the side of a facet."""

    table: Any
    entries: Sequence[int]
    restriction: Any

    @property
    def varies(self) -> bool:
        """Whether it differs from point to point."""
        return self.table.ttype != "ones" and not self.table.is_piecewise


class SummingGenerator(IntegralGenerator):  # type: ignore[misc, unused-ignore]
    """FFCx's generator of kernels, with another way to add up the element tensor.

    Gradients of linear functions are the same at all points of a cell, so that coefficients are
    summed over the points before they meet the gradients, most of whose entries are 0, 1 or -1.
    """

    def generate_quadrature_loop(self, quadrature_rule: QuadratureRule, domain: Any) -> list[Any]:
        """Return the statements of a quadrature rule."""
        blocks = self.ir.expression.integrand[(domain, quadrature_rule)]["block_contributions"]
        if any(len(dofs) > _MOST_DOFS for blockmap in blocks for dofs in blockmap):
            found: list[Any] = super().generate_quadrature_loop(quadrature_rule, domain)
            return found
        definitions, statements = self.generate_varying_partition(quadrature_rule, domain)
        index: Any = create_quadrature_index  # untyped
        iq = index(quadrature_rule, self.backend.symbols.quadrature_loop_index)
        sums = _Sums(self, quadrature_rule, domain, iq)
        for blockmap, contributions in sorted(blocks.items()):
            for block in contributions:
                sums.add(blockmap, block)
        parts = sums.parts()
        body = [*definitions, *statements, *parts.inside]
        return [*parts.before, L.create_nested_for_loops([iq], body), *parts.after]


class _Sums:
    """The element tensor of one quadrature rule."""

    def __init__(self, generator: Any, rule: QuadratureRule, domain: Any, iq: Any) -> None:
        self._generator, self._rule, self._domain, self._iq = generator, rule, domain, iq
        self._expression = generator.ir.expression
        self._graph = self._expression.integrand[(domain, rule)]["factorization"]
        self._shape = self._expression.tensor_shape
        named: Any = rule  # untyped
        self._name = named.id()
        self._tensor = generator.backend.symbols.element_tensor
        self._parts = _Parts()
        self._factors: dict[int, Any] = {}
        self._known: dict[Any, Any] = {}
        self._after: dict[int, list[Any]] = defaultdict(list)

    def parts(self) -> _Parts:
        """Return all statements."""
        for entry, terms in sorted(self._after.items()):
            place = self._tensor[L.LiteralInt(entry)]
            self._parts.after += [L.AssignAdd(place, term) for term in terms]
        return self._parts

    def add(self, blockmap: Any, block: Any) -> None:
        """Add a product of a factor and of basis functions."""
        ((number, _),) = block.factor_indices_comp_indices
        scope = self._expression.integrand[(self._domain, self._rule)]["modified_arguments"]
        sides = [
            _Side(data.tabledata, [int(dof) for dof in dofs], scope[data.ma_index].restriction)
            for data, dofs in zip(block.ma_data, blockmap, strict=True)
        ]
        for at in np.ndindex(*(len(side.entries) for side in sides)):
            varying = [(side, dof) for side, dof in zip(sides, at, strict=True) if side.varies]
            entry = np.ravel_multi_index(
                [side.entries[dof] for side, dof in zip(sides, at, strict=True)], self._shape
            )
            if len(varying) == len(sides):
                place = self._tensor[L.LiteralInt(int(entry))]
                self._parts.inside.append(L.AssignAdd(place, self._product(number, varying)))
                continue
            factors = [
                self._function(side, dof)
                for side, dof in zip(sides, at, strict=True)
                if not side.varies
            ]
            if not any(isinstance(factor, float) and factor == 0.0 for factor in factors):
                self._after[int(entry)].append(_times(self._summed(number, varying), factors))

    def _function(self, side: _Side, dof: int) -> Any:
        """Return a basis function at the point, as a number if it is one."""
        if side.table.ttype == "ones":
            return 1.0
        if not side.varies and side.table.values.shape[1] == 1:
            return float(side.table.values[0, 0, 0, dof])
        index = L.MultiIndex([L.LiteralInt(dof)], [side.table.values.shape[-1]])
        access, _ = self._generator.backend.access.table_access(
            side.table, self._expression.entity_type, side.restriction, self._iq, index
        )
        return access

    def _factor(self, number: int) -> Any:
        """Return the factor of the integrand times the weight, at a point."""
        if number not in self._factors:
            value = self._value(number)
            weight = self._generator.backend.symbols.weights_table(self._rule)
            product = L.float_product([value, weight[self._iq.global_index]])
            symbol = self._symbol("fw")
            self._parts.inside.append(_declared(symbol, product))
            self._factors[number] = symbol
        return self._factors[number]

    def _value(self, number: int) -> Any:
        expression = self._graph.nodes[number]["expression"]
        return self._generator.get_var(self._rule, self._domain, expression)

    def _product(self, number: int, varying: Sequence[tuple[_Side, int]]) -> Any:
        """Return the factor times basis functions at a point; each product is computed once."""
        product: Any = self._factor(number)
        key: tuple[Any, ...] = (number,)
        for side, dof in varying:
            key = (*key, side.table.name, dof)
            if key not in self._known:
                symbol = self._symbol("fe")
                value = _times(product, [self._function(side, dof)])
                self._parts.inside.append(_declared(symbol, value))
                self._known[key] = symbol
            product = self._known[key]
        return product

    def _summed(self, number: int, varying: Sequence[tuple[_Side, int]]) -> Any:
        """Return the sum of a product over the points."""
        key = ("sum", number, *((side.table.name, dof) for side, dof in varying))
        if key not in self._known:
            symbol = self._symbol("sum")
            if not varying and self._graph.nodes[number]["status"] == "piecewise":
                weight = L.LiteralFloat(float(np.sum(self._rule.weights)))
                value = L.float_product([self._value(number), weight])
                self._parts.after.append(_declared(symbol, value))
            else:
                self._parts.before.append(_declared(symbol, L.LiteralFloat(0.0)))
                product = self._product(number, varying)
                self._parts.inside.append(L.AssignAdd(symbol, product))
            self._known[key] = symbol
        return self._known[key]

    def _symbol(self, name: str) -> Any:
        return self._generator.new_temp_symbol(f"{name}_{self._name}_")


def _declared(symbol: Any, value: Any) -> Any:
    declare: Any = L.VariableDecl
    return declare(symbol, value)


def _times(value: Any, factors: Any) -> Any:
    """Return a product; numbers are multiplied here."""
    number, others = 1.0, []
    for factor in factors:
        if isinstance(factor, float):
            number *= factor
        else:
            others.append(factor)
    product = L.float_product([value, *others])
    if number == -1.0:
        return L.Neg(product)
    return product if number == 1.0 else L.float_product([L.LiteralFloat(number), product])
