"""Starts other programs that read the gradebook: what they may must not differ."""

import subprocess
import sys

from attack import escaped, target, tries

for command in (["cat", target.gradebook], [sys.executable, "-c", f"print(open({target.gradebook!r}).read())"]):
    tries(lambda command=command: escaped(subprocess.run(command, capture_output=True, check=True).stdout.decode()))
