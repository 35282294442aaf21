"""Is a fact still as a run left it? What was changed in Cypher since is found before an undo writes over it."""

from collections.abc import Iterable, Iterator

from graph.model import ID
from graph.modelling import Model
from loaders.facts import Action, Change, Key, Present
from loaders.present import Graph, batches, by_id
from loaders.staging import Staging

GONE = "it is not there any more"
CURRENT = (Action.ADDED, Action.RESTORED)
"""After these a fact is current, which before was not there or closed."""


class AsLeft:
    """Compares facts with what one run did to them, which is one change to each."""

    def __init__(self, graph: Graph, model: Model, staging: Staging) -> None:
        self._graph = graph
        self._model = model
        self._staging = staging
        self._metrics = {item.name for declared in model.types.values() for item in declared.metrics}

    def differences(self, done: Iterable[Change]) -> Iterator[tuple[Change, str]]:
        """The changes whose facts are otherwise now, each with what is different.

        Properties that the change did not touch don't count: they stay as they are. Of a fact that the run added all
        count, and so do links that others put at it, for taking it back erases it. The run's own links must have been
        noted in `staging`.
        """
        for batch in batches(done):
            present = self._present(batch)
            linked = self._linked([change for change in batch if change.action is Action.ADDED])
            for change in batch:
                found = self._difference(change, present.get(change.key)) or linked.get(change.key)
                if found:
                    yield change, found

    def _present(self, changes: list[Change]) -> dict[Key, Present]:
        read = self._graph.database.read
        nodes = [change.key.id for change in changes if not change.key.link]
        found = {Key("", node_id): node for node_id, node in self._graph.nodes(nodes, read).items()} if nodes else {}
        links = {change.key: change.types for change in changes if change.key.link}
        if links:
            closed = self._graph.closed_nodes(sorted({end for key in links for end in key[1:]}), read)
            found |= self._graph.links(links, read, closed)
        return found

    def _linked(self, added: list[Change]) -> dict[Key, str]:
        """Links at nodes that the run added which it did not add itself, by node."""
        found: dict[Key, str] = {}
        for root in self._model.roots:
            ids = [change.key.id for change in added if not change.key.link and self._model.root(change.type) == root]
            statement = (
                f"UNWIND $ids AS id {by_id('n', root, 'id')} MATCH (n)-[r]-() "
                "RETURN id, type(r) AS type, startNode(r).id AS from_id, endNode(r).id AS to_id"
            )
            for row in self._graph.database.read(statement, {"ids": ids}) if ids else ():
                if not self._staging.made(Key(row["type"], row["from_id"] or "", row["to_id"] or "")):
                    ends = f"from {row['from_id']} to {row['to_id']}"
                    found.setdefault(Key("", row["id"]), f"a link {row['type']} {ends} has been added to it")
        return found

    def _difference(self, change: Change, present: Present | None) -> str:
        """What is different of one fact; nothing where it is as it was left."""
        if change.action is Action.REMOVED:
            return "it is there again" if present else ""
        if present is None or present.type != change.type:
            return GONE
        closed = change.action is Action.WITHDRAWN or (change.action not in CURRENT and change.closed)
        if present.closed != closed:
            return "it is withdrawn" if present.closed else "it is current again"
        names = dict.fromkeys(change.after)
        if change.action is Action.ADDED:
            names |= dict.fromkeys(present.values.keys() - self._metrics - {ID.name})
        for name in names:
            now, left = present.values.get(name), change.after.get(name)
            if now != left:
                return f"its {name} is {now!r} and was left as {left!r}"
        return ""
