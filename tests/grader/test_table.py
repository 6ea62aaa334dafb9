"""The class in a terminal: a row a student, and no number is cut, however narrow the terminal and long the names."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from gdm_grader.records.late import Late
from gdm_grader.records.points import ClassPoints
from gdm_grader.reports.table import table

TASKS = {"causal_mask": 3.0, "raster_mask": 5.0, "rgb_raster_mask": 5.0, "made_masks": 4.0, "bits_per_dim": 3.0,
         "receptive_field": 2.0}
OWN = {"causal_mask": 2.5, "raster_mask": 4.0, "rgb_raster_mask": 0.0, "made_masks": 4.0, "bits_per_dim": 1.0,
       "receptive_field": 2.0}
STUDENTS = {"aabel_1001": "Ada Abel", "ckowalczykiewicz_1178": "Chloé Kowalczykiewicz-Müller", "wang_1003": "王小明"}
LATE = {student: Late(days, True, penalty) for student, days, penalty in zip(STUDENTS, (0, 12, 0), (0, 2.7, 0),
                                                                            strict=True)}


def shown(width, tasks=TASKS, own=OWN, people=STUDENTS, late=LATE, notes=None):
    console = Console(file=io.StringIO(), width=width)
    points = ClassPoints(tasks, dict.fromkeys(STUDENTS, own))
    console.print(table("masks", points, notes or {}, late, (), people, width))
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 90, 100, 120, 200])
def test_each_row_has_all_its_numbers_within_the_width(width):
    lines = shown(width)
    assert max(map(cell_len, lines)) <= width
    rows = [line for line in lines if line.strip()[:8] in ("aabel_10", "ckowalcz", "wang_100")]
    assert len(rows) == 3
    assert all("13.5" in row for row in rows)  # the total
    late = next(row for row in rows if "ckow" in row)
    assert "12 days, -2.7" in late
    assert "10.8" in late
    if width >= 100:
        assert all("2.5" in row for row in rows)  # the first task
        assert "Ada Abel" in rows[0]


def test_a_course_of_many_tasks_has_its_totals_and_no_number_that_is_cut():
    tasks = {f"a_task_with_number_{place}": 10.0 for place in range(25)}
    lines = shown(100, tasks, dict.fromkeys(tasks, 7.25), {}, {})
    assert max(map(cell_len, lines)) <= 100
    assert sum("181.25" in line for line in lines) == 3


def test_remarks_stand_in_the_row_where_there_is_room():
    notes = {"aabel_1001": "a remark " * 40}
    assert any(line.rstrip().endswith("…") and "aabel_1001" in line for line in shown(150, notes=notes))
    assert not any("a remark" in line for line in shown(100, notes=notes))
