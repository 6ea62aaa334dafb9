"""These files are run in sandboxed kernels, never imported here."""

collect_ignore_glob = ["*.py"]
