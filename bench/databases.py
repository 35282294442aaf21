"""The bench's databases: one Neo4j home for each size, filled once and used again."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from platformdirs import user_cache_path
from rich.progress import Progress

from bench.generate import Link, Node, Recipe, links, nodes
from graph import constraints, embedded
from graph.analysis.analyse import analyse, is_current
from graph.database import Database
from graph.model import MODEL
from graph.progress import console
from graph.settings import Connection, Settings
from loaders.load import load
from loaders.runs import RAISE_REVISION

REAL = "real"
DATA = Path(__file__).parent.parent / "data"
BATCH = 10_000
IS_FILLED = "MATCH (f:BenchFilled) RETURN f.seconds AS seconds"
SET_FILLED = "CREATE (:BenchFilled {seconds: $seconds})"


@dataclass(frozen=True)
class Filled:
    """A database that is ready to be measured; `folder` is its Neo4j home."""

    size: str
    connection: Connection
    folder: Path
    seconds: float


def cache_folder() -> Path:
    """Where the databases are kept."""
    return user_cache_path("partnergraph", appauthor=False) / "bench"


@contextmanager
def filled(size: str, heap: str) -> Generator[Filled]:
    """The database of a size ("real", or a number of nodes), running; filled and analysed if it was not."""
    settings = Settings(neo4j_uri=None, home=cache_folder() / size, database_heap=heap)
    with embedded.use(settings) as connection:
        with Database(connection) as database:
            found = database.read(IS_FILLED)
            seconds = found[0]["seconds"] if found else _fill(database, size)
            # What was made before the model had an index lacks it.
            constraints.apply(database, MODEL)
            if not is_current(database):
                analyse(database, MODEL, Progress(disable=True))
        yield Filled(size, connection, settings.database_folder.resolve(), seconds)


def _fill(database: Database, size: str) -> float:
    console.print(f"Making the graph of size {size}; it is kept in {cache_folder()}.", highlight=False)
    began = perf_counter()
    database.write("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
    if size == REAL:
        load(database, MODEL, [DATA], Progress(disable=True))
    else:
        write(database, Recipe(int(size)))
    seconds = perf_counter() - began
    database.write(SET_FILLED, {"seconds": seconds})
    return seconds


def write(database: Database, recipe: Recipe) -> None:
    """Put a made graph into an empty database, with the model's constraints and indexes."""
    write_nodes(database, nodes(recipe))
    # Filling an index at once is quicker than adding to it with every node.
    constraints.apply(database, MODEL)
    write_links(database, links(recipe))
    database.write(RAISE_REVISION)


def write_nodes(database: Database, made: Iterable[Node]) -> None:
    """Create nodes."""
    for (kind,), rows in grouped(((node.type,), node.values) for node in made):
        labels = ":".join(MODEL.labels(kind))
        database.write(f"UNWIND $rows AS row CREATE (n:{labels}) SET n = row", {"rows": rows})


def write_links(database: Database, made: Iterable[Link]) -> None:
    """Create links between nodes that are there."""
    shaped = (
        (
            (link.type, link.from_type, link.to_type),
            {"from": link.from_id, "to": link.to_id, "values": link.values},
        )
        for link in made
    )
    for (kind, source, target), rows in grouped(shaped):
        database.write(
            f"UNWIND $rows AS row MATCH (a:{source} {{id: row.from}}) MATCH (b:{target} {{id: row.to}}) "
            f"CREATE (a)-[r:{kind}]->(b) SET r = row.values",
            {"rows": rows},
        )


def grouped(rows: Iterable[tuple[tuple[str, ...], Any]]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Rows of one shape together, some thousands at a time."""
    waiting: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for shape, row in rows:
        waiting[shape].append(row)
        if len(waiting[shape]) == BATCH:
            yield shape, waiting.pop(shape)
    yield from waiting.items()
