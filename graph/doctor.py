"""Whether all is well: the machine, the database and what it holds, and what to do about each thing that is not."""

import platform
import sys
from dataclasses import dataclass
from shutil import disk_usage

from rich.console import Console
from rich.table import Table

from graph import constraints, embedded
from graph.database import Database
from graph.distribution import version
from graph.errors import OperatorError
from graph.modelling import Model
from graph.settings import Connection, Settings

ENOUGH_BYTES = 1_000_000_000
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found and, where it is not well, what to do."""

    what: str
    found: str
    remedy: str | None = None

    @property
    def well(self) -> bool:
        """Whether nothing need be done."""
        return self.remedy is None


def examine(settings: Settings, model: Model) -> list[Finding]:
    """Look at everything that can be looked at without starting anything."""
    found = [_python(), _disk(settings)]
    try:
        connection = _connection(settings)
        with Database(connection) as database:
            found += [Finding("Database", f"answers at {connection.uri}"), _version(database)]
            found += [_constraints(database, model), *_counts(database, model)]
    except OperatorError as error:
        found.append(Finding("Database", error.message, error.remedy))
    return found


def show(findings: list[Finding]) -> None:
    """Print the findings as a table."""
    table = Table("", "What", "Found", "What to do")
    for finding in findings:
        mark = "[green]✓[/green]" if finding.well else "[red]✗[/red]"
        table.add_row(mark, finding.what, finding.found, finding.remedy or "")
    Console().print(table)


def _python() -> Finding:
    wanted = ".".join(map(str, OLDEST_PYTHON))
    old = sys.version_info < OLDEST_PYTHON
    return Finding("Python", platform.python_version(), f"Install Python {wanted} or newer." if old else None)


def _disk(settings: Settings) -> Finding:
    folder = next(parent for parent in (settings.home, *settings.home.parents) if parent.exists())
    free = disk_usage(folder).free
    remedy = "Make room, or set PARTNERGRAPH_HOME to a folder elsewhere." if free < ENOUGH_BYTES else None
    return Finding("Disk", f"{free / 1e9:,.1f} GB free at {folder}", remedy)


def _connection(settings: Settings) -> Connection:
    if settings.neo4j_uri is not None:
        return settings.connection()
    connection = embedded.status(settings.database_folder)
    if connection is None:
        raise OperatorError("The database of this machine does not run.", "Start it: partnergraph db start")
    return connection


def _version(database: Database) -> Finding:
    (row,) = database.read(
        "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' "
        "RETURN versions[0] AS version, edition"
    )
    running, tested = row["version"], version()
    remedy = f"It is older than {tested}, which this program is tested with: upgrade it." if running < tested else None
    return Finding("Neo4j", f"{running} {row['edition']}", remedy)


def _constraints(database: Database, model: Model) -> Finding:
    missing = constraints.missing(database, model)
    if not missing:
        return Finding("Constraints and indexes", f"all {len(constraints.rules(model))} are there")
    names = ", ".join(rule.name for rule in missing)
    return Finding("Constraints and indexes", f"missing: {names}", "Create them: partnergraph load")


def _counts(database: Database, model: Model) -> list[Finding]:
    found: list[Finding] = []
    for node in model.nodes:
        (row,) = database.read(f"MATCH (n:{node.name}) RETURN count(n) AS count")
        found.append(Finding(node.plural.replace("_", " ").capitalize(), f"{row['count']:,}"))
    (links,) = database.read("MATCH ()-[r]->() RETURN count(r) AS count")
    (loaded,) = database.read("RETURN EXISTS { (:Entity) } AS some")
    remedy = None if loaded["some"] else "The graph is empty. Load the data: partnergraph load"
    return [*found, Finding("Links", f"{links['count']:,}", remedy)]
