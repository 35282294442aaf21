"""A first load through Neo4j's own bulk import: the same checks and the same graph, much sooner where there is much."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import rmtree
from typing import Any

from rich.progress import Progress

from graph import constraints, embedded
from graph.database import Database
from graph.errors import OperatorError
from graph.modelling import Model
from graph.provenance import FILE, LOCK, READ, RUN
from graph.settings import Settings
from loaders.bulk_files import BulkFiles
from loaders.load import phases, prepared
from loaders.matching import Matching
from loaders.read import Options
from loaders.recover import recover
from loaders.report import Report
from loaders.runs import RAISE_REVISION, Outcome, finish, locked

SCRATCH = "bulk"
"""The folder, beside the database's own, in which the new one is made."""
OTHERS = (
    f"MATCH (n) WHERE NOT (n:{LOCK} OR n:{FILE} OR (n:{RUN} AND n.outcome = $refused)) "
    "RETURN labels(n) AS labels LIMIT 1"
)
REFUSED = (
    f"MATCH (r:{RUN}) RETURN properties(r) AS run, "
    f"COLLECT {{ MATCH (r)-[x:{READ}]->(f:{FILE}) RETURN [f.id, properties(x)] }} AS files"
)
KEEP_REFUSED = (
    f"UNWIND $runs AS row CREATE (r:{RUN}) SET r = row.run WITH r, row UNWIND row.files AS file "
    f"MERGE (f:{FILE} {{id: file[0]}}) CREATE (r)-[x:{READ}]->(f) SET x = file[1]"
)


class NotEmpty(OperatorError):
    """A bulk load is for an empty database only."""


def load_in_bulk(
    settings: Settings,
    model: Model,
    paths: Sequence[Path | str],
    progress: Progress,
    options: Options | None = None,
    *,
    by: str = "",
    matching: Matching | None = None,
) -> Report:
    """Load files into the empty database of this machine, which is stopped for a moment; else as `load` does.

    Raises what `load` does, NotEmpty, and DatabaseError where the database is not of this machine or others use it.
    """
    embedded.ensure_mine(settings)
    folder, heap = settings.database_folder, settings.database_heap
    with embedded.use(settings) as connection, ExitStack() as stack:
        scratch = folder / SCRATCH
        # One that was killed leaves its own.
        rmtree(scratch, ignore_errors=True)
        stack.callback(rmtree, scratch, ignore_errors=True)
        scratch.mkdir()
        with Database(connection) as database:
            with locked(database):
                recover(database, model)
                ensure_empty(database)
            with prepared(
                database, model, paths, progress, options, by=by, may_withdraw=True, matching=matching
            ) as ready:
                refused = database.read(REFUSED)
                with BulkFiles(scratch, model, ready.number, ready.first, by) as files:
                    for changes in phases(ready.diff, ready.staging, database.read):
                        files.add(changes)
                embedded.import_files(scratch, heap, files.arguments)
                result = ready.result(ready.revision + files.wrote)
                report = ready.report(result)
        with Database(embedded.exchange(folder, heap, scratch)) as database:
            constraints.apply(database, model)
            with locked(database), database.transaction() as transaction:
                if files.wrote:
                    transaction.run(RAISE_REVISION)
                transaction.run(KEEP_REFUSED, {"runs": refused})
                finish(transaction.run, ready.number, result)
    return report


def ensure_empty(database: Database) -> None:
    """Raise NotEmpty where the graph holds, or held, anything; refused loads may have been noted in it."""
    parameters: Mapping[str, Any] = {"refused": Outcome.REFUSED}
    if found := database.read(OTHERS, parameters):
        labels = ", ".join(found[0]["labels"]) or "without labels"
        raise NotEmpty(
            f"The database is not empty (it has nodes such as {labels}), and a bulk load is for an empty one.",
            "Load without --bulk; or remove the folder of the database, which partnergraph db status names.",
        )
