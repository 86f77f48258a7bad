"""The three lists of what is needed are in step, and env.sh says in one line what it cannot do."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import lithode
from lithode.engine.versions import DOLFINX

ROOT = Path(__file__).parents[1]
ENV_SH = ROOT / "env.sh"

# PyPI name -> (conda-forge name, Debian name), where they are not NAME and python3-NAME.
NAMES = {
    "furo": ("furo", "furo"),
    "gmsh": ("python-gmsh", "python3-gmsh"),
    "mypy": ("mypy", "mypy"),
    "numpy": ("numpy", None),  # comes with python3-scipy
    "plotly": ("plotly", None),  # Debian's has no JavaScript; env.sh takes it from PyPI
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


def test_the_version_is_the_same_everywhere():
    """A release names itself in the package, its metadata, the recipe and the list of changes."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    recipe = yaml.safe_load((ROOT / "recipe" / "recipe.yaml").read_text())
    assert lithode.__version__ == version
    assert citation["version"] == version
    assert recipe["context"]["version"] == version
    release = f"## {version} ({citation['date-released']})"
    assert re.findall("^## .*", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0] == release


def test_the_recipe_asks_for_what_the_project_asks_for():
    text = (ROOT / "recipe" / "recipe.yaml").read_text()
    asked = dict(split(line) for line in yaml.safe_load(text)["requirements"]["run"])
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    other = {"gmsh": "python-gmsh", "matplotlib": "matplotlib-base"}
    for name, version in map(split, dependencies):
        assert asked[other.get(name, name)] == version


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

    assert run().stdout == "-P -m lithode list\n"
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
        (["jump"], {}, "jump: must be run, setup, which, packages, versions or clean"),
        (["which"], {"LITHODE_ENV": "snap"}, "LITHODE_ENV=snap: must be host, conda or debian"),
        (["setup"], {"LITHODE_ENV": "debian", "LITHODE_CACHE": "/dev/null/x"}, "cannot write to"),
        (["setup"], {"LITHODE_ENV": "debian", "LITHODE_NEEDED_MB": "999999999"}, "MB free in"),
        (["which"], {"LITHODE_SNAPSHOT": "2026", "LITHODE_ENV": "debian"}, "that ends in a time"),
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


def test_the_range_of_dolfinx_is_the_same_everywhere(conda):
    oldest, limit = DOLFINX
    line = f"dolfinx_from={oldest[0]}.{oldest[1]} dolfinx_below={limit[0]}.{limit[1]}\n"
    assert line in ENV_SH.read_text()
    assert conda["fenics-dolfinx"] == f"={oldest[0]}.{oldest[1]}"
    assert limit == (oldest[0], oldest[1] + 1)


@pytest.mark.parametrize("found", ["0.10.0.post5", "0.12.0", "0.12.0.dev0"])
def test_another_dolfinx_of_the_host_is_left_aside(tmp_path, found):
    folder = fake_checkout(tmp_path)
    python = tmp_path / "bin" / "python3"
    python.write_text(f"#!/bin/sh\necho {found}\n")
    python.chmod(0o755)
    path = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "LITHODE_CACHE": str(tmp_path)}

    def which(**variables: str) -> subprocess.CompletedProcess[str]:
        keep = {k: v for k, v in os.environ.items() if not k.startswith("LITHODE_")}
        command = [folder / "env.sh", "which"]
        return subprocess.run(
            command, env=keep | path | variables, capture_output=True, text=True, check=False
        )

    done = which()
    assert done.stdout.startswith("conda ")
    assert f"has DOLFINx {found}; Lithode needs at least 0.11 and below 0.12" in done.stderr
    forced = which(LITHODE_ENV="host")
    assert forced.returncode == 1
    assert f"has DOLFINx {found} and no DOLFINx 0.11" in forced.stderr
    python.write_text("#!/bin/sh\necho 0.11.0.post0\n")
    assert which().stdout.startswith("host ")


@pytest.fixture
def debian_tools(tmp_path: Path) -> Path:
    """Tools of a Debian machine that note how they are called and leave a tree."""
    tools = tmp_path / "tools"
    tools.mkdir()
    scripts = {
        "apt-get": "",
        "bwrap": "",
        "newuidmap": "",
        "setpriv": 'shift 2; exec "$@"',
        "id": '[ "$1" = -u ] && echo 0 || echo root',
        "unshare": 'while [ "$1" != mmdebstrap ]; do shift; done; exec "$@"',
        "dpkg-query": 'echo "python3-dolfinx-real 1:$DOLFINX-7 amd64"',
        "mmdebstrap": 'printf "%s\\n" "$@" >"$CALLS"; for d; do\n'
        'case $d in */new.*) mkdir -p "$d/usr/local/bin" "$d/etc" "$d/var/lib/dpkg"\n'
        ': >"$d/var/lib/dpkg/status";; esac; done',
    }
    for name, body in scripts.items():
        (tools / name).write_text(f"#!/bin/bash\n{body}\n")
        (tools / name).chmod(0o755)
    return tools


def set_up_debian(tools: Path, dolfinx: str, **variables: str) -> tuple[Path, list[str], str]:
    """Return the cache folder, what mmdebstrap was told, and standard error."""
    cache, calls = tools.parent / "cache", tools.parent / "calls"
    path = f"{tools}:{os.environ['PATH']}"
    environment = {"LITHODE_ENV": "debian", "LITHODE_NEEDED_MB": "1", "LITHODE_CACHE": str(cache)}
    done = env_sh(
        "setup", PATH=path, CALLS=str(calls), DOLFINX=dolfinx, **(environment | variables)
    )
    return cache, calls.read_text().splitlines(), done.stderr


def test_the_tree_is_of_today_and_says_what_it_is_made_of(debian_tools):
    cache, told, errors = set_up_debian(debian_tools, "0.11.0.post0")
    assert "ready: debian" in errors
    assert not [word for word in told if "Check-Valid-Until" in word]
    assert told[-1].endswith("/new." + told[-1].rpartition(".")[2])  # the default mirror
    (record,) = cache.glob("debian-*/versions.txt")
    assert record.read_text().startswith("# Debian sid, newest state of the mirror, installed 2")
    assert "python3-dolfinx-real 1:0.11.0.post0-7 amd64\n" in record.read_text()


SNAPSHOT = "http://localhost/archive/debian/20260901T000000Z/"


def test_one_variable_moves_the_tree_to_another_day(debian_tools):
    cache, _, _ = set_up_debian(debian_tools, "0.11.0.post0")
    _, told, errors = set_up_debian(debian_tools, "0.11.0.post0", LITHODE_SNAPSHOT=SNAPSHOT)
    assert "ready: debian" in errors
    assert told[-1] == SNAPSHOT
    assert '--aptopt=Acquire::Check-Valid-Until "false"' in told
    assert len(list(cache.glob("debian-*"))) == 2
    assert f"# Debian sid, {SNAPSHOT}, installed" in "".join(
        record.read_text() for record in cache.glob("debian-*/versions.txt")
    )


@pytest.mark.parametrize("found", ["0.10.2", "0.12.0"])
def test_a_tree_with_another_dolfinx_is_not_kept(debian_tools, found):
    cache, _, errors = set_up_debian(debian_tools, found)
    assert f"Debian sid now has DOLFINx {found}" in errors.splitlines()[-1]
    assert "LITHODE_SNAPSHOT=" in errors.splitlines()[-1]
    assert not list(cache.glob("debian-*")) + list(cache.glob("new.*"))


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
