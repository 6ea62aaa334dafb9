"""Sends outputs whose fields are not what they should be."""

import attack  # noqa: F401
from IPython import get_ipython

EXPECTED = {"ok"}
kernel = get_ipython().kernel
for kind, content in (("stream", {"name": 7, "text": [1]}), ("error", {"traceback": 3}),
                      ("execute_result", {"data": 5}),
                      ("display_data", {"data": {"text/plain": {"a": 1}}}), ("status", {"execution_state": 3}),
                      ("clear_output", {"wait": "x"})):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
