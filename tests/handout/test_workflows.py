"""What continuous integration, the hooks before a commit and the image call exists, and is what `make` does."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def jobs(request):
    return yaml.safe_load(request.param.read_text(encoding="utf-8"))["jobs"].values()


def commands(jobs):
    """Every command, with each value that a matrix puts into it."""
    for job in jobs:
        targets = job.get("strategy", {}).get("matrix", {}).get("target", [""])
        for step in job["steps"]:
            if "run" in step:
                yield from {step["run"].replace("${{ matrix.target }}", target) for target in targets}


def test_there_are_workflows_to_test_and_to_publish():
    assert {"test", "publish"} <= {path.stem for path in WORKFLOWS}


def test_every_step_of_a_workflow_is_a_target_of_the_makefile(jobs):
    for command in commands(jobs):
        make, *targets = command.split()
        assert make == "make", command
        assert targets, command
        assert set(targets) <= TARGETS, command


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_step_that_is_not_ours_is_pinned_by_its_hash_and_says_which_version_that_is(path):
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name) for name in used), used


def test_one_action_has_one_version_everywhere():
    used = {name for path in WORKFLOWS for name in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))}
    names = [name.split("@")[0] for name in used]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_a_job_says_what_it_needs_beyond(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for step in (step for job in workflow["jobs"].values() for step in job["steps"]):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_the_book_is_published_after_the_tests():
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8"))
    assert workflow[True]["workflow_run"]["workflows"] == ["test"]  # YAML reads the key `on` as a truth value
    assert "conclusion == 'success'" in workflow["jobs"]["build"]["if"]


def test_the_oldest_and_the_newest_python_are_tried_with_the_oldest_and_the_newest_versions():
    workflow = yaml.safe_load((ROOT / ".github/workflows/thorough.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["elsewhere"]["strategy"]["matrix"]
    assert {"3.11", "3.14"} <= set(matrix["python"])
    assert set(matrix["versions"]) == {"locked", "newest", "oldest"}


def test_every_change_meets_all_tests():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    assert "make test" in set(commands(workflow["jobs"].values()))


def test_the_python_of_the_workflows_is_the_one_that_is_declared():
    declared = re.search(r'requires-python = ">=(3\.\d+)', (ROOT / "gdm_lib" / "pyproject.toml").read_text())[1]
    for path in WORKFLOWS:
        assert set(re.findall(r'python-version: "(.*)"', path.read_text())) <= {declared}
    assert f"FROM python:{declared}-" in (ROOT / "Dockerfile").read_text()


def test_the_hooks_before_a_commit_call_what_exists():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    for hook in hooks:
        program, word, *_ = hook["entry"].split()
        if program == "make":
            assert word in TARGETS
        else:
            known = subprocess.run([Path(program).name, word, "--help"], capture_output=True, text=True)
            assert "--check" in known.stdout


def test_the_image_is_made_from_what_make_makes():
    copied = re.findall(r"^COPY (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == ["_build/student-bundle.zip"]
    assert "_build/student-bundle.zip:" in (ROOT / "Makefile").read_text()


def test_the_image_switches_parts_of_nbgrader_that_there_are():
    asked = set(re.findall(r"nbgrader\.server_extensions\.\w+", (ROOT / "Dockerfile").read_text()))
    assert asked
    assert all(find_spec(name) for name in asked)
