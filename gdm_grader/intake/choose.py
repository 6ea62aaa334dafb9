"""Of a student's files the notebook that counts, or the notebooks, where an assignment has several."""

import re
from pathlib import PurePosixPath

from gdm_grader.errors import SubmissionError
from gdm_grader.intake.clean import AGAIN, COPY, ENDING, meant
from gdm_grader.intake.layouts import Handed


def chosen_each(files: list[Handed], names: list[str]) -> tuple[dict[str, Handed], list[str]]:
    """The file that counts for each of an assignment's notebooks, by the notebook's name; those that are missing are
    noted. SubmissionError if there is none at all."""
    if len(names) == 1:
        best, notes = chosen(files, names[0])
        return {names[0]: best}, notes
    notebooks, notes = _newest([handed for handed in files if ENDING.search(handed.file)])
    found: dict[str, Handed] = {}
    for name in names:
        named = [handed for handed in notebooks if _is_for(handed, name, names)]
        if named:
            found[name] = max(named, key=_rank)
        else:
            notes.append(f"no {name}.ipynb")
    if not found:
        raise SubmissionError(f"none of {', '.join(f'{name}.ipynb' for name in names)}, but "
                              f"{', '.join(sorted(handed.file for handed in files))[:200]}")
    return found, notes


def chosen(files: list[Handed], name: str) -> tuple[Handed, list[str]]:
    """The newest upload; of its notebooks the one nearest to the top with the assignment's name, and of these the one
    with the highest number behind it; a copy comes after what it is a copy of. The notes say if there was a choice."""
    notebooks = [handed for handed in files if ENDING.search(handed.file)]
    if not notebooks:
        problems = [handed.entry.problem for handed in files if handed.entry.problem]
        said = f" ({problems[0]})" if problems else ""
        raise SubmissionError(f"no notebook, but {', '.join(sorted(handed.file for handed in files))[:200]}{said}")
    notebooks, notes = _newest(notebooks)
    named = [handed for handed in notebooks if _stem(handed) == _folded(name)]
    proper = [handed for handed in notebooks if handed.file.lower().endswith(".ipynb")]
    if not named and len(proper) == 1:
        notebooks = proper
    if not named and len(notebooks) > 1:
        raise SubmissionError(f"several notebooks, none called {name}.ipynb: "
                              f"{', '.join(sorted(handed.file for handed in notebooks))[:200]}")
    best = max(named or notebooks, key=_rank)
    if not named or PurePosixPath(best.file).name.casefold() != f"{name}.ipynb".casefold():
        notes.append(f"it was called {PurePosixPath(best.file).name}")
    if len(named) > 1:
        notes.append(f"{best.file} taken of {len(named)}: {', '.join(sorted(one.file for one in named))[:200]}")
    return best, notes


def _newest(notebooks: list[Handed]) -> tuple[list[Handed], list[str]]:
    """The files of the newest attempt, and a note if there were several."""
    times = {handed.when for handed in notebooks if handed.when}
    if len(times) < 2:
        return notebooks, []
    return [one for one in notebooks if one.when == max(times)], [f"the newest of {len(times)} attempts"]


def _is_for(handed: Handed, name: str, names: list[str]) -> bool:
    """Tell if a file is this one of the notebooks: "part-2" may be a notebook's name, or a second upload of "part"."""
    stem = ENDING.sub("", PurePosixPath(handed.file).name).casefold()
    if stem in map(str.casefold, names):
        return stem == name.casefold()
    return _stem(handed) == _folded(name)


def _rank(handed: Handed) -> tuple[int, int, int, int, str]:
    stem = ENDING.sub("", PurePosixPath(handed.file).name)
    again = AGAIN.search(stem)
    number = int(again["browser"] or again["platform"]) if again else 0
    deep = len([part for part in PurePosixPath(handed.file).parts if not part.lower().endswith(".zip")])
    return (-deep, -int(bool(COPY.search(stem))), number, handed.upload, handed.file)


def _stem(handed: Handed) -> str:
    return _folded(meant(PurePosixPath(handed.file).name))


def _folded(stem: str) -> str:
    return re.sub(r"[\W_]+", "", stem).casefold()
