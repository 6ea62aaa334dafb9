"""Intake: the zips of learning platforms and hostile ones; one student's trick costs that student alone."""

import io
import json
import stat
import struct
import zipfile
from datetime import UTC, datetime

import pytest

from gdm_grader.errors import PARTLY, GraderError
from gdm_grader.intake import archive
from gdm_grader.intake.collect import Intake, collect

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
CANVAS = "{who}_{number}_67890_tiny.ipynb"
MOODLE = "{who}_{number}_assignsubmission_file_/tiny.ipynb"


def info(name, when=(2026, 11, 2, 10, 30, 0)):
    return zipfile.ZipInfo(name, when)


@pytest.fixture
def zipped(tmp_path):
    """Write a zip of {name or ZipInfo: text}."""
    def write(contents):
        path = tmp_path / "class.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name, text in contents.items():
                target.writestr(name if isinstance(name, zipfile.ZipInfo) else info(name), text)
        return path
    return write


def outcome(taken):
    return {line.student: (line.status, line.why) for line in taken}


def statuses(taken):
    return {line.student: line.status for line in taken}


def text_of(course, student):
    return (course.submitted / student / "tiny" / "tiny.ipynb").read_text()


@pytest.mark.parametrize(("names", "students"), [
    (["doejane_12345_67890_tiny.ipynb", "roejohn_LATE_222_333_tiny-2.ipynb"], {"doejane_12345", "roejohn_222"}),
    (["masks/doejane_12345_67890_tiny.ipynb", "masks/roe_2_3_tiny.ipynb"], {"doejane_12345", "roe_2"}),
    (["Jane Doe_1_assignsubmission_file_/tiny.ipynb", "Žoe O'Neil_2_assignsubmission_file_/tiny.ipynb"],
     {"Jane-Doe", "Žoe-O-Neil"}),
    (["Jane Doe_1_assignsubmission_file_tiny.ipynb"], {"Jane-Doe"}),
    (["class/Jane Doe_1_assignsubmission_file_/tiny.ipynb"], {"Jane-Doe"}),
    (["Jane Doe_1_assignsubmission_file_/tiny.ipynb", "Jane Doe_2_assignsubmission_file_/tiny.ipynb"],
     {"Jane-Doe_1", "Jane-Doe_2"}),
    (["ann/tiny.ipynb", "bob/tiny.ipynb", "__MACOSX/ann/._tiny.ipynb"], {"ann", "bob"}),
    (["class/ann/tiny.ipynb", "class/bob/tiny.ipynb"], {"ann", "bob"}),
    (["submitted/ann/tiny/tiny.ipynb", "submitted/bob/tiny/tiny.ipynb"], {"ann", "bob"}),
    (["ann/tiny/tiny.ipynb"], {"ann"}),
    (["ann\\", "ann\\tiny.ipynb", "bob\\work\\tiny.ipynb"], {"ann", "bob"}),
    (["Jane Doe_1_assignsubmission_file_\\tiny.ipynb"], {"Jane-Doe"}),
])
def test_each_platforms_names_are_understood(course, zipped, names, students):
    taken = collect(course, "tiny", zipped(dict.fromkeys(names, TEXT)))
    assert statuses(taken) == dict.fromkeys(students, "new")
    assert {path.parent.parent.name for path in course.submitted.glob("*/tiny/tiny.ipynb")} == students


def notebook(text):
    """A notebook that holds this text."""
    return TEXT.replace("[]", json.dumps([{"cell_type": "code", "source": text, "metadata": {}, "outputs": [],
                                           "execution_count": None}]))


def test_the_time_in_the_archive_is_that_of_the_download_and_is_not_used(course, zipped):
    utc = info("ann/tiny.ipynb")
    utc.extra = struct.pack("<HHBi", 0x5455, 5, 1, int(datetime(2026, 11, 2, 9, 30, tzinfo=UTC).timestamp()))
    collect(course, "tiny", zipped({utc: TEXT, info(CANVAS.format(who="doe", number=1)): TEXT}))
    assert list(course.submitted.rglob("timestamp.txt")) == []


def test_nbgraders_timestamp_in_a_zip_is_kept_and_an_older_one_is_reported(course, zipped):
    stamp = "submitted/ann/tiny/timestamp.txt"
    path = "submitted/ann/tiny/tiny.ipynb"
    assert statuses(collect(course, "tiny", zipped({path: TEXT, stamp: "2026-11-02 12:00:00 UTC"}))) == {"ann": "new"}
    assert (course.submitted / "ann/tiny/timestamp.txt").read_text() == "2026-11-02 12:00:00 UTC\n"
    older = outcome(collect(course, "tiny", zipped({path: notebook("older"), stamp: "2026-11-01 12:00:00 UTC"})))
    assert older["ann"] == ("kept", "what is here is newer (2026-11-02 12:00 UTC)")
    newer = collect(course, "tiny", zipped({path: notebook("newer"), stamp: "2026-11-03 12:00:00 UTC"}))
    assert statuses(newer) == {"ann": "replaced"}
    assert text_of(course, "ann") == notebook("newer")


def test_a_student_cannot_bring_a_time_along(course, zipped):
    start = "Jane Doe_1_assignsubmission_file_/"
    collect(course, "tiny", zipped({start + "tiny.ipynb": TEXT, start + "timestamp.txt": "2020-01-01 00:00:00 UTC"}))
    assert not (course.submitted / "Jane-Doe/tiny/timestamp.txt").exists()


def test_a_second_download_changes_nothing_and_a_resubmission_replaces(course, zipped):
    name = CANVAS.format(who="doejane", number=1)
    collect(course, "tiny", zipped({name: TEXT}))
    assert statuses(collect(course, "tiny", zipped({info(name, (2026, 11, 9, 12, 0, 0)): TEXT}))) == {
        "doejane_1": "unchanged"}
    assert statuses(collect(course, "tiny", zipped({name.replace("67890", "67900"): notebook("newer")}))) == {
        "doejane_1": "replaced"}
    older = outcome(collect(course, "tiny", zipped({name: notebook("between")})))
    assert older == {"doejane_1": ("kept", "what is here was uploaded later")}


def test_an_old_zip_of_a_platform_without_numbers_does_not_bring_old_work_back(course, zipped):
    name = MOODLE.format(who="Jane Doe", number=1)
    collect(course, "tiny", zipped({name: TEXT}))
    collect(course, "tiny", zipped({name: notebook("second")}))
    assert "it was here before" in outcome(collect(course, "tiny", zipped({name: TEXT})))["Jane-Doe"][1]
    assert text_of(course, "Jane-Doe") == notebook("second")
    assert statuses(collect(course, "tiny", zipped({name: TEXT}), Intake(replacing=True))) == {"Jane-Doe": "replaced"}


def test_in_a_folder_nothing_is_replaced_unless_it_is_said(course, tmp_path):
    folder = tmp_path / "handed-in" / "ann"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(TEXT)
    assert statuses(collect(course, "tiny", folder.parent)) == {"ann": "new"}
    (folder / "tiny.ipynb").write_text(notebook("other"))
    assert "--replace takes this one" in outcome(collect(course, "tiny", folder.parent))["ann"][1]
    assert text_of(course, "ann") == TEXT
    assert statuses(collect(course, "tiny", folder.parent, Intake(replacing=True))) == {"ann": "replaced"}
    assert text_of(course, "ann") == notebook("other")


@pytest.mark.parametrize(("names", "best"), [
    (["tiny.ipynb", "tiny-1.ipynb", "scratch.ipynb", "old/tiny.ipynb"], "tiny-1.ipynb"),
    (["tiny.ipynb", "tiny (2).ipynb", "tiny (10).ipynb"], "tiny (10).ipynb"),
    (["tiny.ipynb", "tiny-Copy1.ipynb"], "tiny.ipynb"),
    (["Tiny.ipynb.txt", "notes.json"], "Tiny.ipynb.txt"),
    (["Kopie von tiny.ipynb", "scratch.ipynb"], "Kopie von tiny.ipynb"),
    (["upload.zip/tiny.ipynb", "notes.txt"], "upload.zip/tiny.ipynb"),
    (["tiny.ipynb", "tiny.json", "tiny.ipynb.txt"], "tiny.ipynb"),
    (["tiny-1.ipynb.txt", "tiny.ipynb"], "tiny-1.ipynb.txt"),
    (["Version 9/tiny.ipynb", "Version 10/tiny.ipynb"], "Version 10/tiny.ipynb"),
    ([f"tiny ({'9' * 5000}).ipynb", "tiny (2).ipynb"], "tiny (2).ipynb"),
])
def test_of_several_notebooks_the_newest_with_the_assignments_name_counts(course, zipped, names, best):
    start = "Jane Doe_1_assignsubmission_file_/"
    taken = collect(course, "tiny", zipped({start + name: notebook(name) for name in names}))
    assert statuses(taken) == {"Jane-Doe": "new"}
    assert text_of(course, "Jane-Doe") == notebook(best)


@pytest.mark.parametrize(("text", "why"), [
    ("", "is empty"), ("\ufeff", "is empty"), (notebook("x")[:60], "it breaks off before its end"),
    ("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n", "a merge conflict"), ("[1]", "no cells"), ("{}", "no nbformat"),
    ('{"nbformat": 4}', "no cells"), ("<html>", "it is a web page"), ("https://x.example/a", "it is a link"),
    ("version https://git-lfs.github.com/spec/v1", "pointer of Git LFS"),
])
def test_what_cannot_be_a_notebook_is_refused_at_once_and_what_is_here_stays(course, zipped, gdm, text, why):
    name = CANVAS.format(who="doe", number=1)
    collect(course, "tiny", zipped({name: TEXT}))
    status, output = gdm(course, "collect", "tiny", zipped({name: text, "roe_2_3_tiny.ipynb": TEXT}))
    assert status == PARTLY
    assert "doe_1: refused" in output
    assert why in output
    assert text_of(course, "doe_1") == TEXT
    assert text_of(course, "roe_2") == TEXT


def test_a_dry_run_says_the_same_and_writes_nothing(course, zipped, gdm):
    path = zipped({"doe_1_2_tiny.ipynb": TEXT, "roe_3_4_tiny.docx": "x"})
    status, output = gdm(course, "collect", "tiny", path, "--dry-run")
    assert (status, output) == (PARTLY, "roe_3: refused: no notebook, but tiny.docx 1 new, 1 refused; nothing was "
                                        "written")
    assert not course.submitted.exists()
    assert not (course.classroom / "intake.json").exists()
    assert gdm(course, "collect", "tiny", zipped({"doe_1_2_tiny.ipynb": TEXT}))[0] == 0


def hostile():
    link = info("eve/tiny.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    pipe = info("eve/tiny.ipynb")
    pipe.external_attr = (stat.S_IFIFO | 0o666) << 16
    return {
        "link": ({link: "/etc/passwd"}, "eve", "it is a link or a device"),
        "pipe": ({pipe: ""}, "eve", "it is a link or a device"),
        "above": ({"../eve/tiny.ipynb": TEXT}, "../eve/tiny.ipynb", "its path leads out of the archive"),
        "inside": ({"eve/../ann/tiny.ipynb": "stolen"}, "eve/../ann/tiny.ipynb", "its path leads out"),
        "absolute": ({"/tmp/eve/tiny.ipynb": TEXT}, "/tmp/eve/tiny.ipynb", "its path leads out"),
        "backslashes": ({"..\\..\\eve\\tiny.ipynb": TEXT}, "../../eve/tiny.ipynb", "its path leads out"),
        "drive": ({"C:/eve/tiny.ipynb": TEXT}, "C", "its path leads out"),
        "no student": ({"tiny.ipynb": TEXT}, "tiny.ipynb", "no student's name"),
        "long name": ({f"{'e' * 200}/tiny.ipynb": TEXT}, f"{'e' * 200}/tiny.ipynb", "name is too long"),
        "other file": ({"eve/answer.docx": "x"}, "eve", "no notebook, but answer.docx"),
        "many notebooks": ({"eve/a.ipynb": TEXT, "eve/b.ipynb": TEXT}, "eve", "several notebooks, none called tiny"),
        "same folder": ({"e ve/tiny.ipynb": TEXT, "e-ve/tiny.ipynb": TEXT}, "e-ve", "two folders have this name"),
        "bomb": ({"eve/tiny.ipynb": " " * (archive.MAX_FILE_BYTES + 1)}, "eve", "larger than 20 MB"),
    }


@pytest.mark.parametrize("trick", hostile())
def test_a_trick_costs_its_own_student_alone(course, zipped, tmp_path, trick):
    contents, student, why = hostile()[trick]
    taken = outcome(collect(course, "tiny", zipped({"ann/tiny.ipynb": TEXT} | contents)))
    assert taken["ann"] == ("new", None)
    assert taken[student][0] == "refused"
    assert why in taken[student][1]
    assert text_of(course, "ann") == TEXT
    assert [path.name for path in course.submitted.iterdir()] == ["ann"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_the_zip_holds_twice_is_refused(course, zipped):
    taken = collect(course, "tiny", zipped({"ann/tiny.ipynb": TEXT, info("eve/tiny.ipynb"): "one",
                                            info("eve/tiny.ipynb"): "two"}))
    assert outcome(taken)["eve"] == ("refused", "tiny.ipynb: the zip holds this name 2 times")


def spoiled(path, change):
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)
    return path


def encrypt(data):
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1


def understate(data):
    """The header promises ten bytes; what unpacks is a bomb."""
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + offset
        data[start:start + 4] = struct.pack("<I", 10)


def scramble(data):
    start = data.index(b"eve/tiny.ipynb") + len("eve/tiny.ipynb")
    data[start:start + 20] = b"\xff" * 20


@pytest.mark.parametrize(("change", "why"), [(encrypt, "it is encrypted"), (understate, "it cannot be unpacked"),
                                             (scramble, "it cannot be unpacked")])
def test_an_entry_that_cannot_be_read_is_its_students_alone(course, zipped, change, why):
    path = zipped({"eve/tiny.ipynb": "x" * 100_000, "ann/tiny.ipynb": TEXT})
    taken = outcome(collect(course, "tiny", spoiled(path, change)))
    assert taken["ann"][0] == "new"
    assert taken["eve"][0] == "refused"
    assert why in taken["eve"][1]


def test_links_in_a_folder_are_not_followed(course, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(TEXT)
    folder = tmp_path / "handed-in"
    for student in ("ann", "eve"):
        (folder / student).mkdir(parents=True)
    (folder / "ann" / "tiny.ipynb").write_text(TEXT)
    (folder / "eve" / "tiny.ipynb").symlink_to(secret)
    (folder / "mallory").symlink_to(folder / "ann")
    assert statuses(collect(course, "tiny", folder)) == {"ann": "new", "eve": "refused", "mallory": "refused"}


@pytest.mark.parametrize(("cap", "value", "sentence"), [
    ("MAX_FILES", 2, "Expected at most 2 files in the zip, found 3"), ("TOTAL", 100, "GB in the zip")])
def test_a_zip_beyond_the_caps_is_refused_as_a_whole(course, zipped, monkeypatch, cap, value, sentence):
    monkeypatch.setattr(archive, cap, value)
    with pytest.raises(GraderError, match=sentence):
        collect(course, "tiny", zipped({f"s{number}/tiny.ipynb": TEXT for number in range(3)}))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 half a zip", b"{}"])
def test_what_is_no_zip_is_said_so(course, tmp_path, data):
    path = tmp_path / "class.zip"
    path.write_bytes(data)
    with pytest.raises(GraderError, match="Expected a zip or a folder"):
        collect(course, "tiny", path)


def test_an_empty_zip_is_said_so(course, tmp_path):
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    path = tmp_path / "class.zip"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(GraderError, match="found none"):
        collect(course, "tiny", path)


def test_real_submissions_do_not_go_into_the_demonstration_class(course, zipped):
    course.classroom.mkdir(parents=True)
    course.demonstration_mark.touch()
    with pytest.raises(GraderError, match="holds the demonstration class"):
        collect(course, "tiny", zipped({"ann/tiny.ipynb": TEXT}))
    assert not course.submitted.exists()
