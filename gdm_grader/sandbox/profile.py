"""The additions of a course to its kernels: packages, what is imported beforehand, what answers on the extra socket."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Profile:
    """Names of modules; the sandbox imports them in the fork server and in kernels, never in the grader.

    `packages`: what notebooks import although it is not installed with Python's own packages, such as a checkout's
    library; kernels can read these folders. `preload`: modules that the fork server imports once for all kernels.
    `hook`: a module whose `listen(descriptor)` a kernel calls before any cell runs, None for none.
    """

    packages: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    hook: str | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Profile":
        """Return the profile that `to_json` wrote."""
        fields = json.loads(text)
        return cls(tuple(fields["packages"]), tuple(fields["preload"]), fields["hook"])
