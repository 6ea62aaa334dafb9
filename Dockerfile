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

# What instructors use is switched off here; Validate and the list of assignments stay on.
RUN jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:create-assignment \
    && jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:formgrader \
    && jupyter labextension disable --level=sys_prefix @jupyter/nbgrader:course-list \
    && jupyter server extension disable --sys-prefix nbgrader.server_extensions.formgrader \
    && jupyter server extension disable --sys-prefix nbgrader.server_extensions.course_list \
    && jupyter server extension enable --sys-prefix nbgrader.server_extensions.validate_assignment \
    && jupyter server extension enable --sys-prefix nbgrader.server_extensions.assignment_list \
    && ! jupyter server extension list 2>&1 | grep -E "(formgrader|course_list).*enabled"

# No question to students about news, and no parts that they could switch on again.
RUN mkdir -p /usr/local/share/jupyter/lab/settings \
    && echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' \
        > /usr/local/share/jupyter/lab/settings/overrides.json \
    && for part in create-assignment formgrader course-list; do \
        jupyter labextension lock --level=sys_prefix "@jupyter/nbgrader:$part"; done

RUN useradd --create-home student && cp -r /opt/generative-models/assignments /home/student/ \
    && chown -R student:student /home/student
USER student
WORKDIR /home/student
EXPOSE 8888
CMD ["jupyterhub-singleuser"]
