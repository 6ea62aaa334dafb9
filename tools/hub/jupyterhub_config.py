"""The configuration of the hub of the run: accounts of this machine (PAM), their servers as the course ships them."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (traitlets gives it to every configuration file)

load_subconfig(str(Path(__file__).parents[2] / "hub" / "jupyterhub_config.py"))  # noqa: F821  (traitlets gives it, too)

c.JupyterHub.bind_url = os.environ["HUB_ADDRESS"]
c.JupyterHub.hub_port = int(os.environ["HUB_PORT"])
c.ConfigurableHTTPProxy.api_url = os.environ["HUB_PROXY_API"]
c.ConfigurableHTTPProxy.command = os.environ["HUB_PROXY"]
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_users = set(os.environ["HUB_USERS"].split())
c.Spawner.start_timeout = 180  # seconds, on a busy machine
c.Spawner.http_timeout = 180
print("JupyterHub is configured for", *sorted(c.Authenticator.allowed_users), file=sys.stderr)
