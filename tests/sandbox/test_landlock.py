"""Landlock as each Linux has it, by a stand-in for its version: what a version lacks is not asked for.

Source: the kernel's Documentation/userspace-api/landlock.rst, "Previous limitations".
"""

import struct

import pytest

from gdm_grader.sandbox.linux import landlock

# Rights on files, on TCP, scopes, bytes of the attribute: what a version of Landlock knows, and a Linux that has it.
VERSIONS = {1: (13, 0, 0, 8), 2: (14, 0, 0, 8), 3: (15, 0, 0, 8), 4: (15, 3, 0, 16), 5: (16, 3, 0, 16),
            6: (16, 3, 3, 24), 7: (16, 3, 3, 24), 8: (16, 3, 3, 24), 12: (16, 3, 3, 24)}
LINUX = {1: "5.13", 2: "6.1, Debian 12", 3: "6.2", 4: "6.8, Ubuntu 24.04", 5: "6.10", 6: "6.12", 7: "6.15", 8: "later",
         12: "later still"}
TRUNCATE, IOCTL = 1 << 14, 1 << 15
RULESET = 77


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Return what restrict() asks of a Linux with this version."""
    def on(version):
        calls = []

        def record(name, *arguments):
            calls.append((name, *arguments))
            return RULESET

        monkeypatch.setattr(landlock, "abi", lambda: version)
        monkeypatch.setattr(landlock, "syscall", record)
        monkeypatch.setattr(landlock.os, "close", lambda descriptor: None)
        file = tmp_path / "file"
        file.touch()
        landlock.restrict([str(tmp_path)], [str(file), str(tmp_path / "missing")], ["/"])
        return calls

    return on


@pytest.mark.parametrize("version", VERSIONS, ids=LINUX.get)
def test_a_version_is_asked_for_all_that_it_knows_and_for_nothing_else(asked, version):
    files, tcp, scoped, size = VERSIONS[version]
    (name, attribute, bytes_given, flags), *_ = asked(version)
    assert (name, bytes_given, flags, len(attribute)) == ("landlock_create_ruleset", size, 0, size)
    assert struct.unpack("QQQ", attribute.ljust(24, b"\0")) == ((1 << files) - 1, tcp, scoped)


@pytest.mark.parametrize("version", VERSIONS, ids=LINUX.get)
def test_no_rule_grants_what_a_version_does_not_know_or_what_makes_no_sense_on_a_file(asked, version):
    files, *_ = VERSIONS[version]
    rules = [struct.unpack("=Qi", call[3].raw[:12])[0] for call in asked(version) if call[0] == "landlock_add_rule"]
    folder, file, listed = rules
    assert folder == landlock.READ_AND_RUN
    assert listed == landlock.LIST
    assert file & ~((1 << files) - 1) == 0
    assert bool(file & TRUNCATE) == (version >= 3)
    assert bool(file & IOCTL) == (version >= 5)
    assert file & 0b111 == 0b110
    assert file & ~(0b110 | TRUNCATE | IOCTL) == 0


def test_without_landlock_nothing_is_shut_in(monkeypatch):
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(OSError, match="no Landlock"):
        landlock.restrict(["/"], [])
