"""make try: the commands that fill an environment."""

import re

import pytest

from tools import try_elsewhere


@pytest.mark.parametrize("versions", ["oldest", "newest", "colab"])
def test_the_package_index_is_no_backend_of_uv(versions, tmp_path, monkeypatch):
    """With TORCH=pypi uv is told no build of torch: it knows none of that name."""
    commands = installed(versions, "pypi", tmp_path, monkeypatch)
    assert not any("--torch-backend" in command for command in commands)


@pytest.mark.parametrize("versions", ["oldest", "newest", "colab"])
def test_another_build_of_torch_is_named(versions, tmp_path, monkeypatch):
    commands = installed(versions, "cpu", tmp_path, monkeypatch)
    assert any("--torch-backend cpu" in " ".join(command) for command in commands)


def test_the_oldest_are_those_of_the_ranges(tmp_path, monkeypatch):
    """Every range is asked for directly; uv takes the newest of what is only asked for by something else."""
    asked = installed("oldest", "pypi", tmp_path, monkeypatch)[-1]
    assert {"torch>=2.11", "nbgrader>=0.9.5", "pytest>=8.3", "mlxtend>=0.23"} <= set(asked)
    packages = [word for word in asked[asked.index("--compile-bytecode") + 1:] if not word.endswith(".whl")]
    assert [word for word in packages if not re.search("[<>=]", word)] == []


def installed(versions, backend, folder, monkeypatch):
    """The commands of an installation, none of which is run."""
    commands = []
    monkeypatch.setattr(try_elsewhere.environment, "run", lambda *command: commands.append(list(map(str, command))))
    monkeypatch.setattr(try_elsewhere.wheels, "build", lambda root, package, target: target / f"{package}.whl")
    if versions == "colab":
        try_elsewhere.install_as_on_colab(folder / "python", folder, backend)
    else:
        try_elsewhere.install(folder / "python", folder, versions, None, backend)
    return commands
