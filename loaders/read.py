"""Files, folders and addresses into tables: which files there are, and which reader each needs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePath

from rich.progress import Progress

from graph.modelling import Model
from graph.settings import Settings
from loaders.columns import Layout, layout_name, layouts, simplified
from loaders.encodings import Encoding
from loaders.fetch import Fetch, is_address
from loaders.files import File, examine
from loaders.problems import Place, Problem
from loaders.read_csv import Delimiter, read_csv
from loaders.read_jsonl import read_jsonl
from loaders.read_xlsx import read_xlsx
from loaders.table import Table, table
from loaders.template import EXPLANATION, VALUES

CSV, JSON_LINES, EXCEL = ".csv", ".jsonl", ".xlsx"
SUFFIXES = (CSV, EXCEL, JSON_LINES)


@dataclass(frozen=True)
class Options:
    """What the user says of CSV files, instead of what their bytes tell, and how files are fetched from the web."""

    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    settings: Settings = field(default_factory=Settings, repr=False)


@dataclass(frozen=True)
class Reading:
    """What there is to load: the files, their tables in the order in which they were named, and what is wrong.

    Rows are not read yet; each of them has its own problems.
    """

    files: tuple[File, ...]
    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]


def read(paths: Sequence[Path | str], model: Model, progress: Progress, options: Options | None = None) -> Reading:
    """Open files, all files of folders, and files at addresses. Never raises: what can't be read is a problem.

    What is not as it mostly is, a file's encoding for instance, is said on the progress's console.
    """
    reader = Reader(layouts(model), options or Options(), progress)
    for name in reader.found(paths):
        reader.read(name)
    return Reading(tuple(reader.files), tuple(reader.tables), tuple(reader.problems))


class Reader:
    """A reading as it grows, file by file."""

    def __init__(self, known: Mapping[str, Layout], options: Options, progress: Progress) -> None:
        self.files: list[File] = []
        self.tables: list[Table] = []
        self.problems: list[Problem] = []
        self._known = known
        self._options = options
        self._progress = progress

    def found(self, names: Sequence[Path | str]) -> Iterator[Path | str]:
        """The files and addresses that names stand for, each once; a folder stands for those in it, by name."""
        seen: set[Path | str] = set()
        for name in names:
            files: list[Path] = []
            path = Path(name)
            if isinstance(name, str) and is_address(name):
                if name not in seen:
                    seen.add(name)
                    yield name
            elif path.is_dir():
                files = sorted(item for item in path.iterdir() if readable(item))
                if not files:
                    self._refuse(str(path), f"There is no {' or '.join(SUFFIXES)} file in this folder.")
            elif not path.exists():
                self._refuse(str(path), "There is no such file or folder: check the name.")
            elif path.suffix.lower() not in SUFFIXES:
                self._refuse(str(path), f"Only {', '.join(SUFFIXES)} files can be loaded: save it as one of those.")
            else:
                files = [path]
            for item in files:
                if (real := item.resolve()) not in seen:
                    seen.add(real)
                    yield item

    def read(self, name: Path | str) -> None:
        """Open one file."""
        try:
            file = self._file(name)
            self.files.append(file)
            match file.title.suffix.lower():
                case ".xlsx":
                    self._workbook(file)
                case ".jsonl":
                    self._add(table(read_jsonl(file), self._layout(file), self.problems))
                case _:
                    self._csv(file)
        except OSError as error:
            self._refuse(str(name), f"The file can't be read: {error.strerror or error}.")

    def _file(self, name: Path | str) -> File:
        """The file of a name. Raises OSError."""
        if isinstance(name, Path):
            return examine(name, str(name), name, self._progress)
        path, title = Fetch(SUFFIXES, self._options.settings, self._progress).file(name)
        return examine(path, name, PurePath(title), self._progress)

    def _csv(self, file: File) -> None:
        layout = self._layout(file)
        options = self._options
        read = read_csv(file, layout, options.encoding, options.delimiter, self.problems)
        if read is not None:
            sheet, form = read
            if form != "utf-8, commas":
                self._say(f"{file.name}: {form}")
            self._add(table(sheet, layout, self.problems))

    def _workbook(self, file: File) -> None:
        """Open a workbook's sheets; an only sheet may leave it to the file's name what it has."""
        sheets = read_xlsx(file, self.problems)
        for sheet in sheets:
            title = sheet.place.sheet or ""
            name = layout_name(title, self._known)
            if name is None and len(sheets) == 1:
                name = layout_name(file.title.stem, self._known)
            near = get_close_matches(simplified(title), self._known, n=1)
            if title in (EXPLANATION, VALUES):
                continue
            if sheet.hidden:
                if name is not None:
                    message = "The sheet is hidden, but its name says that it is to be loaded: show it, or delete it."
                    self.problems.append(Problem(sheet.place, None, None, message))
                continue
            if name is not None:
                self._add(table(sheet, self._known[name], self.problems))
            elif near:
                message = f"The sheet's name says no node type and no links: did you mean {near[0]}?"
                self.problems.append(Problem(sheet.place, None, None, message))
            else:
                self._say(f"{sheet.place}: passed over, as its name says no node type and no links")
        if not any(found.place.file == file.name for found in (*self.tables, *self.problems)):
            self._refuse(file.name, f"No sheet's name says what is on it: name each as one of {self._names()}.")

    def _layout(self, file: File) -> Layout | None:
        """What a file of this name has; that it says nothing is a problem."""
        name = layout_name(file.title.stem, self._known)
        if name is not None:
            return self._known[name]
        near = get_close_matches(simplified(file.title.stem), self._known, n=1)
        suffix = file.title.suffix
        hint = f"did you mean {near[0]}{suffix}?" if near else f"it must begin with one of {self._names()}."
        self._refuse(file.name, f"The file's name says no node type and no links: {hint}")
        return None

    def _names(self) -> str:
        return ", ".join(sorted({layout.name for layout in self._known.values()}))

    def _add(self, made: Table | None) -> None:
        if made is not None:
            self.tables.append(made)

    def _refuse(self, name: str, message: str) -> None:
        self.problems.append(Problem(Place(name), None, None, message))

    def _say(self, message: str) -> None:
        self._progress.console.print(message, markup=False, highlight=False, soft_wrap=True)


def readable(path: Path) -> bool:
    """Whether a file in a folder is meant to be loaded; hidden files are an editor's or a spreadsheet's own."""
    return path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith((".", "~$"))
