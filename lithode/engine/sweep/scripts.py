"""Files by which a cluster, or Snakemake, runs the points of a sweep in its folder."""

from __future__ import annotations

import shlex
from pathlib import Path

from lithode.core.files import write_atomically
from lithode.engine.sweep.plan import Plan

# Most of a SLURM array that clusters allow by default; more points share a task.
_MOST_TASKS = 1000

_SLURM = """\
#!/bin/bash
# Runs the points of this sweep as an array: sbatch {file}
# A point that gets SIGTERM writes a checkpoint; submit again, and what is done is skipped.
# When all have ended: {lithode}{case} --out {folder} --collect
#SBATCH --job-name=lithode-sweep
#SBATCH --array=0-{last}
#SBATCH --ntasks={ranks}
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@300
#SBATCH --output={folder}/slurm-%A_%a.txt

# With IMAGE=lithode.sif the container is used, otherwise the lithode of the active environment.
lithode=(lithode)
[ -z "${{IMAGE:-}}" ] || lithode=(apptainer exec --bind "$PWD" "$IMAGE" lithode)
export OMP_NUM_THREADS=1 OMPI_MCA_sharedfp=individual
first=$((SLURM_ARRAY_TASK_ID * {each}))
last=$((first + {each} - 1))
[ "$last" -lt {size} ] || last=$(({size} - 1))
exec srun "${{lithode[@]}}" sweep{case} --out {folder} --only "$first..$last"
"""

_SNAKEFILE = """\
# Runs the points of this sweep: snakemake --snakefile {file} --cores 4 --keep-going
# A point that has its results is not run again; one that was cut short goes on, one that failed is
# tried again. While some fail, {collect} makes the table of the others.
rule all:
    input:
        {table!r},

rule collect:
    input:
        expand({pattern!r}, point=[{points}]),
    output:
        {table!r},
    shell:
        {collect!r}

rule point:
    output:
        touch({pattern!r}),
    threads: {ranks}
    shell:
        {run!r}
"""


def write_slurm(plan: Plan, ranks: int) -> Path:
    """Write ``sweep.slurm``, an array of jobs, and return it."""
    size = len(plan.points)
    each = -(-size // _MOST_TASKS)
    file = plan.path / "sweep.slurm"
    text = _SLURM.format(
        file=shlex.quote(str(file)),
        lithode="lithode sweep",
        case=_case(plan),
        folder=shlex.quote(str(plan.path)),
        last=-(-size // each) - 1,
        ranks=ranks,
        each=each,
        size=size,
    )
    write_atomically(file, text)
    return file


def write_snakefile(plan: Plan, ranks: int) -> Path:
    """Write ``Snakefile`` and return it."""
    file, folder = plan.path / "Snakefile", shlex.quote(str(plan.path))
    launch = f"mpirun -n {ranks} " if ranks > 1 else ""
    command = f"{launch}lithode sweep{_case(plan)} --out {folder}".replace("{", "{{")
    text = _SNAKEFILE.format(
        file=shlex.quote(str(file)),
        table=str(plan.path / "table.csv"),
        pattern=str(plan.path / "done" / "{point}"),
        points=", ".join(f'"{number}"' for number in range(len(plan.points))),
        collect=f"lithode sweep{_case(plan)} --out {folder} --collect",
        run=f"{command} --only {{wildcards.point}}",
        ranks=ranks,
    )
    write_atomically(file, text)
    return file


def _case(plan: Plan) -> str:
    return f" {shlex.quote(str(plan.case_file))}" if plan.case_file else ""
