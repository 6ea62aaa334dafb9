"""Whose file it is, told by the names that platforms and people give to files."""

from pathlib import PurePosixPath

import pytest

from gdm_grader.intake.ledger import Ledger
from gdm_grader.intake.names.entry import Entry
from gdm_grader.intake.names.layouts import OVERVIEW, handed_in
from gdm_grader.intake.whose import placed

BLACKBOARD = "More masks_{}_attempt_2026-11-20-23-58-01{}"
MARY = "397063-2557369 - Mary-Ann Smith - {}"


def students(names, texts=None):
    """By student the files, and the paths that are nobody's."""
    entries = [Entry(PurePosixPath(name), (texts or {}).get(name, b"").strip) for name in names]
    found = placed(handed_in(entries, "masks"), "masks", Ledger())
    by_student = {}
    for student, files in found.students.items():
        by_student[student] = sorted(one.file for one in files)
    return (by_student,
            [str(one.entry.path) for one in found.nameless if one.file != OVERVIEW])


@pytest.mark.parametrize(("names", "whose"), [
    (["masks-submissions/masks-masks-fan/masks.ipynb", "masks-submissions/masks-ann/masks.ipynb"],
     ["masks-fan", "ann"]),
    (["hw-1-submissions/hw-1-ann-b/masks.ipynb", "hw-1-submissions/hw-1-bob/masks.ipynb"], ["ann-b", "bob"]),
    (["week1-masks-ann/masks.ipynb", "week1-masks-bob/masks.ipynb"], ["ann", "bob"]),
    (["masks-tim/masks.ipynb", "ann/masks.ipynb"], ["masks-tim", "ann"]),
    (["jane.doe.ipynb", "jane.roe.ipynb", "poe-Copy1.ipynb"], ["jane.doe", "jane.roe", "poe"]),
    (["roe.ipynb.txt", "masks-jdoe2.ipynb", "poe_masks.ipynb"], ["roe", "jdoe2", "poe"]),
    (["LATE_doe_11_2222_masks.ipynb", "late_lucy_12_2223_masks.ipynb", "roe_LATE_13_2224_masks.ipynb"],
     ["doe_11", "late_lucy_12", "roe_13"]),
    (["test_user_2003_1005_60002_masks.ipynb", "doe_1006_60003_2026_11_20_masks.ipynb"],
     ["test_user_2003_1005", "doe_1006"]),
    (["test_user_2003_1005_60002_masks.ipynb"], ["test_user_2003_1005"]),
    ([f"{MARY.format('Sep 24, 2024 926 PM')}/masks.ipynb", "index.html"], ["Mary-Ann-Smith"]),
    ([f"{MARY.format('24 sept. 2024 2126')} - my - masks.ipynb"], ["Mary-Ann-Smith"]),
    (["1-2 - John - Doe - Sep 24, 2024 1226 AM/masks.ipynb"], ["John---Doe"]),
    (["masks-ann-main.zip/masks-ann-main/masks.ipynb", "masks-bob-main.zip/masks-bob-main/masks.ipynb"],
     ["ann", "bob"]),
    (["masks-ann-main/masks.ipynb", "masks-bob-master/masks.ipynb"], ["ann", "bob"]),
    (["masks-ann-main/masks.ipynb", "masks-bob/masks.ipynb"], ["ann-main", "bob"]),
    (["ann.zip/masks.ipynb", "bob.ZIP/work/masks.ipynb"], ["ann", "bob"]),
    (["drive/Jane Doe - masks.ipynb", "drive/Rick Roe - Copy of masks.ipynb", "drive/Eva Poe - Untitled1.ipynb"],
     ["Jane-Doe", "Rick-Roe", "Eva-Poe"]),
    (["masks - Jane Doe.ipynb", "masks (1) - Rick Roe.ipynb", "Copy of masks - Eva Poe.ipynb"],
     ["Jane-Doe", "Rick-Roe", "Eva-Poe"]),
    (["Jane - Doe.ipynb", "Rick - Roe.ipynb"], ["Jane---Doe", "Rick---Roe"]),
    ([BLACKBOARD.format("Group A", "_masks.ipynb"), BLACKBOARD.format("jdoe", "_masks.ipynb")], ["Group-A", "jdoe"]),
])
def test_a_name_says_whose_file_it_is(names, whose):
    found, nameless = students(names)
    assert (list(found), nameless) == (whose, [])


def test_a_name_that_says_nothing_is_refused():
    assert students(["jdoe.ipynb", "masks (1).ipynb"]) == ({"jdoe": ["masks.ipynb"]}, ["masks (1).ipynb"])


def test_two_files_of_one_person_in_a_flat_folder_are_two_uploads():
    assert students(["jdoe.ipynb", "jdoe (1).ipynb"])[0] == {"jdoe": ["masks (1).ipynb", "masks.ipynb"]}


def test_a_name_that_no_folder_can_have_is_said_to_be_too_long():
    for name in ("x" * 101, "\N{TAMIL LETTER KA}" * 90):
        entries = [Entry(PurePosixPath(f"{name}_1_assignsubmission_file_/masks.ipynb"), bytes)]
        found = placed(handed_in(entries, "masks"), "masks", Ledger())
        assert ["too long for a folder" in one.entry.problem for one in found.nameless] == [True]


def test_blackboards_text_says_where_the_login_begins():
    log, file = BLACKBOARD.format("jane_doe", ".txt"), BLACKBOARD.format("jane_doe", "_my_masks.ipynb")
    texts = {log: b"Name: Jane Doe (jane_doe)\nAssignment: More masks\n"}
    assert students([log, file], texts)[0] == {"jane_doe": ["attempt.txt", "my_masks.ipynb"]}
