"""From test cells to tasks: `test_raster_mask_colors` belongs to the solution cell `raster_mask`."""

from collections.abc import Iterable


def task_of(grade_id: str, solutions: Iterable[str]) -> str:
    """The longest solution cell's name that the test cell's name begins with, else the test cell's own name."""
    label = grade_id.removeprefix("test_")
    fitting = [name for name in solutions if label == name or label.startswith(name + "_")]
    return max(fitting, key=len, default=label)
