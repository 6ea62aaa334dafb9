"""Changes the gradebook, removes the solution, and leaves a notebook in another student's folder."""

import os

from attack import escaped, target, tries

tries(lambda: open(target.gradebook, "a").write("more points") and escaped("wrote"),
      lambda: os.remove(target.solution) or escaped("removed"),
      lambda: open(os.path.join(os.path.dirname(target.other_student), "new"), "w").close() or escaped("left"),
      lambda: os.truncate(target.other_student, 0) or escaped("emptied"))
