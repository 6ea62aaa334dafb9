"""`make env` looks at the machine before it fetches anything, and takes the build of torch that fits."""

import ast
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.grader.small_disk import may_mount
from tools import environment
from tools.environment import LOCKED, block, is_whole, locked_version, show, torch_command
from tools.surroundings import Machine, cramped, obstacles, settings_of_pip, settle, tell_uv, this_machine

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
GOOD = Machine((3, 12, 1), "CPython", "Linux", "x86_64", "2.36", 50.0, True)
MAC = GOOD._replace(system="Darwin", processor="arm64", glibc="")


@pytest.mark.parametrize("machine", [GOOD, MAC, GOOD._replace(processor="aarch64", glibc="2.28")])
def test_a_machine_that_has_everything_meets_no_obstacle(machine):
    assert obstacles(machine) == []


def test_the_machine_that_runs_the_tests_is_read_as_it_is():
    here = this_machine(ROOT)
    assert obstacles(here._replace(free_gb=50.0, has_venv=True)) == []
    assert here.version[:2] == sys.version_info[:2]


@pytest.mark.parametrize(("machine", "says"), [
    (GOOD._replace(version=(3, 10, 13)), "found 3.10. Name another: make env PYTHON="),
    (GOOD._replace(version=(3, 15, 0)), "found 3.15"),
    (GOOD._replace(kind="PyPy"), "Expected CPython, found PyPy"),
    (GOOD._replace(kind="CPython without the GIL"), "found CPython without the GIL"),
    (GOOD._replace(system="Windows"), "WSL2"),
    (GOOD._replace(system="FreeBSD"), "found FreeBSD"),
    (MAC._replace(processor="x86_64"), "Expected arm64, found x86_64: there is no PyTorch for it"),
    (GOOD._replace(processor="armv7l"), "found armv7l"),
    (GOOD._replace(processor="x86_64 with a Python of 32 bits"), "32 bits"),
    (GOOD._replace(glibc=""), "Expected glibc 2.28 or newer, found none"),
    (GOOD._replace(glibc="2.17"), "found 2.17"),
    (GOOD._replace(free_gb=0.3), "found 0.3. Make room"),
    (GOOD._replace(has_venv=False), "apt-get install python3-venv"),
])
def test_what_is_missing_is_said_in_a_sentence(machine, says):
    (sentence,) = obstacles(machine)
    assert says in sentence


def test_an_old_python_is_refused_before_anything_is_fetched(tmp_path):
    """The program itself runs on Pythons that it refuses, so it must hold nothing that these cannot read."""
    (tmp_path / "tools").mkdir()
    for name in ("__init__.py", "environment.py", "surroundings.py"):
        program = (ROOT / "tools" / name).read_text(encoding="utf-8")
        ast.parse(program, feature_version=(3, 8))
        (tmp_path / "tools" / name).write_text(program.replace("(3, 15)", "(3, 11)"), encoding="utf-8")
    command = [sys.executable, "-m", "tools.environment", "no.lock"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Expected Python 3.11")
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_is_not_there_is_a_sentence():
    command = ["make", "--what-if=requirements.lock", "env", "PYTHON=python-of-nobody"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Expected a Python from 3.11 to 3.14 under the name python-of-nobody, found none." in done.stdout


@pytest.mark.parametrize(("backend", "system", "by_pip", "expected"), [
    ("cpu", "Linux", "2.13.0+cpu", ["-m", "pip", "install", "--quiet", "--no-deps", "torch==2.13.0"]),
    ("cpu", "Linux", "2.13.0", ["--python", "python", "--no-deps", "--torch-backend", "cpu", "torch==2.13.0"]),
    ("cpu", "Linux", None, ["--python", "python", "--no-deps", "--torch-backend", "cpu", "torch==2.13.0"]),
    ("auto", "Linux", "2.13.0+cpu", ["--python", "python", "--torch-backend", "auto", "torch==2.13.0"]),
    ("pypi", "Linux", "2.13.0", ["--python", "python", "torch==2.13.0"]),
])
def test_on_linux_no_cuda_comes_unless_it_is_asked_for(backend, system, by_pip, expected):
    assert torch_command(backend, system, by_pip, "python", "2.13.0")[-len(expected):] == expected


@pytest.mark.parametrize(("system", "by_pip"), [("Darwin", "2.13.0"), ("Linux", "installed")])
def test_elsewhere_the_lock_has_the_right_build(system, by_pip):
    assert torch_command("cpu", system, by_pip, "python", "2.13.0") is None


def test_the_lock_knows_torch_and_the_installer():
    assert locked_version(LOCK, "torch").startswith("2.")
    lines = block(LOCK, "uv").splitlines()
    assert LOCKED.match(lines[0])[1] == "uv"
    assert len(lines) > 1
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])


def test_a_package_that_is_not_locked_is_a_sentence():
    with pytest.raises(SystemExit, match=r"found none\. Run: make lock"):
        locked_version(LOCK, "no-such-package")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """An environment without packages, but for pip, in the place of the checkout's."""
    folder = tmp_path / "a path of ümlauts" / ".venv"
    venv.create(folder)
    pip = next((folder / "lib").glob("*/site-packages")) / "pip"
    pip.mkdir()
    (pip / "__init__.py").touch()
    monkeypatch.setattr(environment, "VENV", folder)
    return folder


def test_an_environment_is_whole_until_its_folder_is_moved(made, monkeypatch):
    assert is_whole(made / "bin" / "python")
    moved = made.parent.with_name("elsewhere")
    made.parent.rename(moved)
    monkeypatch.setattr(environment, "VENV", moved / ".venv")
    assert not is_whole(moved / ".venv" / "bin" / "python")


def test_an_environment_without_pip_is_not_whole(made):
    """As after an interruption, and as `uv venv` makes it."""
    shutil.rmtree(next((made / "lib").glob("*/site-packages/pip")))
    assert not is_whole(made / "bin" / "python")


def test_an_environment_whose_python_is_gone_is_not_whole(made):
    for name in (made / "bin").glob("python*"):
        name.unlink()
    (made / "bin" / "python").symlink_to("/python/of/last/year")
    assert not is_whole(made / "bin" / "python")


@pytest.mark.parametrize(("damage", "stays"), [
    (lambda folder: None, True),
    (lambda folder: (folder / "__pycache__" / "core.pyc").unlink(), True),
    (lambda folder: (folder.parents[3] / "bin" / "some").write_text("#!/elsewhere/python"), True),
    (lambda folder: (folder.parents[3] / "bin" / "some").write_text(""), False),
    (lambda folder: (folder.parents[3] / "bin" / "some").unlink(), False),
    (lambda folder: (folder / "core.so").unlink(), False),
    (lambda folder: (folder / "core.so").write_bytes(b"ha"), False),
    (lambda folder: (folder.parent / "some-1.0.dist-info" / "RECORD").unlink(), False),
    (lambda folder: (folder.parent / "some-1.0.dist-info" / "RECORD").write_text("some/core.so,sha256=x,4\nsome/__py"),
     False),
])
def test_a_package_of_which_a_part_is_missing_is_installed_anew(made, damage, stays):
    """After a full disk uv takes a half package for a whole one: scipy came without its libraries."""
    folder = next((made / "lib").glob("*/site-packages")) / "some"
    files = {"some/core.so": "half", "some/__pycache__/core.pyc": "", "some-1.0.dist-info/METADATA": "Name: some",
             "../../../bin/some": "#!/python"}
    for name, text in files.items():
        path = folder.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    record = "\n".join(f"{name},sha256=x,{len(text)}" for name, text in files.items() if text)
    (folder.parent / "some-1.0.dist-info" / "RECORD").write_text(f"{record}\nsome-1.0.dist-info/RECORD,,\n")
    damage(folder)
    environment.forget_halves()
    assert (folder.parent / "some-1.0.dist-info").exists() == stays


def test_a_disk_with_little_room_is_named(tmp_path, monkeypatch):
    assert cramped([]) == ""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(9, 8, 70_000_000))
    disk = next(path for path in (tmp_path, *tmp_path.parents) if path.is_mount())
    new = tmp_path / "new"
    assert cramped([new]).startswith(f"Only 70 MB are left on {disk}, the disk that holds {new}. Make room there")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(9, 8, 7_000_000_000))
    assert cramped([new]) == ""


def test_make_forgets_an_environment_that_was_moved(tmp_path):
    """Else each later command would say that its interpreter is not there."""
    for name in ("Makefile", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    stamp, settings = tmp_path / ".venv" / ".course", tmp_path / ".venv" / "pyvenv.cfg"
    for folder, stays in ((tmp_path, True), (tmp_path / "old", False)):
        stamp.touch()
        settings.write_text(f"command = python3 -m venv {folder / '.venv'}\n", encoding="utf-8")
        subprocess.run(["make", "help"], cwd=tmp_path, check=True, capture_output=True)
        assert stamp.exists() == stays


def test_variables_of_other_projects_lead_no_package_elsewhere(tmp_path):
    variables = {"PIP_USER": "1", "PIP_TARGET": "/elsewhere", "PYTHONPATH": "/ros", "UV_SYSTEM_PYTHON": "1",
                 "XDG_CACHE_HOME": str(tmp_path), "HTTPS_PROXY": "http://proxy.example:3128"}
    settle(variables)
    assert variables == {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "XDG_CACHE_HOME": str(tmp_path),
                         "HTTPS_PROXY": "http://proxy.example:3128"}


def test_without_a_folder_for_downloads_uv_does_without(tmp_path):
    (tmp_path / "a file").touch()
    variables = {"XDG_CACHE_HOME": str(tmp_path / "a file")}
    settle(variables)
    assert variables["UV_NO_CACHE"] == "1"


def test_uv_asks_the_index_that_pip_is_set_to_and_what_is_said_to_uv_counts_first(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://one.example/simple\n[install]\n"
                                       "index-url = https://two.example/simple\nproxy = http://proxy.example:3128\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    variables = {"HTTP_PROXY": "http://other.example"}
    tell_uv(settings_of_pip(sys.executable), variables)
    assert variables["UV_DEFAULT_INDEX"] == "https://two.example/simple"
    assert variables["HTTP_PROXY"] == "http://other.example"
    assert variables["HTTPS_PROXY"] == "http://proxy.example:3128"
    monkeypatch.setenv("PIP_INDEX_URL", "https://three.example/simple")
    assert settings_of_pip(sys.executable)["index-url"] == "https://three.example/simple"


def test_what_was_asked_for_and_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "BACKEND", tmp_path / "backend")
    environment.BACKEND.write_text("cpu")
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    show(sys.executable, "cpu")
    with pytest.raises(SystemExit, match=r"Expected torch auto in \.venv, as asked for, found cpu"):
        show("", "auto")
    monkeypatch.setattr(environment, "VERSION", f"import sys; print('{here}' if 'venv' in sys.prefix else '3.99')")
    other = Path(sys.base_prefix, "bin", f"python{here}")
    with pytest.raises(SystemExit, match=rf"Expected Python 3\.99 in \.venv, as asked for, found {here}.*rm -r .venv"):
        show(str(other), "")


def test_a_user_without_a_name_has_no_home_and_no_cache(monkeypatch):
    def nobody(number):
        raise KeyError(number)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", "UV_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tools.surroundings.can_write", lambda folder: folder.is_absolute() and folder != cache)
    cache = Path("/nonexistent/.cache/uv")
    variables: dict[str, str] = {}
    settle(variables)
    assert (variables["HOME"], variables["UV_NO_CACHE"]) == ("/nonexistent", "1")


@pytest.mark.skipif(os.geteuid() == 0 and not may_mount(), reason="root can write anywhere but to a read-only disk, "
                    "which this machine forbids to mount")
def test_a_checkout_that_cannot_be_written_is_said_so_before_anything_is_made(tmp_path):
    for name in ("Makefile", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    command, tmp = "make help > /dev/null && make course", shlex.quote(str(tmp_path))
    if os.geteuid():
        tmp_path.chmod(0o555)
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    else:
        closed = f"mount --bind {tmp} {tmp} && mount -o remount,bind,ro {tmp} && cd {tmp} && {command}"
        done = subprocess.run(["unshare", "--mount", "sh", "-c", closed], capture_output=True, text=True)
    assert done.returncode == 2
    assert f"{tmp_path} cannot be written by this user, or its disk is read-only. Copy it elsewhere" in done.stderr
    assert done.stdout == ""


# What GNU make learned after 3.81, which is the one that macOS has: each would be read as something else there.
NEWER = {r"^[\w.-]+\s*!=": "a shell assignment", r"::=": "::=", r"^(undefine|private|load) +\w": "a directive of 3.82",
         r"^define .*=": "define with =", r"&:": "grouped targets", r"\$\((file|guile|let|intcmp)\b": "a function",
         r"^\.(ONESHELL|SHELLFLAGS|EXTRA_PREREQS|RECIPEPREFIX|NOTINTERMEDIATE)\b": "a special target or variable",
         r"--(output-sync|trace|shuffle|eval)\b": "an option"}


@pytest.mark.parametrize(("pattern", "what"), NEWER.items(), ids=NEWER.values())
def test_the_makefile_needs_no_newer_make_than_macos_has(pattern, what):
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(pattern, text, re.MULTILINE) == [], what
