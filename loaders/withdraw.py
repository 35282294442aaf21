"""What files no longer state: found before anything is written, so that a load that takes away much can be stopped."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from graph.errors import OperatorError
from loaders.check import place_of
from loaders.diff import Diff
from loaders.facts import Action, Change
from loaders.present import Graph, batches
from loaders.problems import Place, Problem
from loaders.staging import Staging
from loaders.table import Table

WITHDRAWN_HERE = "No file states this any more: take the row out that names it, or put back the row that stated it."
MOST_WITHDRAWN = 0.2
"""The share of a type's nodes or links that a load may withdraw without being told to."""


class Phase(IntEnum):
    """When a change that takes away is written: links go before their nodes do."""

    LINKS_GO = 0
    NODES_CHANGE = 1
    LINKS_CHANGE = 2
    NODES_GO = 3


class TooMuchWithdrawn(OperatorError):
    """A load would withdraw more of a type than is likely to be meant."""


def plan_withdrawals(graph: Graph, diff: Diff, staging: Staging, files: Iterable[str]) -> None:
    """Put into `staging` what changes since these files, which are read now, no longer state what they did."""
    for file in files:
        for batch in batches(lost(graph, diff, staging, file)):
            for phase in Phase:
                staging.plan(phase, [change for change in batch if phase_of(change) is phase])
    gone = (change.key.id for change in staging.planned(Phase.NODES_GO))
    for ids in batches(list(gone)):
        found = {
            key: (types, present) for key, types, present in graph.links_of(ids, graph.database.read, closed=False)
        }
        closing = (diff.closed_with_its_node(key, *rest) for key, rest in found.items() if not staging.plans(key))
        staging.plan(Phase.LINKS_GO, list(closing))


def lost(graph: Graph, diff: Diff, staging: Staging, file: str) -> Iterator[Change]:
    """The changes of facts that a file stated and that no row of this load states."""
    for key, types, present in graph.stated_in(file):
        if staging.states(key) or staging.plans(key):
            continue
        end = diff.single_end(key, types) if key.link else None
        if end is not None and staging.states_end(key.link, end, key.id if end == "id" else key.to_id):
            continue  # Another link takes its place, which is a change of that one.
        yield diff.withdrawn(key, types, present)


def phase_of(change: Change) -> Phase:
    """When a change that takes away is written."""
    if change.action is Action.WITHDRAWN:
        return Phase.LINKS_GO if change.key.link else Phase.NODES_GO
    return Phase.LINKS_CHANGE if change.key.link else Phase.NODES_CHANGE


def ensure_few(graph: Graph, staging: Staging) -> None:
    """Raise TooMuchWithdrawn where more of a type goes than is likely to be meant."""
    going: Counter[tuple[str, bool]] = Counter()
    for phase in (Phase.LINKS_GO, Phase.NODES_GO):
        going.update((change.type, phase is Phase.LINKS_GO) for change in staging.planned(phase))
    too_many: list[str] = []
    for (name, is_link), number in sorted(going.items()):
        there = graph.count(f"()-[n:{name}]->()" if is_link else f"(n:{name})")
        if number > MOST_WITHDRAWN * there:
            too_many.append(f"{number:,} of {there:,} {name} ({number / there:.0%})")
    if too_many:
        raise TooMuchWithdrawn(
            f"This load would withdraw {', '.join(too_many)}, since the files no longer state them.",
            "Nothing was loaded. Look what would change with --dry-run; if it is meant, load again with --yes.",
        )


def named_yet(
    graph: Graph, diff: Diff, staging: Staging, tables: Sequence[Table], skipped: Mapping[str, str]
) -> list[Problem]:
    """What is wrong since files of this load name nodes that it withdraws.

    `skipped` are the files that are not read again as they are what they were: where they are, by name.
    """
    gone = [change.key.id for change in staging.planned(Phase.NODES_GO)]
    places = {(place_of(row, tables), node_id) for node_id, row in staging.naming(gone)}
    for ids in batches(gone):
        for key, _, present in graph.links_of(ids, graph.database.read, closed=False):
            for word in diff.statements(present):
                file, _, sheet = word.file.partition("#")
                if file in skipped and not staging.states(key):
                    place = Place(skipped[file], sheet or None, word.row)
                    places.update((place, node_id) for node_id in {key.id, key.to_id}.intersection(ids))
    return [Problem(place, None, node_id, WITHDRAWN_HERE) for place, node_id in places]
