#!/bin/bash
# Tries hpc/lithode.slurm on a SLURM of its own: munged, slurmctld and slurmd on this machine, with all
# their files in a temporary folder, and a second slurmd in a network namespace with its own host name,
# /dev/shm and /run, at the other end of a virtual cable. As root on a throw-away machine or container:
#   apt-get install --no-install-recommends slurm-wlm munge libpmix-dev iproute2
#   ./env.sh setup && hpc/test-slurm.sh
# Cases are the toys of tests/toys, which take seconds. hpc/test-slurm.sh NAME... runs some tests only;
# KEEP=1 keeps the folder. Not part of `make test`.
set -u
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
all=(resume options every_instant before_checkpoint study start_up two_ranks two_nodes singletons serial_in_batch real_case)

[ "$(id -u)" = 0 ] || { echo "test-slurm.sh: needs root, on a machine to throw away" && exit 2; }
for tool in slurmctld slurmd munged sbatch; do
  command -v $tool >/dev/null || { echo "test-slurm.sh: no $tool (apt-get install slurm-wlm munge libpmix-dev)" && exit 2; }
done
port=${PORT:-26817}
for ((i = 0; i < 2; i++)); do
  if (: >"/dev/tcp/127.0.0.1/$((port + i))") 2>/dev/null; then
    echo "test-slurm.sh: port $((port + i)) is in use (PORT=NUMBER takes it and the next)" && exit 2
  fi
done

work=$(mktemp -d /tmp/test-slurm.XXXXXX)
chmod 711 "$work"
daemons=()
# shellcheck disable=SC2317
clean_up() {
  scancel --full --signal=KILL --user root 2>/dev/null
  [ ${#daemons[@]} = 0 ] || kill "${daemons[@]}" 2>/dev/null
  wait "${daemons[@]}" 2>/dev/null
  [ -z "${second:-}" ] || ip netns del lithode-b
  [ -z "${KEEP:-}" ] && rm -rf "$work" || echo "kept: $work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# --- a SLURM of its own ---

mkdir -p "$work"/{state,log,bin,runs,spool-"${host:=$(hostname -s)}",spool-lithode-b}
make_second_node() {
  ip netns add lithode-b && ip link add lithode-va type veth peer name lithode-vb netns lithode-b &&
    ip addr add 10.77.0.1/24 dev lithode-va && ip link set lithode-va up &&
    ip -n lithode-b addr add 10.77.0.2/24 dev lithode-vb && ip -n lithode-b link set lithode-vb up && ip -n lithode-b link set lo up
}
address=127.0.0.1 second=
make_second_node 2>"$work/log/network" && address=10.77.0.1 second="NodeName=lithode-b NodeAddr=10.77.0.2 CPUs=$(nproc)"
export SLURM_CONF=$work/slurm.conf
# A requeued job waits until its old credential has expired: seconds here, not two minutes.
(umask 077 && head -c 1024 /dev/urandom >"$work/munge.key")
cat >"$SLURM_CONF" <<CONF
ClusterName=trial
SlurmctldHost=$host($address)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/munge.socket,cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
KillWait=2
TmpFS=/run
ReturnToService=2
NodeName=$host NodeAddr=$address CPUs=$(nproc)
$second
PartitionName=main Nodes=$host Default=YES
PartitionName=both Nodes=ALL
CONF
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
  --pid-file="$work/munge.pid" --log-file="$work/log/munged" --seed-file="$work/munge.seed" 2>"$work/log/munged.err" &
daemons+=($!)
while [ ! -S "$work/munge.socket" ]; do sleep 0.1; done
slurmctld -c -D >"$work/log/slurmctld" 2>&1 &
daemons+=($!)
slurmd -D -N "$host" >"$work/log/slurmd" 2>&1 &
daemons+=($!)
if [ -n "$second" ]; then
  cat >"$work/bin/node-b" <<SHELL
#!/bin/bash -e
hostname lithode-b
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
exec slurmd -D -N lithode-b
SHELL
  chmod 755 "$work/bin/node-b"
  # Not ip netns exec, which hides the cgroups.
  nsenter --net=/run/netns/lithode-b unshare --uts --ipc --mount "$work/bin/node-b" >"$work/log/slurmd-b" 2>&1 &
  daemons+=($!)
fi
are_idle() { ! sinfo -p both -ho %t 2>/dev/null | grep -qv '^idle$' && sinfo -ho %t 2>/dev/null | grep -q idle; }
for ((i = 0; i < 60; i++)); do are_idle && break; sleep 0.5; done
are_idle || { tail -n 20 "$work"/log/*; exit 1; }
echo "$(srun --version), $(nproc) cores"

# --- a `lithode` with the toys, and faults on demand ---

cat >"$work/command.py" <<PYTHON
import os, pathlib, runpy, signal, time

work = pathlib.Path("$work")
if (work / "die at start").exists():
    time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
if (work / "hang after case.yaml").exists():
    from lithode.engine.rundir import RunDirectory
    write = RunDirectory.write_input
    def hang(*arguments, **options):
        write(*arguments, **options)
        (work / "hangs").touch()
        while True:
            time.sleep(1)
    RunDirectory.write_input = hang
runpy.run_path("$project/tests/toys/command.py", run_name="__main__")
PYTHON
kind=$("$project/env.sh" which | cut -d ' ' -f 1)
if [ "$kind" = debian ]; then
  tree=$("$project/env.sh" which | cut -d ' ' -f 2)
  printf '#!/bin/bash\nexec unshare --mount "%s/hpc/enter-tree" "%s" python3 -P "%s/command.py" "$@"\n' "$project" "$tree" "$work" >"$work/bin/lithode"
else
  printf '#!/bin/bash\nexec "%s/env.sh" run python3 -P "%s/command.py" "$@"\n' "$project" "$work" >"$work/bin/lithode"
fi
chmod 755 "$work"/bin/*
export PATH=$work/bin:$PATH
[ "$(lithode --version 2>/dev/null | cut -d ' ' -f 1)" = lithode ] || { lithode --version; exit 1; }
cd "$work/runs" || exit 1

# --- words of the tests ---

fail() { echo "    $*"; [ ! -e "$log" ] || sed 's/^/    | /' "$log"; return 1; }

# submit NAME [sbatch options] -- ARGUMENTS: sets job, out, log.
submit() {
  local name=$1 options=()
  shift
  while [ "$1" != -- ]; do options+=("$1") && shift; done
  shift
  out=$work/runs/$name log=$work/runs/$name.log
  job=$(OUT=$out sbatch --parsable --ntasks=1 --output="$log" ${options[@]+"${options[@]}"} "$project/hpc/lithode.slurm" "$@") ||
    fail "sbatch refused"
}
state() { scontrol show job "$job" | grep -oP 'JobState=\K\w+'; }
restarts() { scontrol show job "$job" | grep -oP 'Restarts=\K\d+'; }
rows() { { wc -l <"$out/history.csv" || echo 0; } 2>/dev/null; }

# until_true SECONDS COMMAND...
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || { fail "waited in vain: $* (job is $(state))"; return 1; }
    sleep 0.2
  done
}
has_rows() { [ "$(rows)" -ge "$1" ]; }
ended() { [[ $(state) =~ ^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL)$ ]]; }
started() { [ "$(restarts)" -ge "$1" ] && { [ "$(state)" = RUNNING ] || ended; }; }
restarted() { [ "$(restarts)" -ge "$1" ] && [ "$(state)" = RUNNING ]; }
said() { grep -qE -- "$1" "$log" || fail "the log does not say: $1"; }
exists() { [ -e "$1" ]; }
completed() {
  until_true "${1:-90}" ended || return 1
  [ "$(state)" = COMPLETED ] || { fail "ended as $(state)"; return 1; }
  grep -q '"status": "completed"' "$out/summary.json" || { fail "no completed summary"; return 1; }
  [ ! -e "$out.slurm-$job" ] || fail "left its notes"
}

# same DIRECTORY DIRECTORY: histories agree to 1e-10 in all columns but the wall time and the restarts' counts.
same() {
  /usr/bin/python3 - "$1/history.csv" "$2/history.csv" <<'PYTHON' || fail "histories differ: $1 $2"
import csv, sys
a, b = ([{k: float(v) for k, v in row.items() if not k.startswith("wall")} for row in csv.DictReader(open(f))] for f in sys.argv[1:])
worst = max((abs(x[k] - y[k]) / max(abs(x[k]), 1e-300) for x, y in zip(a, b) for k in x if x[k] != y[k]), default=0.0)
print(f"    {len(a)} and {len(b)} rows, largest relative difference {worst:.1e}")
sys.exit(len(a) != len(b) or not worst <= 1e-10)
PYTHON
}

slow=(toy --preset paper --set pause=0.25 --set end_time=10)
undisturbed() { [ -e "$work/runs/undisturbed" ] || lithode run toy --preset paper --set end_time=10 --out "$work/runs/undisturbed" >/dev/null; }

# --- tests ---

# TERM, checkpoint, requeue, resume, done; twice.
resume() {
  submit resume -- "${slow[@]}" || return 1
  until_true 60 has_rows 5 && scancel --signal=TERM "$job" && until_true 60 restarted 1 || return 1
  until_true 60 has_rows 12 && scancel --signal=TERM "$job" && until_true 60 restarted 2 || return 1
  completed && said "resumed from .* at" && undisturbed && same "$work/runs/undisturbed" "$out"
}

# A preset, --set, the default name of the folder, and PETSc options; they are kept by a restart.
options() {
  submit unused -- "${slow[@]}" -- -heat_ksp_rtol 1e-11 -heat_pc_type none || return 1
  until_true 60 has_rows 4 && scancel --signal=TERM "$job" && until_true 60 restarted 1 && completed || return 1
  grep -q "cells: 16" "$out/case.yaml" || { fail "the preset is lost"; return 1; }
  grep -A 4 petsc_options "$out/case.yaml" | grep -q 1e-11 || { fail "the PETSc options are lost"; return 1; }
  job=$(sbatch --parsable -n 1 -o "$log" "$project/hpc/lithode.slurm" toy --set end_time=1)
  out=$work/runs/results/toy-$job
  completed || return 1
  # What lithode refuses is not queued again, and touches nothing.
  submit resume -- toy && until_true 60 ended && [ "$(state)" = FAILED ] && said "is used already" || return 1
  submit bad -- toy --preset papr && until_true 60 ended && [ "$(state)" = FAILED ] && said "papr"
}

# At random instants of the first 7 s SLURM requeues the running job, as for another job or after a node
# has failed, or the ranks are killed and the failed job is queued again by hand.
every_instant() {
  local k
  RANDOM=${SEED:-12}
  TRIES=50 submit every_instant -- toy --preset paper --set pause=0.6 --set end_time=10 || return 1
  for k in $(seq "${KILLS:-8}"); do
    until_true 60 started $((k - 1)) || return 1
    sleep "$((RANDOM % 7)).$((RANDOM % 10))"
    if ended; then break; fi
    if [ $((k % 2)) = 0 ]; then
      # shellcheck disable=SC2046
      kill -KILL $(pgrep -f -- "python3 -P .* --out $out") 2>/dev/null
      until_true 60 ended || return 1
    fi
    scontrol requeue "$job"
  done
  completed && echo "    $(restarts) restarts, $(grep -c 'resumed from' "$log") from a checkpoint" && undisturbed && same "$work/runs/undisturbed" "$out"
}

killed_after_input() {
  touch "$work/hang after case.yaml"
  submit "$@" || return 1
  until_true 60 exists "$work/hangs" || return 1
  rm -f "$work/hang after case.yaml" "$work/hangs"
  if ! exists "$out/case.yaml" || exists "$out/checkpoint"; then
    fail "hangs elsewhere"
    return 1
  fi
  scontrol requeue "$job" && completed && [ "$(restarts)" = 1 ]
}

before_checkpoint() {
  killed_after_input before_checkpoint -- toy --preset paper --set end_time=10 && undisturbed && same "$work/runs/undisturbed" "$out"
}

study() {
  killed_after_input study -- table --preset paper && has_rows 51 || return 1
  # Requeued after it is complete: not computed again.
  local before
  before=$(stat -c %i.%Y "$out/summary.json")
  scontrol requeue "$job" && sleep 1 && completed && [ "$before" = "$(stat -c %i.%Y "$out/summary.json")" ]
}

# TERM while Python starts, again and again.
start_up() {
  touch "$work/die at start"
  submit start_up -- "${slow[@]}" && until_true 120 ended
  local ended=$?
  rm -f "$work/die at start"
  [ $ended = 0 ] && [ "$(state)" = FAILED ] && [ "$(restarts)" = 2 ] && said "3 starts in a row have added no step"
}

has_pmix() { timeout 20 srun --mpi=pmix --ntasks=1 true 2>/dev/null; }

two_ranks() {
  has_pmix || { echo "    NOT TRIED: no srun --mpi=pmix here"; return 0; }
  SLURM_MPI_TYPE=pmix submit two_ranks --ntasks=2 -- "${slow[@]}" || return 1
  until_true 60 has_rows 5 && scancel --signal=TERM "$job" && until_true 60 restarted 1 && completed || return 1
  grep -q '"ranks": 2' "$out/summary.json" || { fail "not 2 ranks"; return 1; }
  undisturbed && same "$work/runs/undisturbed" "$out"
}

two_nodes() {
  if [ -z "$second" ] || ! has_pmix; then
    echo "    NOT TRIED: no srun --mpi=pmix here, or no second node: $(cat "$work/log/network")"
    return 0
  fi
  OMPI_MCA_btl=self,sm,tcp OMPI_MCA_btl_tcp_if_include=10.77.0.0/24 SLURM_MPI_TYPE=pmix \
    submit two_nodes --partition=both --nodes=2 --ntasks=2 --ntasks-per-node=1 -- "${slow[@]}" || return 1
  until_true 60 has_rows 5 && scancel --signal=TERM "$job" && until_true 60 restarted 1 || return 1
  scontrol show job "$job" | grep -q "NumNodes=2" || { fail "not on two nodes"; return 1; }
  completed && said "resumed from" && grep -q '"ranks": 2' "$out/summary.json" && undisturbed && same "$work/runs/undisturbed" "$out"
}

# Without PMIx each of two tasks is rank 0 of 1: refused, and nothing is written.
singletons() {
  SLURM_MPI_TYPE=none submit singletons --ntasks=2 -- "${slow[@]}" && until_true 60 ended || return 1
  [ "$(state)" = FAILED ] && said "srun = 2 tasks: .*--mpi=pm" && ! exists "$out"
}

# Serial runs and a sweep in a batch script of a job with two tasks.
serial_in_batch() {
  out=$work/runs/serial log=$work/runs/serial.log
  job=$(sbatch --parsable --ntasks=2 --output="$log" --wrap "lithode run toy --set end_time=1 --out $out &&
    for seed in 1 2; do srun -n 1 --exact lithode run toy --set end_time=1 --set seed=\$seed --out $out-\$seed & done; wait")
  completed && exists "$out-1/report.md" && exists "$out-2/report.md"
}

# One case of the paper on a real mesh.
real_case() {
  submit real_case -- graded-li3n --preset quick --set end_time=20 --set particles=fine || return 1
  until_true 300 has_rows 5 && scancel --signal=TERM "$job" && until_true 120 restarted 1 && completed 600 && said "resumed from"
}

failed=0
for test in "${@:-${all[@]}}"; do
  started=$SECONDS log=/dev/null
  echo "$test"
  if "$test"; then echo "  ok, $((SECONDS - started)) s"; else
    echo "  FAILED, $((SECONDS - started)) s"
    failed=$((failed + 1))
  fi
done
echo "$failed failed"
[ $failed = 0 ]
