# A JupyterHub's single-user image: the assignments, gdm_lib, and nbgrader's Validate for students.
#
#   make student-bundle
#   docker build -t generative-models .
#
# The hub and the image must speak one version: build with --build-arg JUPYTERHUB=<the hub's>. PyTorch comes in its
# build for CPUs; --build-arg TORCH=auto on a machine with a GPU takes the build for that one, gigabytes more.
FROM python:3.11-slim-bookworm

ARG JUPYTERHUB=6.1.1
ARG TORCH=cpu
ENV PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 OMP_NUM_THREADS=1

WORKDIR /opt
COPY _build/student-bundle.zip .
RUN python -m zipfile -e student-bundle.zip . \
    && rm student-bundle.zip \
    && cd generative-models \
    && pip install uv \
    && uv pip install --system --torch-backend "${TORCH}" -r requirements.txt "jupyterhub==${JUPYTERHUB}"

# Validate and the list of assignments, where the exchange lies, and nothing of the instructor's.
COPY hub/install.sh hub/nbgrader_config.py hub/
RUN hub/install.sh /usr/local

# nbgrader asks JupyterHub for a student's name only where the account is called jovyan: under any other name
# everybody would hand in as one person. The exchange is mounted at /srv/nbgrader/exchange.
RUN useradd --create-home jovyan && cp -r /opt/generative-models/assignments /home/jovyan/ \
    && chown -R jovyan:jovyan /home/jovyan
USER jovyan
WORKDIR /home/jovyan
EXPOSE 8888
CMD ["jupyterhub-singleuser"]
