"""A whole load: read the files, check everything, compare with the graph, write the difference and what was done."""

import gc
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.progress import Progress

from graph import constraints
from graph.database import Database
from graph.modelling import Model
from loaders.check import check, in_order, refused
from loaders.check_links import rules
from loaders.diff import Diff, Origin
from loaders.facts import Change
from loaders.files import File
from loaders.known import Known
from loaders.matching import Matched, Matching
from loaders.present import Graph, Read, revision
from loaders.problems import LoadError, Place, Problem
from loaders.read import Options
from loaders.recover import recover
from loaders.report import Count, Report
from loaders.runs import RAISE_REVISION, Outcome, ReadFile, Result, begin, finish, last_read, locked, next_numbers
from loaders.staging import Staging
from loaders.table import Table
from loaders.withdraw import Phase, TooMuchWithdrawn, ensure_few, named_yet, plan_withdrawals
from loaders.work import Work

ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Where Python keeps a function: another place each time."""
SELDOM = (20_000, 20, 100)
Tell = Callable[[Change], None]
Phases = Iterator[Iterable[Change]]


@dataclass(frozen=True)
class Loading:
    """What a load has to do once its files were looked at: the tables to read, and the files that need it not."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...]
    files: tuple[ReadFile, ...]
    """Every file of the load; what one states that is not skipped is not known yet."""
    names: tuple[str, ...]
    """The name of each table's file (and sheet), in the order of the tables."""
    skipped: dict[str, str]
    """Where the files are that are what they were, by name."""


@dataclass(frozen=True)
class Ready:
    """A load that was checked and compared with the graph, and can be written.

    `number` is that of the run, `first` that of its first change, `revision` the graph's before it.
    """

    number: int
    first: int
    revision: int
    matched: Matched
    loading: Loading
    staging: Staging
    diff: Diff

    def result(self, revision: int) -> Result:
        """What came of it, once every change was written and the graph is at a revision."""
        files = with_counts(self.loading, self.staging)
        return Result(Outcome.DONE, with_skipped(self.diff.counts, files), files, revision)

    def report(self, result: Result) -> Report:
        """The same, for who loads."""
        skipped = tuple(self.loading.skipped.values())
        return Report(result.counts, result.revision, self.number, skipped, self.matched.resolution)


def load(
    database: Database,
    model: Model,
    paths: Sequence[Path | str],
    progress: Progress,
    options: Options | None = None,
    *,
    by: str = "",
    may_withdraw: bool = False,
    matching: Matching | None = None,
) -> Report:
    """Load files, and all files of folders, into the graph: all of them or, where anything is wrong, nothing.

    Raises LoadError with everything that is wrong, BadDecision, and TooMuchWithdrawn unless it `may_withdraw` much.
    """
    with prepared(
        database, model, paths, progress, options, by=by, may_withdraw=may_withdraw, matching=matching
    ) as ready:
        with Work(database, model, ready.number, ready.first) as work:
            begin(work.run, ready.number, by)
            for changes in phases(ready.diff, ready.staging, work.run):
                work.apply(changes)
            after = work.run(RAISE_REVISION)[0]["number"] if work.wrote else ready.revision
            result = ready.result(after)
            finish(work.run, ready.number, result)
        return ready.report(result)


@contextmanager
def collected_seldom() -> Generator[None]:
    """Look for garbage in cycles less often: with so many facts alive, of which none is, a load took a fifth longer."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def prepared(
    database: Database,
    model: Model,
    paths: Sequence[Path | str],
    progress: Progress,
    options: Options | None,
    *,
    by: str,
    may_withdraw: bool,
    matching: Matching | None,
) -> Generator[Ready]:
    """A load whose files are checked and compared, of which nothing is written yet; no other one writes meanwhile.

    What is only likely in it is asked for at the end of the block. Raises as `load` does.
    """
    constraints.apply(database, model)
    matching = matching or Matching()
    with locked(database), collected_seldom(), Staging() as staging:
        recover(database, model)
        before = revision(database)
        number, first = next_numbers(database)
        matched = matching.read(database, model, paths, progress, options or Options())
        loading = looked_at(database, matched, read_as(model, options))
        graph = Graph(database, model)
        try:
            diff = compared(graph, loading, staging, number, progress)
            if not may_withdraw:
                ensure_few(graph, staging)
        except (LoadError, TooMuchWithdrawn) as error:
            note_refusal(database, (number, by), loading, before, error)
            raise
        yield Ready(number, first, before, matched, loading, staging, diff)
        matching.ask(matched)


def rehearse(
    database: Database,
    model: Model,
    paths: Sequence[Path | str],
    progress: Progress,
    options: Options | None = None,
    *,
    tell: Tell,
    matching: Matching | None = None,
) -> Report:
    """Tell every change that a load would make, and write nothing. Raises LoadError and BadDecision."""
    matched = (matching or Matching()).read(database, model, paths, progress, options or Options())
    loading = looked_at(database, matched, read_as(model, options))
    number, _ = next_numbers(database)
    with Staging() as staging:
        diff = compared(Graph(database, model), loading, staging, number, progress)
        for changes in phases(diff, staging, database.read, rehearsal=True):
            for change in changes:
                tell(change)
        counts = with_skipped(diff.counts, loading.files)
        skipped = tuple(loading.skipped.values())
        return Report(counts, revision(database), number, skipped, matched.resolution)


def check_files(
    database: Database | None,
    model: Model,
    paths: Sequence[Path | str],
    progress: Progress,
    options: Options | None = None,
) -> tuple[int, int]:
    """How many nodes and links files state, with nothing written; without a database they must stand on their own.

    Raises LoadError with everything that is wrong.
    """
    reading = Matching().read(database, model, paths, progress, options or Options()).reading
    graph = None if database is None else Graph(database, model)
    with Staging() as staging:
        known = Known(model, graph)
        check(reading.tables, reading.problems, known, staging, progress)
        links = sum(1 for _ in staging.links())
        return len(known.stated) + len(known.sources.new), links


def read_as(model: Model, options: Options | None) -> str:
    """All but its bytes that decides which facts a file states."""
    return re.sub(ADDRESS, "", f"{model!r} {options or Options()!r}")


def looked_at(database: Database, matched: Matched, way: str) -> Loading:
    """What has to be read of files: not those that are what they were, read in the same way, when loaded last."""
    reading = matched.reading
    names = {file.name: identity(file) for file in reading.files}
    problems = [*reading.problems, *alike(names)]
    seen = last_read(database, sorted(names.values()))
    ways = {file.name: f"{file.sha256} {way} {matched.meant.get(file.name, '')}" for file in reading.files}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in ways.items()}
    same = {name for name, known_as in names.items() if known_as in seen and seen[known_as].read_as == hashes[name]}
    tables = tuple(table for table in reading.tables if table.place.file not in same)
    files = tuple(
        replace(seen[names[file.name]], skipped=True)
        if file.name in same
        else ReadFile(names[file.name], file.sha256, hashes[file.name], {})
        for file in reading.files
    )
    of_tables = tuple(with_sheet(names[table.place.file], table.place.sheet) for table in tables)
    return Loading(tables, tuple(problems), files, of_tables, {names[name]: name for name in sorted(same)})


def identity(file: File) -> str:
    """The name by which statements know a file: an address as it is, else its folder's name and its own."""
    if "://" in file.name:
        return file.name.replace("|", "%7C")
    path = file.path.resolve()
    return f"{path.parent.name}/{path.name}".replace("|", "%7C").replace("#", "%23")


def with_sheet(name: str, sheet: str | None) -> str:
    """The name by which statements know a sheet of a file."""
    return name if sheet is None else f"{name}#{sheet.replace('|', '%7C')}"


def alike(names: dict[str, str]) -> Iterator[Problem]:
    """The problems of files that statements would take for one another."""
    first: dict[str, str] = {}
    for name, known_as in names.items():
        if (other := first.setdefault(known_as, name)) != name:
            message = f"It is known as {known_as}, and so is {other}: rename one of the two, or its folder."
            yield Problem(Place(name), None, None, message)


def compared(graph: Graph, loading: Loading, staging: Staging, number: int, progress: Progress) -> Diff:
    """Check what files state, and find what they no longer do. Raises LoadError with everything that is wrong."""
    known = Known(graph.model, graph)
    check(loading.tables, loading.problems, known, staging, progress)
    reread = [file.name for file in loading.files if not file.skipped]
    origin = Origin(loading.names, frozenset(reread), number, date.today().isoformat())
    diff = Diff(graph, rules(graph.model), known, origin)
    plan_withdrawals(graph, diff, staging, reread)
    if found := in_order(named_yet(graph, diff, staging, loading.tables, loading.skipped)):
        raise LoadError(found, refused(found, loading.tables))
    return diff


def with_counts(loading: Loading, staging: Staging) -> list[ReadFile]:
    """The files of a load, with how much each states."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for table, counts in staging.counts().items():
        states[loading.names[table].split("#")[0]].update(counts)
    return [file if file.skipped else replace(file, states=states[file.name]) for file in loading.files]


def with_skipped(counts: Mapping[str, Count], files: Iterable[ReadFile]) -> dict[str, Count]:
    """What a load did, with what the files that it skipped state: all that is unchanged."""
    found = dict(counts)
    for file in files:
        for name, number in file.states.items() if file.skipped else ():
            count = found.get(name, Count())
            found[name] = replace(count, unchanged=count.unchanged + number)
    return found


def phases(diff: Diff, staging: Staging, read: Read, *, rehearsal: bool = False) -> Phases:
    """The changes of a load, in groups of which each must be written before the next is worked out."""
    yield staging.planned(Phase.LINKS_GO)
    yield staging.planned(Phase.NODES_CHANGE)
    yield diff.nodes(staging.nodes(), read)
    yield staging.planned(Phase.LINKS_CHANGE)
    yield diff.links(staging.links(), read, rehearsal=rehearsal)
    yield diff.restored_links(read)
    yield staging.planned(Phase.NODES_GO)


def note_refusal(
    database: Database, run: tuple[int, str], loading: Loading, revision: int, error: LoadError | TooMuchWithdrawn
) -> None:
    """Note a load, by its number and who did it, of which nothing was written."""
    counts: dict[str, Count] = {}
    problems = 0
    if isinstance(error, LoadError):
        counts = {name: Count(refused=rows) for name, rows in error.refused.items()}
        problems = len(error.problems)
    with database.transaction() as transaction:
        begin(transaction.run, *run)
        finish(transaction.run, run[0], Result(Outcome.REFUSED, counts, loading.files, revision, problems))
