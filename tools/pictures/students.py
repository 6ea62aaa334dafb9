"""The pictures of the students' page, from a real JupyterLab and a real grading run: `make pictures`, a minute."""

import io
import os
import re
import secrets as tokens
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from PIL import Image
from playwright.sync_api import Locator, Page

from gdm_grader.authoring import demo
from tools.browser.visit import chromium

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "book" / "_static" / "students"
# A first try, which hides nothing: it passes one test and shows what a failed one says, and gives nothing away.
TRY = """def causal_mask(kernel_size, kind):
    return torch.ones(kernel_size, dtype=torch.bool)  # a first try: hide nothing"""
SIZE = {"width": 1000, "height": 620}
COLORS = 64  # a screen has few: a picture takes a quarter of the room
EDGE = 8  # of a window as wide as the screen, where what lies behind it shows
NUMBERED = re.compile(r"\[\d+\]")


def save(picture: bytes, name: str) -> None:
    path = PICTURES / f"{name}.png"
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLORS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1024:.0f} KB")


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """A JupyterLab of our own on a free port; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = tokens.token_hex(8)
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
               f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    settings = folder / ".settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8")
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(folder / ".config"),
                                "JUPYTERLAB_SETTINGS_DIR": str(folder / ".settings"),
                                "JUPYTERLAB_WORKSPACES_DIR": str(folder / ".workspaces")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/lab/tree/assignments/masks/masks.ipynb?token={token}&reset"
    finally:
        process.terminate()
        process.wait()


def run_cell(page: Page, first: str, source: str = "") -> Locator:
    """Run the code cell that begins so, with another source if one is given; wait until it has its number."""
    code = page.locator(".jp-Notebook .jp-CodeCell").filter(has=page.locator(".cm-line", has_text=first)).first
    code.scroll_into_view_if_needed()
    code.locator(".cm-content").click()
    if source:
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(source)
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+Enter")
    code.locator(".jp-InputPrompt").filter(has_text=NUMBERED).wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    return code


def work(page: Page, address: str) -> None:
    """Open the notebook, answer one task, run its tests, save, validate: a picture of each."""
    page.goto(address)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=90_000)
    page.wait_for_timeout(4000)
    save(page.screenshot(), "open")
    page.keyboard.press("Control+B")  # the list of files makes room for the notebook
    for first in ("needed = (", "def assert_form(", "def numbers("):
        run_cell(page, first)
    save(run_cell(page, "def causal_mask(", TRY).screenshot(), "work")
    run_cell(page, "all of the past is shown")
    failed = run_cell(page, "no tap of the future is shown")
    failed.get_by_text("AssertionError: Type A").wait_for()
    save(failed.screenshot(), "check")
    page.keyboard.press("Control+S")
    page.wait_for_timeout(2000)
    page.get_by_text("Validate", exact=True).first.click()
    dialog = page.locator(".jp-Dialog-content")
    dialog.wait_for(timeout=180_000)
    box = dialog.bounding_box()
    assert box, "the window Validation Results is not shown"
    save(page.screenshot(clip={**box, "width": box["width"] - EDGE}), "validate")


def feedback(page: Page, folder: Path) -> None:
    """Hand the same notebook in, grade it, open what comes back."""
    release = nbformat.read(ROOT / "assignments" / "masks" / "masks.ipynb", as_version=4)
    submission = folder / "class" / "submitted" / "you" / "masks" / "masks.ipynb"
    submission.parent.mkdir(parents=True)
    nbformat.write(demo.filled(release, {"causal_mask": TRY}), submission)
    subprocess.run(["gdm", "grade", "masks", "--class", folder / "class"], cwd=ROOT, check=True)
    page.goto((folder / "class" / "feedback" / "you" / "masks" / "masks.html").as_uri())
    page.wait_for_timeout(1000)
    save(page.screenshot(), "feedback")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        folder = Path(scratch)
        shutil.copytree(ROOT / "assignments", folder / "assignments")
        page = browser.new_page(viewport=SIZE)
        with lab(folder) as address:
            work(page, address)
        feedback(page, folder)


if __name__ == "__main__":
    main()
