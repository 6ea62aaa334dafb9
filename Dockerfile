# A JupyterHub's single-user image: the assignments, gdm_lib, and nbgrader's Validate for students.
#
#   make student-bundle
#   docker build -t generative-models .
#
# The hub and the image must speak one version: build with --build-arg JUPYTERHUB=<the hub's>. Without a GPU, name
# PyTorch's CPU packages in --build-arg PIP_EXTRA_INDEX_URL=...: it saves gigabytes.
FROM python:3.11-slim-bookworm

ARG JUPYTERHUB=6.1.1
ARG PIP_EXTRA_INDEX_URL=
ENV PIP_NO_CACHE_DIR=1 OMP_NUM_THREADS=1

WORKDIR /opt
COPY _build/student-bundle.zip .
RUN python -m zipfile -e student-bundle.zip . \
    && rm student-bundle.zip \
    && cd generative-models \
    && pip install -r requirements.txt "jupyterhub==${JUPYTERHUB}"

# What instructors use is switched off here; Validate and the list of assignments stay on.
RUN jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:create-assignment \
    && jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:formgrader \
    && jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:course-list \
    && jupyter server extension disable --sys-prefix nbgrader.server_extensions.formgrader \
    && jupyter server extension disable --sys-prefix nbgrader.server_extensions.course_list \
    && jupyter server extension enable --sys-prefix nbgrader.server_extensions.validate_assignment \
    && jupyter server extension enable --sys-prefix nbgrader.server_extensions.assignment_list

RUN useradd --create-home student && cp -r /opt/generative-models/assignments /home/student/ \
    && chown -R student:student /home/student
USER student
WORKDIR /home/student
EXPOSE 8888
CMD ["jupyterhub-singleuser"]
