"""Continuous integration, the hooks before a commit and the image call what exists, and what `make` does."""

import re
import subprocess
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pytest
import yaml
from nbgrader.utils import get_username
from traitlets.config import Config

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
    used = set()
    for path in WORKFLOWS:
        used |= set(re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")))
    names = [name.split("@")[0] for name in used]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_a_job_says_what_it_needs_beyond(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for step in chain.from_iterable(job["steps"] for job in workflow["jobs"].values()):
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_the_book_is_published_after_the_tests():
    workflow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8"))
    assert workflow[True]["workflow_run"]["workflows"] == ["test"]  # YAML reads the key `on` as a truth value
    assert "conclusion == 'success'" in workflow["jobs"]["build"]["if"]
    steps = chain.from_iterable(job["steps"] for job in workflow["jobs"].values())
    checkouts = [step for step in steps if "checkout" in step.get("uses", "")]
    assert len(checkouts) == 2
    for step in checkouts:  # the commit that passed, not the one that main has come to meanwhile
        assert step["with"]["ref"].startswith("${{ github.event.workflow_run.head_sha ")


def test_a_release_publishes_the_files_that_it_has_tested():
    build, publish = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"].values()
    assert {"make test", "make slow", "make dist"} <= {step.get("run") for step in build["steps"]}
    assert any("download-artifact" in step.get("uses", "") for step in publish["steps"])
    recipe = re.search(r"^upload:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert "dist" not in recipe[0].splitlines()[0]
    assert "tools.dist" not in recipe[1]


def test_the_oldest_and_the_newest_python_are_tried_with_the_oldest_and_the_newest_versions():
    workflow = yaml.safe_load((ROOT / ".github/workflows/thorough.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["elsewhere"]["strategy"]["matrix"]
    assert {"3.11", "3.14"} <= set(matrix["python"])
    assert set(matrix["versions"]) == {"locked", "newest", "oldest"}
    assert matrix["include"] == [{"target": "try", "python": "3.13", "versions": "colab"}]
    assert "Python 3.13" in (ROOT / "tools" / "colab.txt").read_text(encoding="utf-8")


def test_students_work_on_a_real_hub_every_week():
    workflow = yaml.safe_load((ROOT / ".github/workflows/thorough.yml").read_text(encoding="utf-8"))
    assert "schedule" in workflow[True]
    [step] = [step for step in workflow["jobs"]["hub"]["steps"] if step.get("run") == "make hub"]
    assert step["env"] == {"AS_ROOT": "sudo"}  # there the workflow's account is not root


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


def test_where_to_ask_names_the_forms_that_there_are():
    forms = (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")
    names = {yaml.safe_load(path.read_text(encoding="utf-8")).get("name") for path in forms}
    asked = re.search(r"the issues of this repository, (.*?)\. ", (ROOT / "SUPPORT.md").read_text(encoding="utf-8"))[1]
    quoted = set(re.findall(r'"(.*?)"', asked))
    assert quoted
    assert quoted <= names


def test_the_image_is_made_from_what_make_makes():
    copied = re.findall(r"^COPY (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == ["_build/student-bundle.zip", "hub/install.sh"]
    assert "_build/student-bundle.zip:" in (ROOT / "Makefile").read_text()


def test_the_hub_switches_parts_of_nbgrader_that_there_are():
    script = (ROOT / "hub" / "install.sh").read_text()
    asked = re.search(r"for part in ([a-z_ ]+); do\n.*extension disable --sys", script)[1].split()
    asked += re.search(r"for part in ([a-z_ ]+); do\n.*extension enable --sys", script)[1].split()
    assert len(asked) == 4
    assert all(find_spec(f"nbgrader.server_extensions.{name}") for name in asked)


def test_in_the_image_everybody_hands_in_under_their_own_name(monkeypatch):
    account = re.search(r"^USER (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
    monkeypatch.setattr("nbgrader.utils.get_osusername", lambda: account)
    monkeypatch.setenv("JUPYTERHUB_USER", "jane")
    assert get_username() == "jane"


def test_students_and_instructors_meet_at_one_exchange():
    def settings(path):
        config = Config()
        exec(compile(path.read_text(), path, "exec"), {"get_config": lambda: config, "__file__": str(path)})
        return config.CourseDirectory.course_id, config.Exchange.root

    assert settings(ROOT / "hub" / "nbgrader_config.py") == settings(ROOT / "nbgrader_config.py")


def test_the_hub_s_page_and_image_speak_of_one_version():
    version = re.search(r"JUPYTERHUB=(\d+\.\d+\.\d+)", (ROOT / "Dockerfile").read_text())[1]
    page = (ROOT / "book" / "hub.md").read_text()
    assert set(re.findall(r"jupyterhub==(\S+?)[)\s]", page)) == {version}
