"""Measures loads: the loader, with all its checks and its history, against the raw driver writing the same rows.

The raw driver writes with bare `UNWIND … MERGE`, ten thousand rows a transaction, into a database with the same
constraints and indexes; neither side is told that the database is empty, but for the loader with --bulk.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from rich.progress import Progress
from rich.table import Table

from bench.databases import grouped
from bench.generate import Link, Recipe, links, nodes
from graph import constraints, embedded
from graph.database import Database
from graph.model import MODEL
from graph.modelling import snake_case
from graph.progress import console
from graph.settings import Connection, Settings
from loaders.bulk import load_in_bulk
from loaders.load import load

LINKS_PER_NODE = 3
ENDS = ("from_id", "type", "to_id")


@dataclass(frozen=True)
class Measured:
    """What a side needed: seconds, and MB of the loading process at most."""

    seconds: float
    memory: float


def write_files(recipe: Recipe, folder: Path) -> None:
    """The made graph as files: one for each type of node, and one of links."""
    by_type: dict[str, Any] = {}
    for node in nodes(recipe):
        if node.type not in by_type:
            plural = next(item.plural for item in MODEL.nodes if item.name == node.type)
            names = [item.name for item in MODEL.properties_of(node.type) if item.name != "location"]
            file = (folder / f"{plural}.csv").open("w", encoding="utf-8", newline="")
            by_type[node.type] = file, writer(file, map(snake_case, names)), names
        _, out, names = by_type[node.type]
        out.writerow([cell(node.values.get(name)) for name in names])
    for file, _, _ in by_type.values():
        file.close()
    names = list(dict.fromkeys(item.name for link in MODEL.links for item in MODEL.properties_of_link(link)))
    with (folder / "links.csv").open("w", encoding="utf-8", newline="") as file:
        out = writer(file, (*ENDS, *map(snake_case, names)))
        for link in made_links(recipe):
            out.writerow([link.from_id, link.type, link.to_id, *(cell(link.values.get(name)) for name in names)])


def writer(file: Any, headings: Iterable[str]) -> Any:
    """A CSV file with its headings."""
    out = csv.writer(file)
    out.writerow(list(headings))
    return out


def cell(value: Any) -> str:
    """A value as a file states it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def made_links(recipe: Recipe) -> Iterator[Link]:
    """Three links for each node, each once."""
    return islice(links(recipe), LINKS_PER_NODE * recipe.size)


def raw(connection: Connection, recipe: Recipe) -> None:
    """Write the made graph with the bare driver."""
    with Database(connection) as database:
        for (kind,), rows in grouped(((node.type,), node.values) for node in nodes(recipe)):
            labels = ":".join(MODEL.labels(kind))
            root = MODEL.root(kind)
            statement = f"UNWIND $rows AS row MERGE (n:{root} {{id: row.id}}) SET n:{labels}, n += row"
            database.write(statement, {"rows": rows})
        for (kind, source, target), rows in grouped(map(shaped, made_links(recipe))):
            database.write(
                f"UNWIND $rows AS row MATCH (a:{source} {{id: row.from}}) MATCH (b:{target} {{id: row.to}}) "
                f"MERGE (a)-[r:{kind}]->(b) SET r += row.values",
                {"rows": rows},
            )


def shaped(link: Link) -> tuple[tuple[str, str, str], Mapping[str, Any]]:
    """A link as a row, with what one statement needs to be the same for all its rows."""
    roots = MODEL.root(link.from_type), MODEL.root(link.to_type)
    return (link.type, *roots), {"from": link.from_id, "to": link.to_id, "values": link.values}


def ours(connection: Connection, folder: Path) -> None:
    """Load the files."""
    with Database(connection) as database:
        load(database, MODEL, [folder], Progress(disable=True), may_withdraw=True)


def measured(side: str, folder: Path, size: int, home: Path, heap: str) -> Measured:
    """Run one side in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.loading", "--side", side, "--folder", str(folder)]
    more = ["--size", str(size), "--home", str(home), "--heap", heap]
    done = subprocess.run([*command, *more], check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def one_side(side: str, folder: Path, recipe: Recipe, settings: Settings) -> Measured:
    """Do what the side does, here and now."""
    with embedded.use(settings) as connection:
        began = perf_counter()
        if side == "raw":
            raw(connection, recipe)
        elif side == "bulk":
            load_in_bulk(settings, MODEL, [folder], Progress(disable=True))
        else:
            ours(connection, folder)
        seconds = perf_counter() - began
    return Measured(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def compare(size: int, heap: str) -> dict[str, Measured]:
    """Each side on a new database, and the loader once more with nothing changed, and by bulk import."""
    found: dict[str, Measured] = {}
    recipe = Recipe(size)
    with TemporaryDirectory(prefix="partnergraph-bench-") as place:
        folder = Path(place) / "files"
        folder.mkdir()
        write_files(recipe, folder)
        for side, times in (("raw", ("raw driver",)), ("ours", ("loader, first", "loader, nothing changed"))):
            home = Path(place) / side
            settings = Settings(neo4j_uri=None, home=home, database_heap=heap)
            with embedded.use(settings) as connection:
                with Database(connection) as database:
                    constraints.apply(database, MODEL)
                for name in times:
                    found[name] = told(name, measured(side, folder, size, home, heap))
        # Nobody else may use a database that a bulk load stops, so this process does not.
        home = Path(place) / "bulk"
        found["loader, --bulk"] = told("loader, --bulk", measured("bulk", folder, size, home, heap))
    return found


def told(name: str, found: Measured) -> Measured:
    """What was measured, once it is printed."""
    console.print(f"{name}: {found.seconds:.1f} s, {found.memory:.0f} MB", highlight=False)
    return found


def report(size: int, found: Mapping[str, Measured]) -> Table:
    """The figures as a table."""
    table = Table("", "Seconds", "Nodes and links a second", "Against the raw driver", "Memory, MB")
    facts = size * (1 + LINKS_PER_NODE)
    for name, side in found.items():
        ratio = found["raw driver"].seconds / side.seconds
        table.add_row(
            name, f"{side.seconds:.1f}", f"{facts / side.seconds:,.0f}", f"{ratio:.2f}×", f"{side.memory:.0f}"
        )
    return table


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="how many nodes; with three links for each")
    parser.add_argument("--heap", default="4g", help="the memory of the databases")
    parser.add_argument("--side", choices=("raw", "ours", "bulk"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        settings = Settings(neo4j_uri=None, home=given.home, database_heap=given.heap)
        print(json.dumps(asdict(one_side(given.side, given.folder, Recipe(given.size), settings))))
        return
    console.print(report(given.size, compare(given.size, given.heap)))


if __name__ == "__main__":
    main()
