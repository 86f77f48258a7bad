"""A kernel in two parts: what stays while a solve iterates, and what changes with the unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ffcx.codegeneration import lnodes as L  # noqa: N812
from ffcx.codegeneration.C.formatter import Formatter

from lithode.solvers.numerics.vectorised.errors import NotVectorised

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
        scopes: list[tuple[Any, _Scope]] = []  # with their loops, None outside of any
        for statement in _flat(body):
            loop = statement if isinstance(statement, L.ForRange) else None
            if loop or not scopes or scopes[-1][0]:
                scopes.append((loop, _Scope()))
            scope = scopes[-1][1]
            home = scope if loop else outer
            for part in _flat(statement.body if loop else statement):
                if self._sort(part, scope, home):
                    self._store(part, outer)
        return self._write(outer, scopes)

    def _sort(self, part: Any, scope: _Scope, home: _Scope) -> bool:
        """Say of which part a statement is; what it declares is stored for its home.

        Returns:
            Whether it is computed at each use.
        """
        kind = max((self._kind(name) for name in _reads(part)), default=_UNIFORM)
        if isinstance(getattr(part, "expr", None), L.AssignAdd):
            kind = _CHANGES  # what is summed up begins at zero at each use
            if isinstance(part.expr.lhs, L.Symbol):
                self._kinds[part.expr.lhs.name] = _CHANGES
        for symbol in _writes(part):
            if symbol.name != "A":
                self._kinds[symbol.name] = kind
                self._symbols[symbol.name], self._homes[symbol.name] = symbol, home
        if kind != _CHANGES:
            scope.keeping.append(part)
        if kind != _STAYS:
            scope.using.append(part)
        return kind != _STAYS

    def _kind(self, name: str) -> int:
        if name.startswith("w["):
            return _CHANGES if self._changes(int(name[2:-1])) else _STAYS
        return self._kinds.get(name, _UNIFORM)

    def _store(self, part: Any, outer: _Scope) -> None:
        """Note what a statement reads of what stays."""
        for name in _reads(part):
            if self._kind(name) == _STAYS:
                if name.startswith("w[") and isinstance(part, L.Section):
                    raise NotVectorised("a sum over fields of which only some change")
                home = outer if name.startswith("w[") else self._homes[name]
                home.stored.setdefault(name, self._symbols.get(name))

    def _write(self, outer: _Scope, scopes: Sequence[tuple[Any, _Scope]]) -> Slices:
        found, stores = Slices(slots=len(outer.stored)), ""
        for k, (name, symbol) in enumerate(outer.stored.items()):
            stores += _stored(name, str(k))
            found.using += _loaded(name, symbol, str(k))
        for loop, scope in scopes:
            keeping, using = ("".join(map(self._format, x)) for x in (scope.keeping, scope.using))
            if loop is not None:
                index, end = self._format(loop.index), int(loop.end.value)
                head = f"for (int {index} = 0; {index} < {end}; ++{index})\n{{\n"
                each = len(scope.stored)
                for k, (name, symbol) in enumerate(scope.stored.items()):
                    slot = f"{found.slots + k} + {each} * {index}"
                    keeping += _stored(name, slot)
                    using = _loaded(name, symbol, slot) + using
                keeping, using = (f"{head}{text}}}\n" for text in (keeping, using))
                found.slots += each * end
            found.keeping += keeping
            found.using += using
        found.keeping += stores
        return found


def _stored(name: str, slot: str) -> str:
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
