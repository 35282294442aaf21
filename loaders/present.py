"""What the graph holds now of the facts that files name."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from graph.database import Database
from graph.modelling import Model
from graph.provenance import STATEMENTS, WITHDRAWN, withdrawn_link
from loaders.facts import Key, Present
from loaders.plain import plain

BATCH = 5_000
Item = TypeVar("Item")
Ends = Mapping[Key, tuple[str, str]]
"""Links with the types of the nodes that they join."""


def revision(database: Database) -> int:
    """How many loads have changed the graph."""
    rows = database.read("MATCH (r:Revision {id: 'revision'}) RETURN r.number AS number")
    return rows[0]["number"] if rows else 0


def by_id(variable: str, label: str, value: str) -> str:
    """A clause that finds a node by id through the index: on stale statistics the planner would scan instead."""
    return f"MATCH ({variable}:{label} {{id: {value}}}) USING INDEX SEEK {variable}:{label}(id)"


def both(link: str) -> tuple[str, str]:
    """The types under which Neo4j keeps links of a type: current ones and closed ones."""
    return link, withdrawn_link(link)


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Items in lists of as many as one statement takes."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


Read = Callable[[str, Mapping[str, Any]], Iterable[dict[str, Any]]]
"""How statements are run: outside of a transaction, or in one that has changed something already."""
Found = tuple[Key, tuple[str, str], Present]
"""A fact in the graph with, if it is a link, the types of its ends."""


class Graph:
    """The graph as a load finds it. What it had nothing of when the load began is not looked up."""

    def __init__(self, database: Database, model: Model) -> None:
        self.database = database
        self.model = model
        self._types = {node.name for node in model.nodes}
        self._roots = [root for root in (*model.roots, WITHDRAWN) if self.count(f"(n:{root})")]
        self._links = {
            name for name in model.link_types if any(map(self.count, map("()-[n:{}]->()".format, both(name))))
        }

    def count(self, pattern: str) -> int:
        """How many there are of a pattern with the variable `n`, from Neo4j's own count."""
        return self.database.read(f"MATCH {pattern} RETURN count(n) AS count")[0]["count"]

    def type_of(self, labels: Iterable[str]) -> str:
        """The type of a node with these labels, current or closed."""
        bare = (label.removeprefix(WITHDRAWN) for label in labels)
        return next((label for label in bare if label in self._types), "")

    def nodes(self, ids: Sequence[str], read: Read) -> dict[str, Present]:
        """The nodes, current or closed, that have one of these ids."""
        found: dict[str, Present] = {}
        for root in self._roots:
            statement = (
                f"UNWIND $ids AS id {by_id('n', root, 'id')} RETURN labels(n) AS labels, properties(n) AS values"
            )
            for row in read(statement, {"ids": ids}):
                values = plain(row["values"])
                found[values.pop("id")] = Present(self.type_of(row["labels"]), values, closed=root == WITHDRAWN)
        return found

    def types(self, ids: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """The types of current nodes, and of closed ones, by id."""
        current: dict[str, str] = {}
        closed: dict[str, str] = {}
        for root in self._roots:
            statement = f"UNWIND $ids AS id {by_id('n', root, 'id')} RETURN id, labels(n) AS labels"
            into = closed if root == WITHDRAWN else current
            for row in self.database.read(statement, {"ids": ids}):
                into[row["id"]] = self.type_of(row["labels"])
        return current, closed

    def sources(self, urls: Sequence[str]) -> dict[str, str]:
        """The ids of the Sources that have one of these addresses."""
        if "Source" not in self._roots:
            return {}
        found = "MATCH (n:Source {url: url}) USING INDEX SEEK n:Source(url)"
        rows = self.database.read(f"UNWIND $urls AS url {found} RETURN url, n.id AS id", {"urls": urls})
        return {row["url"]: row["id"] for row in rows}

    def retrieved(self, ids: Sequence[str]) -> dict[str, str]:
        """On which day each of these Sources was read, where it is known."""
        statement = f"UNWIND $ids AS id {by_id('n', 'Source', 'id')} RETURN id, toString(n.retrievedOn) AS day"
        return {row["id"]: row["day"] for row in self.database.read(statement, {"ids": ids}) if row["day"]}

    def links(self, ends: Ends, read: Read, closed: Container[str] = ()) -> dict[Key, Present]:
        """The links, current or closed, that have one of these keys. Of these nodes some may be `closed` as yet."""
        found: dict[Key, Present] = {}
        ends = {key: types for key, types in ends.items() if key.link in self._links}
        for (name, from_root, to_root), keys in by_shape(ends, self.model, closed).items():
            statement = f"""
            UNWIND $rows AS row
            {by_id("a", from_root, "row[0]")}
            {by_id("b", to_root, "row[1]")}
            MATCH (a)-[r:{name}|{withdrawn_link(name)}]->(b)
            RETURN row[0] AS id, row[1] AS to_id, type(r) AS type, properties(r) AS values
            """
            rows = [key[1:] for key in keys]
            for row in read(statement, {"rows": rows}):
                found[Key(name, row["id"], row["to_id"])] = Present(name, plain(row["values"]), row["type"] != name)
        return found

    def links_at(self, ends: Ends, read: Read, *, outgoing: bool) -> dict[tuple[str, str], list[tuple[Key, Present]]]:
        """All current links of the same types from (or to) the same nodes, by type and that node's id."""
        found: dict[tuple[str, str], list[tuple[Key, Present]]] = defaultdict(list)
        ends = {key: types for key, types in ends.items() if key.link in self._links}
        for (name, from_root, to_root), keys in by_shape(ends, self.model).items():
            root, pattern = (from_root, "(n)-[r]->()") if outgoing else (to_root, "()-[r]->(n)")
            statement = f"""
            UNWIND $ids AS id {by_id("n", root, "id")}
            MATCH {pattern.replace("[r]", f"[r:{name}]")}
            RETURN id AS at, startNode(r).id AS id, endNode(r).id AS to_id, properties(r) AS values
            """
            ids = list({key.id if outgoing else key.to_id for key in keys})
            for row in read(statement, {"ids": ids}):
                found[name, row["at"]].append((Key(name, row["id"], row["to_id"]), Present(name, plain(row["values"]))))
        return found

    def stated_in(self, file: str) -> Iterator[Found]:
        """Every fact, current or closed, that a file (or a sheet of it) states, with the types of a link's ends."""
        where = f"any(s IN x.{STATEMENTS} WHERE s STARTS WITH $file + '|' OR s STARTS WITH $file + '#')"
        for root in self._roots:
            statement = f"MATCH (x:{root}) WHERE {where} RETURN labels(x) AS labels, properties(x) AS values"
            for row in self.database.stream(statement, {"file": file}):
                values = plain(row["values"])
                name = self.type_of(row["labels"])
                yield Key("", values.pop("id")), ("", ""), Present(name, values, closed=root == WITHDRAWN)
        for name in sorted(self._links):
            for stored in both(name):
                statement = f"MATCH (a)-[x:{stored}]->(b) WHERE {where} {ENDS}"
                for row in self.database.stream(statement, {"file": file}):
                    yield self._link(name, row, closed=stored != name)

    def links_of(self, ids: Sequence[str], read: Read, *, closed: bool) -> Iterator[Found]:
        """Every current link of these nodes, or every closed one; one between two of them comes twice."""
        for root in self._roots:
            statement = f"""
            UNWIND $ids AS id
            {by_id("n", root, "id")}
            MATCH (n)-[x]-()
            WITH x, startNode(x) AS a, endNode(x) AS b
            {ENDS}
            """
            for row in read(statement, {"ids": ids}):
                name = row["type"].removeprefix(withdrawn_link(""))
                if name in self._links and closed == (row["type"] != name):
                    yield self._link(name, row, closed=closed)

    def closed_nodes(self, ids: Sequence[str], read: Read) -> set[str]:
        """Which of these nodes are closed."""
        if WITHDRAWN not in self._roots:
            return set()
        statement = f"UNWIND $ids AS id {by_id('n', WITHDRAWN, 'id')} RETURN id"
        return {row["id"] for row in read(statement, {"ids": ids})}

    def _link(self, name: str, row: Mapping[str, Any], *, closed: bool) -> Found:
        types = self.type_of(row["from_labels"]), self.type_of(row["to_labels"])
        return Key(name, row["id"], row["to_id"]), types, Present(name, plain(row["values"]), closed)


ENDS = (
    "RETURN a.id AS id, labels(a) AS from_labels, b.id AS to_id, labels(b) AS to_labels, "
    "type(x) AS type, properties(x) AS values"
)


def by_shape(links: Ends, model: Model, closed: Container[str] = ()) -> dict[tuple[str, str, str], list[Key]]:
    """Links by type and by the labels in which their ends' ids are unique: what one statement can treat."""
    groups: dict[tuple[str, str, str], list[Key]] = defaultdict(list)
    for key, (from_type, to_type) in links.items():
        from_root = WITHDRAWN if key.id in closed else model.root(from_type)
        to_root = WITHDRAWN if key.to_id in closed else model.root(to_type)
        groups[key.link, from_root, to_root].append(key)
    return groups
