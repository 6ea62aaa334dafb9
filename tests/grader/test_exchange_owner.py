"""Everybody may write into nbgrader's exchange, under any name: the account that owns an attempt says whose it is."""

import os
import pwd
from types import SimpleNamespace

import pytest

from gdm_grader.intake import archive
from gdm_grader.intake.collect import collect

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": %d}'
ANN, EVE = 61001, 61002
ACCOUNTS = {"ann": ANN, "eve": EVE}
OWN, OTHERS = "ann+tiny+2026-11-02 10:00:00.1 UTC+aa", "ann+tiny+2026-11-03 10:00:00.1 UTC+bb"


@pytest.fixture
def inbound(tmp_path, monkeypatch):
    """Two attempts in ann's name, on a machine of two accounts; the later one belongs to another."""
    for number, attempt in enumerate((OWN, OTHERS)):
        (tmp_path / "inbound" / attempt).mkdir(parents=True)
        (tmp_path / "inbound" / attempt / "tiny.ipynb").write_text(TEXT % number)

    def account(name):
        return SimpleNamespace(pw_uid=ACCOUNTS[name], pw_name=name)

    names = {number: name for name, number in ACCOUNTS.items()}
    monkeypatch.setattr(pwd, "getpwnam", account)
    monkeypatch.setattr(pwd, "getpwuid", lambda number: account(names[number]))

    def owned(owners):
        monkeypatch.setattr(archive, "_owner", lambda place: owners.get(place.name, 0))
        return tmp_path / "inbound"
    return owned


def test_what_another_account_hands_in_under_a_name_is_refused_and_costs_nobody_anything(course, inbound):
    taken = collect(course, "tiny", inbound({OWN: ANN, OTHERS: EVE}))
    assert [(one.student, one.status, one.why) for one in taken] == [
        (f"{OTHERS}/tiny.ipynb", "refused", "it is in the name of ann, but the account eve put it there"),
        ("ann", "new", None)]
    assert (course.submitted / "ann" / "tiny" / "tiny.ipynb").read_text() == TEXT % 0


@pytest.mark.parametrize("owners", [
    {OWN: ANN, OTHERS: ANN},
    {OWN: 0, OTHERS: 0},  # root copied the exchange
    {OWN: os.getuid(), OTHERS: os.getuid()},  # whoever collects has copied it
])
def test_ones_own_attempts_and_copies_of_them_count(course, inbound, owners):
    taken = collect(course, "tiny", inbound(owners))
    assert [(one.student, one.status) for one in taken] == [("ann", "new")]
    assert (course.submitted / "ann" / "tiny" / "tiny.ipynb").read_text() == TEXT % 1


def test_where_students_have_no_accounts_of_their_own_nothing_is_said(course, inbound, monkeypatch):
    monkeypatch.delitem(ACCOUNTS, "ann")
    taken = collect(course, "tiny", inbound({OWN: EVE, OTHERS: EVE}))
    assert [(one.student, one.status) for one in taken] == [("ann", "new")]
