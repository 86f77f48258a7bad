"""PETSc options: what a user gives after ``--``, and the few that a file may bring along.

PETSc can load code (``-pc_type python``) and write files (``-ksp_view ascii:FILE``) by its
options. What a user types is the user's own; what comes from a file is held against a list of
types, tolerances and counts. PETSc is loaded when the first option reaches it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from lithode.core.errors import InputError

_FIELD = "PETSc option"

# Blocks within blocks: each may come before an option, several times.
_INNER = r"(?:(?:fieldsplit_\w+?|sub|mg_levels(?:_\d+)?|mg_coarse|mg_fine|inner|upper)_)*"
_HYPRE = (
    "type|boomeramg_(?:max_levels|max_iter|tol|numfunctions|truncfactor|P_max|agg_nl|agg_num_paths|"
    "strong_threshold|max_row_sum|grid_sweeps_\\w+|cycle_type|relax_type_\\w+|relax_weight_all|"
    "coarsen_type|interp_type|measure_type|no_CF)"
)
_GAMG = (
    "type|threshold|threshold_scale|agg_nsmooths|aggressive_coarsening|square_graph|"
    "coarse_eq_limit|process_eq_limit|repartition|reuse_interpolation|esteig_ksp_\\w+"
)
_HARMLESS = re.compile(
    rf"\w*?_{_INNER}(?:"
    r"ksp_(?:type|rtol|atol|divtol|max_it|min_it|norm_type|pc_side|gmres_restart|lag_norm|"
    r"richardson_scale|chebyshev_eigenvalues|chebyshev_esteig|initial_guess_nonzero)|"
    r"snes_(?:type|rtol|atol|stol|divergence_tolerance|max_it|max_funcs|linesearch_type|"
    r"linesearch_max_it|linesearch_damping|linesearch_order|lag_jacobian|lag_preconditioner)|"
    r"pc_(?:type|side|factor_(?:levels|fill|mat_solver_type|mat_ordering_type|shift_type|"
    r"shift_amount|zeropivot|reuse_fill|reuse_ordering|pivot_in_blocks)|"
    rf"hypre_(?:{_HYPRE})|gamg_(?:{_GAMG})|mg_(?:levels|cycle_type|type)|"
    r"sor_(?:its|lits|omega|symmetric)|asm_(?:overlap|type|blocks)|bjacobi_blocks|"
    r"jacobi_type|fieldsplit_(?:type|schur_fact_type|schur_precondition))|"
    r"mat_mumps_(?:icntl_(?:7|14|28|29|35)|cntl_(?:1|3|7)))"
)
_PLAIN = re.compile(r"[\w.+-]+(?:,[\w.+-]+)*")


def parse(words: Sequence[str]) -> dict[str, str | None]:
    """Split words like ``-phase_ksp_type gmres`` into names without dash and values.

    Raises:
        InputError: A value stands where a name should.
    """
    options: dict[str, str | None] = {}
    name = ""
    for word in words:
        if word.startswith("-") and not _is_number(word):
            name = word.lstrip("-")
            if not name or name in options:
                raise InputError(_FIELD, word, "is given twice" if name else "has no name")
            options[name] = None
        elif name and options[name] is None:
            options[name] = word
        else:
            raise InputError(_FIELD, word, "must look like -name or -name value")
    return options


def harmful(words: Sequence[str]) -> list[str]:
    """Return those of the options, without dash, that a file may not bring along.

    Allowed are types, tolerances and counts of solvers, with numbers and plain words as values.
    """
    return [
        name
        for name, value in parse(words).items()
        if not _HARMLESS.fullmatch(name)
        or (value is not None and (not _PLAIN.fullmatch(value) or value == "python"))
    ]


def check_prefixes(options: Mapping[str, str | None], prefixes: Sequence[str]) -> None:
    """Refuse options that belong to no block.

    Args:
        options: Options by name without dash.
        prefixes: Prefixes of the blocks; if empty nothing is checked.

    Raises:
        InputError: An option has none of the prefixes.
    """
    for name in options:
        if prefixes and not name.startswith(tuple(prefixes)):
            head = difflib.get_close_matches(name.split("_")[0] + "_", prefixes, n=1, cutoff=0.6)
            hint = f"; did you mean -{head[0]}?" if head else ""
            known = ", ".join(f"-{prefix}" for prefix in prefixes)
            raise InputError(_FIELD, f"-{name}", f"must begin with {known}{hint}")


def check_used(options: Mapping[str, str | None]) -> None:
    """Refuse options that no solver has asked for.

    Raises:
        InputError: PETSc has not read an option so far.
    """
    from petsc4py import PETSc

    database = PETSc.Options()
    for name in options:
        if not database.used(name):
            raise InputError(_FIELD, f"-{name}", "is used by no solver of this case")


@contextmanager
def in_database(options: Mapping[str, str | None]) -> Iterator[None]:
    """Hold the options in PETSc's database."""
    from petsc4py import PETSc

    database = PETSc.Options()
    for name, value in options.items():
        database.setValue(name, value)  # type: ignore[arg-type]  # None is a flag
    try:
        yield
    finally:
        for name in options:
            database.delValue(name)


@contextmanager
def errors_are_the_users(options: Mapping[str, str | None]) -> Iterator[None]:
    """Turn PETSc errors into input errors if the user gave options.

    Raises:
        InputError: PETSc could not work with an option.
    """
    from petsc4py import PETSc

    try:
        yield
    except PETSc.Error as error:
        if not options:
            raise
        words = " ".join(f"-{name} {value or ''}".strip() for name, value in options.items())
        raise InputError(_FIELD, words, str(error).splitlines()[-1]) from error


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
