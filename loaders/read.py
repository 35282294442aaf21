"""Files and folders into tables: which files there are, and which reader each needs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rich.progress import Progress

from graph.modelling import Model
from loaders.columns import Layout, layout_name, layouts
from loaders.files import File, examine
from loaders.problems import Place, Problem
from loaders.read_csv import read_csv
from loaders.table import Table, table

SUFFIX = ".csv"


@dataclass(frozen=True)
class Reading:
    """What there is to load: the files, their tables in the order in which they were named, and what is wrong.

    Rows are not read yet; each of them has its own problems.
    """

    files: tuple[File, ...]
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]


def read(paths: Sequence[Path], model: Model, progress: Progress) -> Reading:
    """Open files, and all files of folders. Never raises: what can't be read is a problem."""
    known = layouts(model)
    files: list[File] = []
    tables: list[Table] = []
    problems: list[Problem] = []
    for path in found(paths, problems):
        try:
            file = examine(path, str(path), progress)
            files.append(file)
            tables.extend(tables_of(file, known, problems))
        except OSError as error:
            problems.append(whole_file(path, f"The file can't be read: {error.strerror or error}."))
    return Reading(tuple(files), tuple(tables), tuple(problems))


def found(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    """The files that paths stand for, each once; a folder stands for those in it, by name."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            files = sorted(item for item in path.iterdir() if readable(item))
            if not files:
                problems.append(whole_file(path, f"There is no {SUFFIX} file in this folder."))
        elif not path.exists():
            files = []
            problems.append(whole_file(path, "There is no such file or folder: check the name."))
        elif path.suffix.lower() != SUFFIX:
            files = []
            problems.append(whole_file(path, f"Only {SUFFIX} files can be loaded: save it as CSV (UTF-8, commas)."))
        else:
            files = [path]
        for item in files:
            if (real := item.resolve()) not in seen:
                seen.add(real)
                yield item


def readable(path: Path) -> bool:
    """Whether a file in a folder is meant to be loaded; hidden files are an editor's or a spreadsheet's own."""
    return path.suffix.lower() == SUFFIX and path.is_file() and not path.name.startswith(".")


def whole_file(path: Path, message: str) -> Problem:
    """A problem of a file as such."""
    return Problem(Place(str(path)), None, None, message)


def tables_of(file: File, known: Mapping[str, Layout], problems: list[Problem]) -> Iterator[Table]:
    """A file's tables, adding what is wrong to `problems`. Raises OSError."""
    name = layout_name(file.path, known)
    if name is None:
        near = get_close_matches(file.path.stem.lower(), known, n=1)
        hint = f"did you mean {near[0]}{SUFFIX}?" if near else f"it must begin with one of {', '.join(sorted(known))}."
        problems.append(whole_file(file.path, f"The file's name says no node type and no links: {hint}"))
    sheet = read_csv(file, problems)
    made = sheet and table(sheet, known[name] if name else None, problems)
    if made is not None:
        yield made
