"""Lays symbolic and hard links to the gradebook into its own folder and reads through them."""

import os

from attack import escaped, target, tries

tries(lambda: os.symlink(target.gradebook, "soft"), lambda: os.link(target.gradebook, "hard"),
      lambda: escaped(open("soft").read()), lambda: escaped(open("hard").read()))
