"""CPU time of the commands that compute nothing, in processes of their own.

python3 benchmarks/startup.py [REPEATS]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

COMMANDS = [
    ["--help"],
    ["list"],
    ["show", "graded-li3n"],
    ["show", "wang2024/transport"],
    ["run", "graded-li3n", "--set", "width=3 bananas"],
    ["run", "graded-li3n", "--set", "width=3 V"],
    ["run", "graded-li3m"],
]


def cpu_seconds(arguments: list[str]) -> float:
    """Return user and system time of one process."""
    # A launcher's variables would make the command start MPI.
    alone = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "lithode", *arguments],
        env=alone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"| command | CPU time, best of {repeats} [s] |\n|---|---|")
    for arguments in COMMANDS:
        best = min(cpu_seconds(arguments) for _ in range(repeats))
        print(f"| `lithode {' '.join(arguments)}` | {best:.2f} |", flush=True)


if __name__ == "__main__":
    main()
