"""What a check may count on: the nodes that the files state and those that the graph already holds."""

from loaders.claims import Claims
from loaders.present import PresentNodes
from loaders.sources import SOURCE, Sources


class Known:
    """Every node that a row may refer to, and the Sources that cells have called for."""

    def __init__(self, claims: Claims, present: PresentNodes) -> None:
        self.claims = claims
        self.present = present
        stated = {url: claim.id for url, claim in claims.sources.items()}
        self.sources = Sources({**present.sources, **stated}, self._is_source, self.has)

    def has(self, node_id: str) -> bool:
        """Whether there is a node of that id."""
        return node_id in self.claims.nodes or node_id in self.present.nodes

    def type_of(self, node_id: str) -> str | None:
        """The type of the node of that id; None where there is none, or where its file's name says no type."""
        claim = self.claims.nodes.get(node_id)
        if claim is not None:
            return claim.type
        found = self.present.nodes.get(node_id)
        return found.type if found is not None else None

    def _is_source(self, node_id: str) -> bool:
        return self.type_of(node_id) == SOURCE
