"""The gradebook follows the assignment: cells that were added or removed since the class was graded.

nbgrader refuses to change the cells of a notebook that has submissions. Points by hand, comments, due dates and
extensions hang on what stays, and stay.
"""

from nbformat import NotebookNode
from nbgrader.api import Assignment, Comment, Grade, Gradebook, GradeCell, Notebook, SolutionCell, SourceCell, TaskCell
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.records import gradebook

Kind = type[GradeCell] | type[SolutionCell] | type[TaskCell] | type[SourceCell]  # the records of a cell
GRADED, COMMENTED = (GradeCell, TaskCell), (SolutionCell, TaskCell)  # what has points, what has comments


def follow(course: Course, name: str) -> list[str]:
    """Add the cells that are new and remove those that are gone; return a sentence for each, none at the first time.

    A point that a person gave on a cell that is gone goes with it, and is named.
    """
    if not gradebook.exists(course):
        return []
    said: list[str] = []
    with gradebook.open_gradebook(course) as book:
        query = book.db.query(Notebook).join(Assignment).filter(Assignment.name == name)
        for notebook in query.filter(Notebook.name.in_(course.notebooks(name))):
            if notebook.submissions:
                cells = course.read_source(name, notebook.name).cells
                said += _remove(book, notebook, cells) + _add(book, notebook, cells)
        book.db.commit()
    return said


def _kinds(cell: NotebookNode) -> set[Kind]:
    """The records that nbgrader keeps of a cell."""
    kinds: set[Kind] = set()
    if is_grade(cell):
        kinds.add(GradeCell)
    if is_solution(cell):
        kinds.add(SolutionCell)
    if is_task(cell):
        kinds.add(TaskCell)
    if kinds or is_locked(cell):
        kinds.add(SourceCell)
    return kinds


def _remove(book: Gradebook, notebook: Notebook, cells: list[NotebookNode]) -> list[str]:
    wanted = {label_of(cell): _kinds(cell) for cell in cells}
    said = []
    for old in [*notebook._base_cells, *notebook.source_cells]:
        if type(old) in wanted.get(old.name, set()):
            continue
        for grade in book.db.query(Grade).filter(Grade.cell_id == old.id):
            if grade.manual_score is not None:
                said.append(f"{grade.student.id}, {old.name}: {grade.manual_score:g} by hand went with the cell")
            book.db.delete(grade)
        for comment in book.db.query(Comment).filter(Comment.cell_id == old.id):
            book.db.delete(comment)
        if isinstance(old, GRADED):
            said.append(f"{old.name} was removed, and its {old.max_score:g} points")
        book.db.flush()
        book.db.delete(old)
    book.db.flush()
    book.db.expire(notebook)
    return said


def _add(book: Gradebook, notebook: Notebook, cells: list[NotebookNode]) -> list[str]:
    known = {(type(cell), cell.name): cell for cell in [*notebook._base_cells, *notebook.source_cells]}
    said = []
    for cell in cells:
        for kind in sorted(_kinds(cell), key=lambda kind: kind.__name__):
            label = label_of(cell)
            old = known.get((kind, label))
            points = float(cell.metadata.nbgrader.get("points", 0))
            if old is None:
                _add_record(book, notebook, cell, kind, points)
                if kind in GRADED:
                    said.append(f"{label} is new, and gives {points:g} points")
            elif kind in GRADED and old.max_score != points:
                said.append(f"{label} gives {points:g} points, it was {old.max_score:g}")
    return said


def _add_record(book: Gradebook, notebook: Notebook, cell: NotebookNode, kind: Kind, points: float) -> None:
    """Add one record of a cell, and everyone's grade and comment for it; nbgrader fills in the rest."""
    fields = {"name": label_of(cell), "notebook": notebook}
    if kind in GRADED:
        fields |= {"max_score": points, "cell_type": cell.cell_type}
    if kind is SourceCell:
        fields |= {"cell_type": cell.cell_type, "source": cell.source}
    new = kind(**fields)
    book.db.add(new)
    book.db.flush()
    for submitted in notebook.submissions:
        if kind in GRADED:
            book.db.add(Grade(cell_id=new.id, notebook=submitted))
        if kind in COMMENTED:
            book.db.add(Comment(cell_id=new.id, notebook=submitted))
