"""The three lists of what is needed are in step, and env.sh says in one line what it cannot do."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ENV_SH = ROOT / "env.sh"

# PyPI name -> (conda-forge name, Debian name), where they are not NAME and python3-NAME.
NAMES = {
    "gmsh": ("python-gmsh", "python3-gmsh"),
    "mypy": ("mypy", "mypy"),
    "numpy": ("numpy", None),  # comes with python3-scipy
    "pyyaml": ("pyyaml", "python3-yaml"),
    "ruff": ("ruff", "ruff"),
}
# Not in pyproject.toml: not on PyPI, or tools.
BESIDES = [
    ("python", None),
    ("mpich", None),
    ("fenics-dolfinx", "python3-dolfinx-real"),
    ("petsc", None),
    (None, "libopenblas0-serial"),
    ("h5py", "python3-h5py"),
    (None, "python3-h5py-mpi"),
    ("adios2", "python3-adios2-mpi"),
    ("ffmpeg", "ffmpeg"),
    ("pip", "python3-pip"),
    ("setuptools", "python3-setuptools"),
    ("make", "make"),
    ("git", "git"),
]


def split(requirement: str) -> tuple[str, str]:
    """Return the lower-case name and the version that a requirement asks for."""
    name, version = re.fullmatch(r"([\w.-]+)\s*(.*)", requirement).groups()
    return name.lower(), version


@pytest.fixture(scope="module")
def project() -> dict[str, str]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = table["optional-dependencies"].values()
    return dict(split(r) for r in [*table["dependencies"], *(r for e in extras for r in e)])


@pytest.fixture(scope="module")
def conda() -> dict[str, str]:
    return dict(map(split, yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]))


def env_sh(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LITHODE_")}
    return subprocess.run(
        [ENV_SH, *arguments],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def wanted(project: dict[str, str], column: int) -> set[str]:
    ours = [NAMES.get(name, (name, f"python3-{name}")) for name in project]
    return {pair[column] for pair in [*ours, *BESIDES]} - {None}


def test_environment_yml_has_what_pyproject_asks_for(project, conda):
    assert set(conda) == wanted(project, 0)
    for name, version in project.items():
        assert conda[NAMES.get(name, (name, ""))[0]] == version, name


def test_debian_list_has_what_pyproject_asks_for(project):
    assert set(env_sh("packages").stdout.split()) == wanted(project, 1)


def test_environment_yml_takes_the_real_mpi_builds(conda):
    assert conda["fenics-dolfinx"] == "=0.11"
    assert "real" in conda["petsc"]
    assert "mpi" in conda["h5py"]


def test_dolfinx_is_not_asked_of_pypi(project):
    assert not {"fenics-dolfinx", "petsc4py", "mpi4py", "h5py"} & set(project)


def test_run_passes_arguments_exit_code_and_project(tmp_path):
    code = "import lithode, sys; print(lithode.__file__, sys.argv[1:]); sys.exit(7)"
    done = env_sh("run", "python3", "-c", code, "a b", LITHODE_ENV="host")
    assert done.returncode == 7
    assert done.stdout == f"{ROOT / 'lithode' / '__init__.py'} ['a b']\n"


def test_active_python_with_dolfinx_comes_first():
    assert env_sh("which").stdout.startswith("host ")


def test_conda_is_built_anew_when_environment_yml_changes(tmp_path):
    folder = fake_checkout(tmp_path)
    environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "LITHODE_ENV": "conda"}
    environment["LITHODE_CACHE"] = str(tmp_path / "cache")
    calls = tmp_path / "calls"

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [folder / "env.sh", "run", "lithode", "list"],
            env=os.environ | environment | {"LITHODE_NEEDED_MB": "1", "CALLS": str(calls)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run().stdout == "-m lithode list\n"
    assert run().returncode == 0
    assert calls.read_text().count("create") == 1
    (folder / "environment.yml").write_text("changed")
    assert run().returncode == 0
    assert calls.read_text().count("create") == 2
    (folder / "environment.yml").write_text("broken")
    failed = run()
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("env.sh: set-up failed while conda")
    assert len(list((tmp_path / "cache").glob("conda-*"))) == 2


def fake_checkout(folder: Path) -> Path:
    """Write a checkout with env.sh, and a micromamba that makes a prefix without solving."""
    checkout, tools = folder / "a checkout", folder / "bin"
    checkout.mkdir()
    tools.mkdir()
    (checkout / "env.sh").write_bytes(ENV_SH.read_bytes())
    (checkout / "env.sh").chmod(0o755)
    (checkout / "environment.yml").write_text("first")
    fake = tools / "micromamba"
    fake.write_text(
        "#!/bin/sh\n"
        'echo "$@" >>"$CALLS"\n'
        'mkdir -p "$3/bin"\n'
        'grep -q broken "$5" && exit 1\n'
        'printf \'#!/bin/sh\\n[ "$1" = -c ] || echo "$@"\\n\' >"$3/bin/python3"\n'
        'chmod 755 "$3/bin/python3"\n'
    )
    fake.chmod(0o755)
    return checkout


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (["run"], {}, "run: which command"),
        (["jump"], {}, "jump: must be run, setup, which, packages or clean"),
        (["which"], {"LITHODE_ENV": "snap"}, "LITHODE_ENV=snap: must be host, conda or debian"),
        (["setup"], {"LITHODE_ENV": "debian", "LITHODE_CACHE": "/dev/null/x"}, "cannot write to"),
        (["setup"], {"LITHODE_ENV": "debian", "LITHODE_NEEDED_MB": "999999999"}, "MB free in"),
        (["setup"], {"LITHODE_ENV": "conda", "PATH": "/usr/bin:/bin"}, "none of micromamba"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(tmp_path, arguments, variables, message):
    done = env_sh(*arguments, **({"LITHODE_CACHE": str(tmp_path)} | variables))
    assert done.returncode == 1
    assert done.stdout == ""
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not [p for p in tmp_path.iterdir() if not p.name.endswith(".lock")]


def test_jit_leftovers_of_a_killed_compilation_are_removed(tmp_path):
    cache = tmp_path / "fenics"
    cache.mkdir()
    for name in ("cut.c", "good.c", "good.c.cached"):
        (cache / name).touch()
        os.utime(cache / name, (0, 0))
    (cache / "compiling_now.c").touch()
    assert env_sh("run", "true", LITHODE_ENV="host", XDG_CACHE_HOME=str(tmp_path)).returncode == 0
    left = {path.name for path in cache.iterdir()}
    assert left == {"good.c", "good.c.cached", "compiling_now.c"}
