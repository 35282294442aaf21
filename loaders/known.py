"""What a check may count on: the nodes that the files state and those that the graph already holds."""

from collections.abc import Iterable, Sequence

from graph.modelling import Model
from loaders.present import Graph
from loaders.problems import Place
from loaders.sources import SOURCE, Sources, candidate_ids
from loaders.values import SLUG, parts


class Known:
    """Every node that a row may refer to, and the Sources that cells have called for.

    The graph is asked for as many ids at once as a batch of rows names; without one, files stand alone.
    """

    def __init__(self, model: Model, graph: Graph | None) -> None:
        self.model = model
        self.graph = graph
        self.stated: dict[str, str | None] = {}
        """The types of the nodes that files state, by id; None where a file's name says no type."""
        self.present: dict[str, str] = {}
        """The types of the nodes in the graph, of those that were asked for."""
        self.closed: dict[str, str] = {}
        """The types of the closed nodes in the graph, of those that were asked for."""
        self.addresses: dict[str, tuple[str, Place]] = {}
        """The ids and places of the Sources that files state, by address."""
        self.holders: dict[str, str] = {}
        """The ids of the Sources in the graph by address, of those that were asked for."""
        self.days: dict[str, str | None] = {}
        """The days on which Sources were read, of those that files state or that were asked for."""
        self._urls: dict[str, str] = {}
        self._cells: set[str] = set()
        self.sources = Sources(self._urls, self._is_source, self.has)

    def has(self, node_id: str) -> bool:
        """Whether there is a node of that id."""
        return node_id in self.stated or node_id in self.present

    def type_of(self, node_id: str) -> str | None:
        """The type of the node of that id; None where there is none, or where its file's name says no type."""
        return self.stated[node_id] if node_id in self.stated else self.present.get(node_id)

    def state_source(self, url: str, node_id: str, place: Place) -> tuple[str, Place]:
        """Note that a row states a Source with this address. Returns the first that did: its id and place."""
        self._urls[url] = self.addresses.setdefault(url, (node_id, place))[0]
        return self.addresses[url]

    def ask(self, ids: Iterable[str], source_cells: Iterable[str], urls: Iterable[str]) -> None:
        """Look up in the graph what a batch of rows names: ids, cells with sources, addresses."""
        if self.graph is None:
            return
        # One after the other: given together, all but the first would be gone through in full.
        wanted = set(ids).difference(self.stated).difference(self.present).difference([""])
        addresses = set(urls)
        for cell in set(source_cells) - self._cells:
            self._cells.add(cell)
            for part in parts(cell):
                if not SLUG.fullmatch(part):
                    addresses.add(part)
                    wanted.update(candidate_ids(part))
                elif not self.has(part):
                    wanted.add(part)
        if wanted:
            current, closed = self.graph.types(sorted(wanted))
            self.present.update(current)
            self.closed.update(closed)
        if missing := addresses - self.holders.keys():
            found = self.graph.sources(sorted(missing))
            self.holders.update(found)
            self._urls.update((url, node_id) for url, node_id in found.items() if url not in self.addresses)

    def retrieved(self, sources: Sequence[str]) -> dict[str, str]:
        """On which day each of these Sources was read, where it is known: as the files say, else as the graph does."""
        asked = [source for source in sources if source not in self.days]
        if asked and self.graph is not None:
            self.days.update(dict.fromkeys(asked) | self.graph.retrieved(asked))
        return {source: day for source in sources if (day := self.days.get(source))}

    def _is_source(self, node_id: str) -> bool:
        return self.type_of(node_id) == SOURCE
