#!/bin/sh
# Sets an environment up for students on a JupyterHub: hub/install.sh PREFIX, where PREFIX/bin/jupyter is.
# What instructors use is switched off; Validate and the list of assignments stay on.
set -eu
prefix=$1
here=$(dirname "$0")
PATH="$prefix/bin:$PATH"

for part in create-assignment formgrader course-list; do
    jupyter labextension disable --level=sys_prefix "@jupyter/nbgrader:$part"
    jupyter labextension lock --level=sys_prefix "@jupyter/nbgrader:$part"
done
for part in formgrader course_list; do
    jupyter server extension disable --sys-prefix "nbgrader.server_extensions.$part"
done
for part in validate_assignment assignment_list; do
    jupyter server extension enable --sys-prefix "nbgrader.server_extensions.$part"
done
# The commands above exit with 0 even where they changed nothing.
if jupyter server extension list 2>&1 | grep -E "(formgrader|course_list).*enabled"; then
    echo "Expected the parts above to be switched off in $prefix, and they are not." >&2
    exit 1
fi

# No question to students about news.
mkdir -p "$prefix/share/jupyter/lab/settings" "$prefix/etc/jupyter"
cat > "$prefix/share/jupyter/lab/settings/overrides.json" <<'JSON'
{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}
JSON
cp "$here/nbgrader_config.py" "$prefix/etc/jupyter/"
chmod a+r "$prefix/share/jupyter/lab/settings/overrides.json" "$prefix/etc/jupyter/nbgrader_config.py"
