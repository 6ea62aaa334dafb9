"""Shows an output that is a list in a list in a list: what reads it must not recurse to death."""

import attack  # noqa: F401
from IPython import get_ipython

EXPECTED = {"ok", "output", "timeout"}
kernel = get_ipython().kernel
session, socket = kernel.session, kernel.iopub_socket
session.pack = lambda _: b"[" * 100_000 + b"]" * 100_000
message = session.msg("display_data", {})
socket.send_multipart(session.serialize(message))
del session.pack
