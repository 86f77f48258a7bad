#!/bin/bash
# Tries mpirun over ssh on two nodes: two network namespaces of this machine, each with its own host name,
# /dev/shm and /run, joined by a virtual cable; messages between ranks go by TCP. As root on a throw-away machine:
#   apt-get install --no-install-recommends openssh-server openssh-client iproute2
#   LITHODE_ENV=debian ./env.sh setup && hpc/test-two-nodes.sh
# Runs a toy, cuts it by SIGTERM, resumes it, and compares it with a run on one rank. Not part of `make test`.
set -u
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
die() { echo "test-two-nodes.sh: $*" && exit 1; }
[ "$(id -u)" = 0 ] || die "needs root, on a machine to throw away"
for tool in sshd ssh-keygen ip; do command -v $tool >/dev/null || die "no $tool"; done
export LITHODE_ENV=debian
"$project/env.sh" which | grep -q "(ready)" || die "LITHODE_ENV=debian ./env.sh setup, first"
tree=$("$project/env.sh" which | cut -d ' ' -f 2)

work=$(mktemp -d /tmp/test-two-nodes.XXXXXX) sshd=
# shellcheck disable=SC2317
clean_up() {
  [ -z "$sshd" ] || kill "$sshd" 2>/dev/null
  wait
  ip netns del lithode-a 2>/dev/null
  ip netns del lithode-b 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1

for name in a b; do ip netns add "lithode-$name" || die "no network namespaces here"; done
ip link add lithode-va netns lithode-a type veth peer name lithode-vb netns lithode-b || die "no virtual cables here"
for end in a:1 b:2; do
  ip -n "lithode-${end%:*}" addr add "10.77.0.${end#*:}/24" dev "lithode-v${end%:*}"
  ip -n "lithode-${end%:*}" link set lo up
  ip -n "lithode-${end%:*}" link set "lithode-v${end%:*}" up
done
printf '127.0.0.1 localhost\n10.77.0.1 node-a\n10.77.0.2 node-b\n' >hosts

# on a|b COMMAND...
cat >node <<'SHELL'
#!/bin/bash -e
hostname "node-$1"
mount --bind "${0%/*}/hosts" /etc/hosts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
mkdir /run/sshd
shift
exec "$@"
SHELL
on() { exec ip netns exec "lithode-$1" unshare --uts --ipc --mount "$work/node" "$@"; }
lithode=(python3 -P "$project/tests/toys/command.py")
# shellcheck disable=SC2054
mpirun=("$project/hpc/enter-tree" "$tree" mpirun --host node-a:1,node-b:1 -n 2)
export TMPDIR=/run OMPI_MCA_btl=self,sm,tcp OMPI_MCA_btl_tcp_if_include=10.77.0.0/24 PRTE_MCA_prte_if_include=10.77.0.0/24
export PRTE_MCA_plm_ssh_args="-i $work/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"

for name in key host_key; do ssh-keygen -q -t ed25519 -N '' -f $name; done
variables=$(declare -px TMPDIR OMPI_MCA_btl OMPI_MCA_btl_tcp_if_include PRTE_MCA_prte_if_include)
# shellcheck disable=SC2016
printf '#!/bin/bash\n%s\nexec unshare --mount "%s" "%s" bash -c "$SSH_ORIGINAL_COMMAND"\n' \
  "$variables" "$project/hpc/enter-tree" "$tree" >login
chmod 755 node login
echo "command=\"$work/login\" $(cat key.pub)" >authorized
printf '%s\n' "ListenAddress 10.77.0.2" "HostKey $work/host_key" "AuthorizedKeysFile $work/authorized" \
  "PermitRootLogin yes" "PasswordAuthentication no" "UsePAM no" "StrictModes no" "PidFile none" >sshd_config
(on b "$(command -v sshd)" -D -e -f "$work/sshd_config") 2>sshd.log &
sshd=$!
for ((i = 0; i < 50; i++)); do grep -q listening sshd.log && break; sleep 0.1; done

code='from mpi4py import MPI; print(*MPI.COMM_WORLD.allgather(MPI.Get_processor_name()))'
(on a "${mpirun[@]}" python3 -c "$code") | tee names
grep -qx "node-a node-b" <(head -1 names) || die "the ranks are not on two nodes"

case=(run toy --preset paper --set end_time=10)
unshare --mount "$project/hpc/enter-tree" "$tree" "${lithode[@]}" "${case[@]}" --out "$work/one" >one.log 2>&1 || die "$(cat one.log)"
(on a "${mpirun[@]}" "${lithode[@]}" "${case[@]}" --out "$work/two") >two.log 2>&1 || die "$(cat two.log)"
(on a "${mpirun[@]}" "${lithode[@]}" "${case[@]}" --set pause=0.3 --out "$work/cut") >cut.log 2>&1 &
job=$!
for ((i = 0; i < 300; i++)); do
  [ "$( (wc -l <cut/history.csv) 2>/dev/null || echo 0)" -ge 6 ] && break
  sleep 0.1
done
kill -TERM $job
wait $job
code=$?
[ $code = 143 ] || die "SIGTERM ended with $code: $(cat cut.log)"
(on a "${mpirun[@]}" "${lithode[@]}" run toy --resume --out "$work/cut") >resumed.log 2>&1 || die "$(cat resumed.log)"
grep "resumed from" resumed.log || die "not resumed"

/usr/bin/python3 - <<'PYTHON'
import csv, sys
def read(run):
    rows = list(csv.DictReader(open(f"{run}/history.csv")))
    return [{k: float(v) for k, v in row.items() if not k.startswith("wall")} for row in rows]
one, worst = read("one"), 0.0
for run in ("two", "cut"):
    other = read(run)
    assert len(one) == len(other), run
    change = max(abs(a[k] - b[k]) / max(abs(a[k]), 1e-300) for a, b in zip(one, other) for k in a)
    print(f"{run}: {len(other)} rows, largest relative difference from one rank {change:.1e}")
    worst = max(worst, change)
sys.exit(not worst < 1e-10)
PYTHON
result=$?
[ $result = 0 ] && echo "ok"
exit $result
