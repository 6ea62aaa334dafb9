"""Release an assignment, grade a class, and tell each student why."""

import os
import sys
import warnings

# Below, modules are imported that Windows does not have.
if sys.platform == "win32":
    sys.exit("Expected Linux, found Windows. Work in WSL2: `wsl --install`, then start anew there. "
             "(Students need none of this: their bundle runs on Windows.)")
# Tests are made of assertions: without these every answer would pass.
if sys.flags.optimize:
    sys.exit("Expected Python with its assertions, found that they are switched off, so that every test would pass. "
             "Run `unset PYTHONOPTIMIZE`, or leave out the option -O, then run the same command again.")

# jsonschema would build a grammar of internationalized web addresses, 3 to 4 s at every start, for a format
# that no notebook's schema uses; without the module it does not check that format.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# A user without a name, as of `docker run -u 12345`, has no home, and nbconvert is not imported without one.
if os.path.expanduser("~") == "~":
    os.environ["HOME"] = "/nonexistent"

# nbgrader calls alembic's command when it creates a gradebook: find the one of this environment.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", os.defpath)

# nbgrader's gradebook and SQLAlchemy 2 disagree on a detail that changes nothing.
warnings.filterwarnings("ignore", "Object of type .* not in session", module="nbgrader")
