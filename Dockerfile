# In a checkout: docker build -t lithode . && docker run --rm -v "$PWD/results:/results" lithode run graded-li3n --out /results/a
# On several ranks: docker run --rm --entrypoint mpirun lithode -n 4 lithode run ...
FROM debian:sid-slim

COPY env.sh /opt/lithode/env.sh
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(bash /opt/lithode/env.sh packages) \
 && apt-get clean && rm -rf /var/lib/apt/lists/* \
 && dpkg-query --show --showformat='${Package} ${Version} ${Architecture}\n' >/opt/lithode/versions.txt

COPY pyproject.toml README.md LICENSE /opt/lithode/
COPY lithode /opt/lithode/lithode
COPY solvers /opt/lithode/solvers
COPY meshes /opt/lithode/meshes
COPY cases /opt/lithode/cases
COPY hpc/mpirun /usr/local/bin/mpirun
RUN python3 -m pip install --break-system-packages --no-deps --no-build-isolation /opt/lithode \
 && rm -rf /opt/lithode/build /opt/lithode/lithode.egg-info \
 && (python3 -m pip install --break-system-packages --no-deps plotly || echo "no plotly: diagrams in report.html will be pictures") \
 && useradd --create-home lithode \
 && python3 -c 'from lithode.engine.versions import check_dolfinx; check_dolfinx()'

ENV LANG=C.UTF-8 PYTHONNOUSERSITE=1 OMP_NUM_THREADS=1 \
    VTK_DEFAULT_OPENGL_WINDOW=vtkEGLRenderWindow ADIOS2_ALWAYS_USE_MPI=1 \
    SCOTCH_PTHREAD_NUMBER=1 SCOTCH_DETERMINISTIC=1 OMPI_MCA_sharedfp=individual
USER lithode
WORKDIR /home/lithode
ENTRYPOINT ["lithode"]
CMD ["--help"]
