#!/usr/bin/env bash
# Finds an environment with DOLFINx 0.11, or builds a private one, and runs a command in it.
set -euo pipefail

usage="usage: ./env.sh run CMD...   run CMD in the environment, setting it up first if need be
       ./env.sh setup        only set it up
       ./env.sh which        say which environment would be used, and where it is
       ./env.sh packages     print the Debian packages it is made of
       ./env.sh versions     print what was installed, with all versions
       ./env.sh clean        remove what set-ups have left in the cache folder
An environment is, in this order: the active python3 (if it has DOLFINx 0.11), conda (micromamba,
mamba or conda with environment.yml), debian (a private tree of Debian packages, entered with
bubblewrap; the machine's own Python and libraries stay as they are).
Variables: LITHODE_ENV=host|conda|debian takes that one.  LITHODE_CACHE=DIR is where environments
are kept (now %s).  LITHODE_MIRROR=URL is the Debian mirror.
LITHODE_SNAPSHOT=URL takes Debian as it was at a time: an address of Debian's snapshot archive,
which ends in that time, such as .../20261101T000000Z/.
LITHODE_PACKAGES='NAME NAME' are further Debian packages, for which another tree is built.
LITHODE_BIND=DIR:DIR are further folders to be seen inside the Debian tree; seen anyway are the
project, the current folder, and all top-level folders but those of the system itself."

# As in lithode/engine/versions.py and environment.yml.
dolfinx_from=0.11 dolfinx_below=0.12
suite=sid
snapshot=${LITHODE_SNAPSHOT:-}
packages=(
  # solver; without the serial OpenBLAS it would be the slow reference BLAS
  python3-dolfinx-real libopenblas0-serial python3-scipy
  # meshes, files, pictures; the MPI builds by name, or serial ones may come in
  python3-gmsh python3-meshio python3-h5py python3-h5py-mpi python3-adios2-mpi python3-io4dolfinx
  python3-pyvista python3-matplotlib python3-imageio python3-imageio-ffmpeg ffmpeg
  # parameters and command line
  python3-pydantic python3-pint python3-typer python3-rich python3-tqdm python3-yaml python3-pandas
  # report.html, searches
  python3-jinja2 python3-optuna
  # the documentation site
  python3-sphinx python3-myst-parser furo python3-sphinx-autoapi
  # development
  python3-pytest python3-pytest-timeout python3-pytest-xdist python3-hypothesis ruff mypy
  python3-pip python3-setuptools make git
)
# What Debian has only without its JavaScript: for zoomable diagrams in report.html.
from_pypi=(plotly)
read -ra more_packages <<<"${LITHODE_PACKAGES:-}"
needed_mb=${LITHODE_NEEDED_MB:-6000}

project=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cache=${LITHODE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/lithode}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
log=$cache/setup.log

say() { printf 'env.sh: %s\n' "$*" >&2; }
die() {
  say "$@"
  exit 1
}

# --- which environment ---

checksum() { sha256sum | cut -c 1-12; }

# Reads metadata only: importing dolfinx would start MPI.
host_dolfinx() {
  command -v python3 >/dev/null || return 0
  python3 -c 'import importlib.metadata as metadata; print(metadata.version("fenics-dolfinx"))' 2>/dev/null || true
}

in_order() { printf '%s\n' "$@" | sort -V -C; }
fits() { [ -n "$1" ] && in_order "$dolfinx_from" "$1" && ! in_order "$dolfinx_below" "$1"; }

host_lacks() {
  python3 - <<'PYTHON'
import importlib.util as util
names = "gmsh h5py io4dolfinx jinja2 matplotlib meshio pint pydantic pyvista scipy tqdm typer yaml"
print(*(name for name in names.split() if util.find_spec(name) is None))
PYTHON
}

find_conda() { command -v micromamba || command -v mamba || command -v conda; }

choose() {
  kind=${LITHODE_ENV:-}
  local host=
  case $kind in "" | host) host=$(host_dolfinx) ;; esac
  if [ -z "$kind" ]; then
    fits "$host" || [ -z "$host" ] ||
      say "the active python3 has DOLFINx $host; Lithode needs at least $dolfinx_from and below $dolfinx_below, so another environment is used"
    if fits "$host"; then kind=host
    elif find_conda >/dev/null; then kind=conda
    elif command -v apt-get >/dev/null; then kind=debian
    else die "found neither a python3 with DOLFINx 0.11, nor conda, nor apt: please install one of micromamba, mamba, conda"
    fi
  fi
  case $kind in
    host)
      fits "$host" ||
        die "LITHODE_ENV=host, but the active python3 has ${host:+DOLFINx $host and }no DOLFINx 0.11 (fenics-dolfinx at least $dolfinx_from and below $dolfinx_below): install that, or leave LITHODE_ENV unset"
      place=$(command -v python3) ;;
    conda)
      find_conda >/dev/null || die "LITHODE_ENV=conda, but none of micromamba, mamba, conda is on PATH"
      place=$cache/conda-$(checksum <"$project/environment.yml") ;;
    debian)
      [[ $snapshot =~ ^(https?://.+/[0-9]{8}T[0-9]{6}Z/?)?$ ]] || die "LITHODE_SNAPSHOT=$snapshot: must be an address of Debian's snapshot archive that ends in a time, such as .../20261101T000000Z/"
      place=$cache/debian-$(printf '%s\n' "$suite${snapshot:+ $snapshot}" "${packages[@]}" "${from_pypi[@]}" ${more_packages[@]+"${more_packages[@]}"} | cat - "$project/hpc/mpirun" | checksum) ;;
    *) die "LITHODE_ENV=$kind: must be host, conda or debian" ;;
  esac
}

ready() { [ "$kind" = host ] || [ -e "$place/.ok" ]; }

# --- set-up ---

setup() {
  if [ "$kind" = host ]; then
    lacks=$(host_lacks)
    [ -z "$lacks" ] || die "the active python3 has DOLFINx but lacks: $lacks (install them there, or set LITHODE_ENV=conda or debian)"
    return
  fi
  { mkdir -p "$cache" && : >>"$cache/setup.lock"; } 2>/dev/null ||
    die "cannot write to the cache folder $cache (set LITHODE_CACHE to another)"
  if ready; then
    # A cache folder can outlive its machine.
    [ "$kind" != debian ] || command -v bwrap >/dev/null || install_tools
    return
  fi
  exec 9>>"$cache/setup.lock"
  flock -n 9 || { say "another set-up is running; waiting for it"; flock 9; }
  if ! ready; then
    # Whoever holds the lock is the only one that builds: what is there without .ok is a leftover.
    rm -rf --one-file-system "$cache"/new.* "$place"
    free_mb=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
    [ "$free_mb" -ge "$needed_mb" ] ||
      die "only $free_mb MB free in $cache, $needed_mb MB needed (set LITHODE_CACHE to a folder on another disk)"
    building=$cache/new.$$
    trap remove_half EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    "build_$kind"
    trap - EXIT HUP INT TERM
  fi
  exec 9>&-
}

# The shell acts on a signal at once only while it waits; the builder dies with it, however it is killed.
build() {
  setpriv --pdeathsig KILL "$@" </dev/null &
  builder=$!
  wait "$builder"
}

remove_half() {
  [ -z "${builder:-}" ] || kill -KILL "$builder" 2>/dev/null || true
  for _ in 1 2 3 4 5; do
    rm -rf --one-file-system "$building" 2>/dev/null && return
    sleep 1
  done
}

explain_failure() {
  if grep -qiE 'could not resolve|temporary failure|could not connect|unable to connect|network is unreachable|no route to host|timed out|connection failed|connectionerror' "$log"; then
    die "set-up failed: no network, or the package mirror cannot be reached (details in $log)"
  fi
  if grep -q 'is expired (invalid since' "$log"; then
    die "set-up failed: the mirror has not been updated for 90 days (details in $log; LITHODE_MIRROR takes another, LITHODE_SNAPSHOT an older state on purpose)"
  fi
  die "set-up failed while $1 (details in $log; an older state can help: LITHODE_SNAPSHOT, or use conda)"
}

# A prefix holds its own path, so it is built in place; without .ok it does not count.
build_conda() {
  building=$place
  conda=$(find_conda)
  say "creating a conda environment in $place (once; a few minutes; progress in $log)"
  command=("$conda" env create)
  [ "${conda##*/}" != micromamba ] || command=("$conda" create)
  export CONDA_ALWAYS_YES=true MAMBA_ALWAYS_YES=true
  build "${command[@]}" --prefix "$place" --file "$project/environment.yml" >"$log" 2>&1 ||
    explain_failure "conda solved or installed environment.yml"
  write_command "$place/bin"
  (activate_conda && python3 -c "$smoke") >>"$log" 2>&1 || explain_failure "importing dolfinx"
  record_conda
  touch "$place/.ok"
}

install_tools() {
  local missing=()
  command -v mmdebstrap >/dev/null || missing+=(mmdebstrap)
  command -v bwrap >/dev/null || missing+=(bubblewrap)
  [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring)
  if [ "$(id -u)" != 0 ]; then
    command -v newuidmap >/dev/null || missing+=(uidmap)
    [ ${#missing[@]} = 0 ] || die "not root, and some tools are missing; please have run once: apt-get install ${missing[*]} (or install micromamba or conda)"
    grep -q "^$(id -un):" /etc/subuid 2>/dev/null ||
      die "not root, and /etc/subuid has no line for $(id -un); please have run once: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
  elif [ ${#missing[@]} != 0 ]; then
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -q update; apt-get -q install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 9>&- </dev/null ||
      explain_failure "apt installed ${missing[*]}"
  fi
}

build_debian() {
  command -v apt-get >/dev/null || die "LITHODE_ENV=debian needs apt (Debian or Ubuntu)"
  install_tools
  local why
  why=$(bwrap --unshare-pid --ro-bind / / --proc /proc --dev /dev true 2>&1) ||
    die "this machine forbids namespaces ($why); in a plain container or a chroot, or with Ubuntu's kernel.apparmor_restrict_unprivileged_userns=1: run as root of the machine or in a privileged container, or use conda or an image that has DOLFINx"
  say "building a private Debian tree in $place (once; 2 to 6 minutes, 0.9 GB to download; progress in $log)"
  local include options mirror=${LITHODE_MIRROR:-}
  include=$(IFS=,; printf '%s' "${packages[*]}${more_packages[*]+,${more_packages[*]}}")
  options=(--variant=apt --include="$include" --dpkgopt=force-unsafe-io
    --aptopt='Acquire::Retries "3"')
  if [ -n "$snapshot" ]; then
    mirror=$snapshot
    options+=(--aptopt='Acquire::Check-Valid-Until "false"')
  else
    # Debian gives sid a week; mirrors that lag are given 90 days.
    options+=(--aptopt='Acquire::Min-ValidTime "7776000"')
  fi
  mkdir "$building"
  if [ "$(id -u)" = 0 ]; then
    build unshare --mount --pid --fork --kill-child --mount-proc \
      mmdebstrap --mode=root "${options[@]}" "$suite" "$building" ${mirror:+"$mirror"}
  else
    # Through tar the files belong to the user, who can then remove them.
    # shellcheck disable=SC2016
    TMPDIR=/var/tmp build bash -o pipefail -c 'folder=$1; shift
      setpriv --pdeathsig TERM mmdebstrap --mode=unshare --format=tar "$@" | tar -x -C "$folder" --exclude="./dev/*"' \
      - "$building" "${options[@]}" "$suite" - ${mirror:+"$mirror"}
  fi >"$log" 2>&1 || explain_failure "mmdebstrap installed the packages of Debian $suite"
  record_debian "$building"
  local dolfinx
  dolfinx=$(sed -n 's/^python3-dolfinx-real \([0-9]*:\)\?\([^-]*\).*/\2/p' "$building/versions.txt")
  fits "$dolfinx" ||
    die "Debian $suite now has DOLFINx $dolfinx, and Lithode needs at least $dolfinx_from and below $dolfinx_below: take an older state by LITHODE_SNAPSHOT=URL (Debian's snapshot archive) or conda"
  write_command "$building/usr/local/bin"
  install -m 755 "$project/hpc/mpirun" "$building/usr/local/bin/mpirun"
  ln -s mpirun "$building/usr/local/bin/mpiexec"
  touch "$building/etc/resolv.conf" "$building/etc/passwd" "$building/etc/group"
  mkdir -p "$cache/home"
  (cd / && sandbox "$building" && "${sandbox[@]}" mpirun -n 2 python3 -c "$smoke") >>"$log" 2>&1 ||
    explain_failure "trying dolfinx on 2 ranks"
  # Without these a run lacks nothing but the zoom.
  (cd / && sandbox "$building" && "${sandbox[@]}" --bind "$building/usr/local" /usr/local \
    python3 -m pip install --break-system-packages --no-deps "${from_pypi[@]}") >>"$log" 2>&1 ||
    say "${from_pypi[*]} could not be taken from PyPI: diagrams in report.html will be pictures"
  find "$building"/usr/local -name '*.dist-info' -printf '%f\n' |
    sed 's/\(.*\)-\(.*\)\.dist-info/\1 \2 PyPI/' >>"$building/versions.txt"
  touch "$building/.ok"
  mv "$building" "$place"
}

# What was installed, so that the same can be asked for again.
record_debian() {
  {
    printf '# Debian %s, %s, installed %s\n' "$suite" "${snapshot:-newest state of the mirror}" "$(date -u +%Y%m%dT%H%M%SZ -r "$1/var/lib/dpkg/status")"
    dpkg-query --admindir="$1/var/lib/dpkg" --show --showformat='${Package} ${Version} ${Architecture}\n'
  } >"$1/versions.txt"
}

record_conda() {
  {
    printf '# conda, installed %s\n' "$(date -u +%Y%m%dT%H%M%SZ)"
    find "$place/conda-meta" -name '*.json' -exec basename {} .json \; 2>/dev/null | sort || true
  } >"$place/versions.txt"
}

versions() {
  choose
  if [ "$kind" = host ]; then
    exec python3 -m pip list --format=freeze
  fi
  ready || die "$kind $place is not set up yet (./env.sh setup)"
  # Trees of 0.1 have no record yet.
  [ -e "$place/versions.txt" ] || "record_$kind" "$place"
  cat "$place/versions.txt"
}

smoke='from mpi4py import MPI; import dolfinx, gmsh, h5py, io4dolfinx, pyvista; assert h5py.get_config().mpi'

# shellcheck disable=SC2016
write_command() {
  printf '#!/bin/sh\nexec python3 -P -m lithode "$@"\n' >"$1/lithode"
  chmod 755 "$1/lithode"
}

# --- run ---

# A compilation that was cut short leaves NAME.c without NAME.c.cached, and all later runs wait for it.
clean_jit() {
  local folder=$1 file
  shift
  [ -d "$folder" ] || return 0
  # Another environment may clean up at the same time, and what find sees may be gone.
  { find "$folder" -maxdepth 1 -name '*.c' "$@" 2>/dev/null || true; } | while read -r file; do
    [ -e "$file.cached" ] || rm -f "$file"
  done
}

activate_conda() {
  export CONDA_PREFIX=$place PATH=$place/bin:$PATH
  set +eu
  for script in "$place"/etc/conda/activate.d/*.sh; do
    # shellcheck disable=SC1090
    [ ! -e "$script" ] || . "$script"
  done
  set -eu
}

# Sets `sandbox` to the command that enters the tree $1.
sandbox() {
  local tree=$1 name path
  sandbox=(bwrap --unshare-pid --die-with-parent --clearenv
    --ro-bind "$tree/usr" /usr --ro-bind "$tree/etc" /etc
    --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64
    # Open MPI names its shared memory after its pid: a private pid space needs a private /dev/shm.
    --proc /proc --dev /dev --ro-bind-try /sys /sys --tmpfs /run --dir /run/tmp)
  for name in passwd group resolv.conf ssl/certs; do
    sandbox+=(--ro-bind-try "/etc/$name" "/etc/$name")
  done
  for path in /*; do
    case $path in
      /bin | /boot | /dev | /etc | /lib | /lib32 | /lib64 | /libx32 | /lost+found | /proc | /run | /sbin | /sys | /usr | /var) ;;
      *)
        if [ -L "$path" ]; then sandbox+=(--symlink "$(readlink "$path")" "$path")
        elif [ -d "$path" ]; then sandbox+=(--bind "$path" "$path")
        fi ;;
    esac
  done
  local folders=("$cache" "$project" "$(pwd -P)") more
  IFS=: read -ra more <<<"${LITHODE_BIND:-}"
  for name in "${folders[@]}" ${more[@]+"${more[@]}"}; do
    path=$(cd "$name" 2>/dev/null && pwd -P) || die "LITHODE_BIND: there is no folder $name"
    case $path in
      / | /dev | /dev/* | /proc | /proc/* | /sys | /sys/*) ;;
      /usr | /usr/* | /etc | /etc/*) die "$path cannot be seen inside the Debian tree: please work in a folder outside /usr and /etc" ;;
      *) sandbox+=(--bind "$path" "$path") ;;
    esac
  done
  for name in TERM COLUMNS LINES NO_COLOR CI PYTEST_ADDOPTS PETSC_OPTIONS http_proxy https_proxy no_proxy ${!LITHODE_@}; do
    [ -z "${!name+set}" ] || sandbox+=(--setenv "$name" "${!name}")
  done
  # shellcheck disable=SC2054
  local settings=(
    PATH=/usr/local/bin:/usr/bin:/bin HOME="$cache/home" TMPDIR=/run/tmp LANG=C.UTF-8
    PYTHONPATH="$project" LITHODE_ENV=host VTK_DEFAULT_OPENGL_WINDOW=vtkEGLRenderWindow
    OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
    # adios2 without mpirun looks for a build that is not there; Scotch's threads change the partition.
    ADIOS2_ALWAYS_USE_MPI=1 SCOTCH_PTHREAD_NUMBER=1 SCOTCH_DETERMINISTIC=1
    # For one machine, never for a cluster: shared memory only, ranks may outnumber and share cores.
    OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,sm OMPI_MCA_mpi_yield_when_idle=1
    PRTE_MCA_bindto=none PRTE_MCA_mapby=:oversubscribe
    # Its default opens a semaphore named after the file alone: a kill may leave it locked for ever.
    OMPI_MCA_sharedfp=individual
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1)
  for name in "${settings[@]}"; do
    sandbox+=(--setenv "${name%%=*}" "${name#*=}")
  done
  sandbox+=(--chdir "$(pwd -P)")
}

run() {
  if [ "$kind" != debian ]; then
    local jit=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/fenics
    clean_jit "$jit" -mmin +10
    [ "$kind" = host ] || activate_conda
    export PYTHONPATH=$project${PYTHONPATH:+:$PYTHONPATH} OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
    exec "$@"
  fi
  mkdir -p "$cache/home"
  exec 8>>"$cache/run.lock"
  if flock -n 8; then clean_jit "$cache/home/.cache/fenics"
  else clean_jit "$cache/home/.cache/fenics" -mmin +10
  fi
  flock -s 8
  sandbox "$place"
  # bwrap dies of a signal without waiting for the program: it gets a session of its own and ignores
  # signals, the program does not, and this shell passes them on and waits for the exit code.
  trap '' HUP INT QUIT TERM
  setsid "${sandbox[@]}" env --default-signal=HUP,INT,QUIT,TERM "$@" <&0 &
  program=$!
  for signal in HUP INT QUIT TERM; do
    # shellcheck disable=SC2064
    trap "signalled=yes; kill -$signal -- -$program 2>/dev/null || true" "$signal"
  done
  signalled=yes
  while [ -n "$signalled" ]; do
    signalled=
    wait "$program" && code=0 || code=$?
  done
  exit "$code"
}

clean() {
  [ -d "$cache" ] || return 0
  exec 9>>"$cache/setup.lock" 8>>"$cache/run.lock"
  flock -n 9 || die "a set-up is running in $cache: nothing removed"
  flock -n 8 || die "a program is running in the environment: nothing removed"
  rm -rf --one-file-system "${cache:?}"/{new.*,debian-*,conda-*,home,setup.log}
  rm -f "$cache"/{setup,run}.lock
  rmdir --ignore-fail-on-non-empty "$cache"
}

case ${1:-} in
  run)
    shift
    [ $# -gt 0 ] || die "run: which command? (./env.sh run CMD...)"
    choose
    setup
    run "$@" ;;
  setup)
    choose
    setup
    say "ready: $kind, $place" ;;
  which)
    choose
    if ready; then state=ready; else state="not set up yet"; fi
    printf '%s %s (%s)\n' "$kind" "$place" "$state" ;;
  versions) versions ;;
  packages) printf '%s\n' "${packages[@]}" ;;
  clean) clean ;;
  "" | -h | --help | help)
    # shellcheck disable=SC2059
    printf "$usage\n" "$cache" ;;
  *) die "$1: must be run, setup, which, packages, versions or clean" ;;
esac
