"""Rows that state nodes, against the model and what is already known."""

from collections.abc import Iterator

from graph.modelling import Model, NodeType
from loaders.cells import Cells
from loaders.claims import ID
from loaders.facts import NodeFact
from loaders.known import Known
from loaders.problems import Problem
from loaders.sources import SOURCE, URL
from loaders.table import Row, Table


def check_nodes(
    table: Table, node: NodeType, model: Model, known: Known, problems: list[Problem]
) -> Iterator[NodeFact]:
    """The nodes that a table states, adding what is wrong to `problems`; only then may they be wrong too."""
    cells = Cells(table, model.properties_of(node.name), known.sources)
    for row in table.rows:
        if not row.whole:
            continue
        values = cells.values(row, problems)
        node_id = str(values.pop(ID, ""))
        present = known.present.nodes.get(node_id)
        if present is not None and present.type != node.name:
            message = f"The graph already has a {present.type} with this id: choose another."
            problems.append(table.problem(row, ID, message))
        if node.name == SOURCE:
            problems.extend(other_source(table, row, node_id, str(values.get(URL)), known))
        yield NodeFact(node.name, node_id, values)


def other_source(table: Table, row: Row, node_id: str, url: str, known: Known) -> Iterator[Problem]:
    """The problem of an address that in the graph is that of another Source."""
    holder = known.present.sources.get(url)
    if holder is not None and holder != node_id and holder not in known.claims.nodes:
        yield table.problem(row, URL, f"The graph already has this address as {holder}: use that id.")
