"""Leaves modules and start-up scripts where the next kernel would find them."""

import os

from attack import SECRET, tries

for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.environ.get("TMPDIR", "/tmp"),
               os.path.join(os.environ["IPYTHONDIR"], "profile_default/startup")):
    for name in ("torch.py", "sitecustomize.py", "00-first.py", SECRET):
        path = os.path.join(folder, name)
        tries(lambda path=path: os.makedirs(os.path.dirname(path), exist_ok=True),
              lambda path=path: open(path, "w").write(f"print({SECRET!r})"))
print("left behind")
