"""Sees whether a release can be made, and makes its tag; the workflow `release` does the rest.

    python -m tools.release          # only looks
    python -m tools.release --tag    # and tags; then: git push origin vX.Y.Z
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECTS = ("gdm_lib", "gdm_grader")
EXAMPLES = ("OWNER/REPO", "example.org")


def version_of(root: Path, project: str) -> str:
    return tomllib.loads((root / project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def obstacles(root: Path, changed: str, tags: list[str]) -> list[str]:
    """Return a sentence for each thing that is in the way of a release.

    changed: what `git status --porcelain` says of tracked files; tags: those that there are.
    """
    found = []
    versions = {project: version_of(root, project) for project in PROJECTS}
    version = versions["gdm_lib"]
    if len(set(versions.values())) > 1:
        found.append(f"Expected one version, found {versions}. Write the same into both pyproject.toml.")
    cited = re.search(r"^version: (.*)$", (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)[1]
    if cited != version:
        found.append(f"Expected version {version} in CITATION.cff, found {cited}.")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(rf"^## {re.escape(version)}(.*)$", changelog, re.MULTILINE)
    if heading is None:
        found.append(f"Expected a heading '## {version}, DATE' in CHANGELOG.md, found none.")
    elif not re.fullmatch(r", \d{4}-\d{2}-\d{2}", heading[1]):
        found.append(f"Expected the date of the release in CHANGELOG.md, found '{heading[0]}'.")
    config = (root / "_config.yml").read_text(encoding="utf-8")
    for example in EXAMPLES:
        if example in config:
            found.append(f"Expected your own address in _config.yml, found the example {example}.")
    if changed:
        found.append(f"Expected everything to be committed, found changes: {changed.splitlines()[0].strip()} ...")
    if f"v{version}" in tags:
        found.append(f"Expected a new version, found the tag v{version}. Raise it in both pyproject.toml.")
    return found


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tag", action="store_true", help="make the tag if nothing is in the way")
    arguments = parser.parse_args()
    found = obstacles(ROOT, git("status", "--porcelain", "--untracked-files=no"), git("tag").split())
    if found:
        sys.exit("\n".join(found))
    tag = f"v{version_of(ROOT, 'gdm_lib')}"
    if arguments.tag:
        git("tag", "--annotate", tag, "--message", f"Version {tag[1:]}")
        print(f"Tagged {tag}. To publish: git push origin {tag}")
    else:
        print(f"Nothing is in the way of {tag}. To tag it: python -m tools.release --tag")


if __name__ == "__main__":
    main()
