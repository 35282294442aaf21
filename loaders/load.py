"""A whole load: read the files, check everything, compare with the graph, write the difference."""

from collections.abc import Sequence
from pathlib import Path

from rich.progress import Progress

from graph import constraints
from graph.database import Database
from graph.modelling import Model
from loaders.check import check
from loaders.claims import named
from loaders.diff import compare
from loaders.facts import Facts
from loaders.present import PresentNodes, present_links, present_nodes, revision
from loaders.read import Options, Reading, read
from loaders.report import Report
from loaders.write import Overtaken, write


def load(
    database: Database, model: Model, paths: Sequence[Path], progress: Progress, options: Options | None = None
) -> Report:
    """Load files, and all files of folders, into the graph: all of them or, where anything is wrong, nothing.

    Raises LoadError with everything that is wrong.
    """
    constraints.apply(database, model)
    reading = read(paths, model, progress, options)
    while True:
        try:
            return load_reading(database, model, reading, progress)
        except Overtaken:
            continue


def load_reading(database: Database, model: Model, reading: Reading, progress: Progress) -> Report:
    """Load what was read. Raises LoadError, and Overtaken where another load got in between."""
    before = revision(database)
    nodes = nodes_named(database, model, reading, progress)
    facts = checked(model, reading, nodes, progress)
    changes = compare(facts, nodes.nodes, present_links(database, model, facts.links, progress))
    if changes.none:
        return Report(changes.counts, before)
    write(database, model, changes, before, progress)
    return Report(changes.counts, before + 1)


def check_files(
    database: Database | None, model: Model, paths: Sequence[Path], progress: Progress, options: Options | None = None
) -> Facts:
    """What files state, with nothing written; without a database they must stand on their own.

    Raises LoadError with everything that is wrong.
    """
    reading = read(paths, model, progress, options)
    nodes = PresentNodes() if database is None else nodes_named(database, model, reading, progress)
    return checked(model, reading, nodes, progress)


def nodes_named(database: Database, model: Model, reading: Reading, progress: Progress) -> PresentNodes:
    """What the graph holds of the nodes that files name."""
    wanted = named(reading.tables)
    return present_nodes(database, model, wanted.ids, wanted.urls, progress)


def checked(model: Model, reading: Reading, nodes: PresentNodes, progress: Progress) -> Facts:
    """The facts in what was read. Raises LoadError."""
    return check(reading.tables, nodes, model, reading.problems, progress)
