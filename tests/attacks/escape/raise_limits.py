"""Takes its own limits back, or sets those of another process."""

import resource

from attack import escaped, target, tries

for kind in (resource.RLIMIT_DATA, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
    tries(lambda kind=kind: resource.setrlimit(kind, (-1, -1)) or escaped(kind),
          lambda kind=kind: resource.prlimit(target.victim, kind, (1 << 40, 1 << 40)) or escaped("of another"))
