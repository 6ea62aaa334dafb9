"""Records of an earlier version, in which "" stood for none, are read as what is written today."""

import json

from gdm_grader.course import settings
from gdm_grader.intake import ledger
from gdm_grader.records import names, results
from gdm_grader.records.regrade import history


def older(value):
    """The same record with "" for none."""
    if isinstance(value, dict):
        return {key: older(entry) for key, entry in value.items()}
    return "" if value is None else value


def rewritten(path):
    """Rewrite a JSON file, or each of its lines, as the earlier version did."""
    text = path.read_text(encoding="utf-8")
    parts = text.splitlines() if path.suffix == ".jsonl" else [text]
    new = [json.dumps(older(json.loads(part))) for part in parts]
    assert '""' in "".join(new)
    path.write_text("\n".join(new) + "\n", encoding="utf-8")


def test_nothing_is_none_and_an_older_record_of_it_is_read_as_none(released, tmp_path):
    course = type(released)(released.root, tmp_path)
    (course.submitted / "ann" / "tiny").mkdir(parents=True)
    graded, entry = results.Graded("ann", seed=3), history.Grading("2026-11-29", 0.0, 3, "tests", "work")
    uploads = {"tiny": {"ann": ledger.Upload("canvas", late=True)}}
    results.save(course, "tiny", graded, "digest")
    history.add(course, "tiny", "ann", entry)
    settings.change(tmp_path, lambda now: now)
    ledger.save(tmp_path, ledger.Ledger({}, uploads))
    (tmp_path / names.NAMES_FILE).write_text('{"ann": {"first": "Ann", "last": null, "email": null}}')
    for path in sorted([*tmp_path.rglob("*.json"), *tmp_path.rglob("*.jsonl")]):
        rewritten(path)
    assert results.find(course, "tiny", "ann") == results.Graded("ann", seed=3, digest="digest")
    assert history.read(course, "tiny", "ann") == [entry]
    assert settings.load(tmp_path) == settings.Settings()
    assert ledger.load(tmp_path).uploads == uploads
    assert names.load(course) == {"ann": names.Person("Ann")}
    assert names.load(course)["ann"].full == "Ann"
    for record in (graded, entry, settings.Settings(), ledger.Upload(), names.Person()):
        assert "" not in vars(record).values()
