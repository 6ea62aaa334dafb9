"""The cases are read as text by tools/answers, never imported."""

collect_ignore_glob = ["*/*.py"]
