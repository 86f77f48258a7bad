"""A kernel in two parts: what stays while a solve iterates, and what changes with the unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ffcx.codegeneration import lnodes as L  # noqa: N812
from ffcx.codegeneration.C.formatter import Formatter

# The same in all cells, or of a cell but not of the unknown, or of the unknown.
_UNIFORM, _STAYS, _CHANGES = range(3)


@dataclass
class Slices:
    """C text of the two parts.

    Attributes:
        keeping: Computes the values that are kept, and stores them.
        using: Reads them, and adds to the element tensor.
        slots: Values that are kept of an entity.
    """

    keeping: str = ""
    using: str = ""
    slots: int = 0


@dataclass
class _Scope:
    """Statements outside of quadrature loops, or in one of them."""

    keeping: list[Any] = field(default_factory=list)
    using: list[Any] = field(default_factory=list)
    stored: dict[str, Any] = field(default_factory=dict)


class Slicer:
    """Cuts a kernel in two.

    Args:
        changes: Whether the coefficient changes whose values begin at a number of ``w``.
        formatter: Writes the statements.
    """

    def __init__(self, changes: Callable[[int], bool], formatter: Formatter) -> None:
        self._changes, self._format = changes, formatter
        self._kinds: dict[str, int] = {"A": _CHANGES, "coordinate_dofs": _STAYS}
        self._symbols: dict[str, Any] = {}
        self._homes: dict[str, _Scope] = {}

    def __call__(self, body: Any) -> Slices:
        """Return the parts of the body of a kernel."""
        outer = _Scope()
        loops: list[tuple[Any, _Scope]] = []
        for statement in _flat(body):
            if isinstance(statement, L.ForRange):
                inner = _Scope()
                for part in _flat(statement.body):
                    self._sort(part, inner)
                loops.append((statement, inner))
            else:
                self._sort(statement, outer)
        for scope in (outer, *(scope for _, scope in loops)):
            for part in scope.using:
                self._store(part, scope, outer)
        return self._write(outer, loops)

    def _sort(self, part: Any, scope: _Scope) -> None:
        """Say of which part a statement is."""
        kind = max((self._kind(name) for name in _reads(part)), default=_UNIFORM)
        for symbol in _writes(part):
            if symbol.name != "A":
                self._kinds[symbol.name] = max(kind, self._kinds.get(symbol.name, _UNIFORM))
                self._symbols[symbol.name], self._homes[symbol.name] = symbol, scope
        if kind != _CHANGES:
            scope.keeping.append(part)
        if kind != _STAYS:
            scope.using.append(part)

    def _kind(self, name: str) -> int:
        if name.startswith("w["):
            return _CHANGES if self._changes(int(name[2:-1])) else _STAYS
        return self._kinds.get(name, _UNIFORM)

    def _store(self, part: Any, scope: _Scope, outer: _Scope) -> None:
        """Note what a statement reads of what stays."""
        for name in _reads(part):
            if self._kind(name) == _STAYS:
                home = outer if name.startswith("w[") else self._homes[name]
                home.stored.setdefault(name, self._symbols.get(name))

    def _write(self, outer: _Scope, loops: Sequence[tuple[Any, _Scope]]) -> Slices:
        found = Slices()
        found.keeping = "".join(map(self._format, outer.keeping))
        for slot, (name, symbol) in enumerate(outer.stored.items()):
            found.keeping += _stored(name, symbol, str(slot))
            found.using += _loaded(name, symbol, str(slot))
        found.using += "".join(map(self._format, outer.using))
        found.slots = len(outer.stored)
        for loop, scope in loops:
            index, each = self._format(loop.index), len(scope.stored)
            slots = [f"{found.slots + k} + {each} * {index}" for k in range(each)]
            kept = zip(slots, scope.stored.items(), strict=True)
            stores = "".join(_stored(name, symbol, slot) for slot, (name, symbol) in kept)
            kept = zip(slots, scope.stored.items(), strict=True)
            loads = "".join(_loaded(name, symbol, slot) for slot, (name, symbol) in kept)
            end = self._format(loop.end)
            head = f"for (int {index} = 0; {index} < {end}; ++{index})\n{{\n"
            found.keeping += head + "".join(map(self._format, scope.keeping)) + stores + "}\n"
            found.using += head + loads + "".join(map(self._format, scope.using)) + "}\n"
            found.slots += each * int(loop.end.value)
        return found


def _stored(name: str, symbol: Any, slot: str) -> str:
    return f"kept[{slot}] = (vec){name};\n"


def _loaded(name: str, symbol: Any, slot: str) -> str:
    if symbol is None:
        return f"{name} = kept[{slot}];\n"
    kind = "mask" if symbol.dtype == L.DataType.BOOL else "vec"
    return f"{kind} {name} = ({kind})kept[{slot}];\n"


def _flat(node: Any) -> Iterator[Any]:
    """Give single statements; sections of assignments become declarations."""
    match node:
        case L.StatementList():
            for statement in node.statements:
                yield from _flat(statement)
        case L.Comment():
            return
        case L.Section():
            yield from _assignments(node)
        case _:
            yield node


def _assignments(section: Any) -> Iterator[Any]:
    declare: Any = L.VariableDecl  # untyped
    found = []
    for statement in section.statements:
        assignment = getattr(statement, "expr", None)
        if isinstance(statement, L.VariableDecl):
            found.append(statement)
        elif isinstance(assignment, L.Assign) and isinstance(assignment.lhs, L.Symbol):
            found.append(declare(assignment.lhs, assignment.rhs))
        else:
            yield section
            return
    yield from found


def _writes(node: Any) -> Iterator[Any]:
    match node:
        case L.VariableDecl() | L.ArrayDecl():
            yield node.symbol
        case L.Section():
            yield from node.output


def _reads(node: Any) -> Iterator[str]:
    """Give the names that a statement reads; those of coefficients with their first number."""
    match node:
        case L.Section():
            own = {declaration.symbol.name for declaration in node.declarations}
            for part in (*node.declarations, *node.statements):
                own |= {symbol.name for symbol in _writes(part)}
                yield from (name for name in _reads(part) if name not in own)
        case L.Symbol():
            yield node.name
        case L.ArrayAccess() if node.array.name == "w":
            yield f"w[{_first(node.indices[0])}]"
        case L.ArrayAccess():
            yield node.array.name
        case L.ForRange():
            yield from _reads(node.body)
        case L.ArrayDecl():
            return
        case _:
            for part in _parts(node):
                yield from _reads(part)


def _parts(node: Any) -> Iterator[Any]:
    for name in ("statements", "args"):
        yield from getattr(node, name, ())
    for name in ("expr", "value", "lhs", "rhs", "arg", "condition", "true", "false"):
        part = getattr(node, name, None)
        if isinstance(part, L.LNode):
            yield part


def _first(index: Any) -> int:
    """Return the least value of an index."""
    match index:
        case L.LiteralInt():
            return int(index.value)
        case L.MultiIndex():
            return _first(index.global_index)
        case L.Sum():
            return sum(map(_first, index.args))
        case L.Add():
            return _first(index.lhs) + _first(index.rhs)
        case L.Product():
            product = 1
            for factor in index.args:
                product *= _first(factor)
            return product
        case L.Mul():
            return _first(index.lhs) * _first(index.rhs)
    return 0  # a loop begins there
