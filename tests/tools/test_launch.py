"""The folder of the launch buttons holds the notebooks, what they read, and nothing that git does not know."""

import subprocess
from pathlib import Path

from tools.launch import gather

KEPT = (".binder/postBuild", "LICENSE", "book/flows/data.npz", "gdm_lib/deep/one.py", "requirements.lock")
OTHERS = ("README.md", "book/flows/page.md", "solutions/masks/masks.ipynb")
UNKNOWN = ("gdm_lib/notes.txt", "book/flows/mine.json")
NOTEBOOK = "_build/html/_sources/book/flows/page.ipynb"


def test_the_folder_holds_what_the_pages_need(tmp_path: Path) -> None:
    for name in (*KEPT, *OTHERS, *UNKNOWN, NOTEBOOK, "_build/launch/of last time.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / KEPT[0]).chmod(0o755)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", *KEPT, *OTHERS], cwd=tmp_path, check=True)
    target = gather(tmp_path)
    found = sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())
    assert found == sorted([*KEPT, "book/flows/page.ipynb"])
    assert (target / KEPT[0]).stat().st_mode & 0o111
    assert (target / "book/flows/page.ipynb").read_text(encoding="utf-8") == NOTEBOOK
