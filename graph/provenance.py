"""How the graph keeps who said what, and when it no longer holds: the form in which facts carry their history.

A fact is a node or a link. Its list `statements` has one text for each file that states it, `file|row|run`; where
several files state it, each text goes on with `|` and, in JSON, what that file says. A fact that no file states any
more is closed: it takes the labels or type of a withdrawn one, so that queries for current facts never meet it.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

STATEMENTS = "statements"
"""The property with who states a fact now."""
FORMER_STATEMENTS = "formerStatements"
"""The property of a closed fact with who stated it last."""
WITHDRAWN_ON = "withdrawnOn"
"""The property of a closed fact with the day on which it was closed."""
KEPT = (STATEMENTS, FORMER_STATEMENTS, WITHDRAWN_ON)

REVISION, RUN, FILE, CHANGES, LOCK = "Revision", "LoadRun", "LoadFile", "LoadChanges", "LoadLock"
"""Labels of the nodes that are not facts: the revision, each load, each file, what a load changed, and who loads."""
GROUP = "Group"
"""The label of the nodes in which an analysis keeps the groups that it found."""
COLLABORATION = "Collaboration"
"""The label of the nodes in which an analysis keeps which organisations work together most."""
COLLABORATION_MATRIX = "CollaborationMatrix"
"""The label of the nodes in which an analysis keeps how strongly groups of organisations work together."""
BOOKKEEPING = (REVISION, RUN, FILE, CHANGES, LOCK, GROUP, COLLABORATION, COLLABORATION_MATRIX)
TAKE_LOCK = f"MERGE (l:{LOCK} {{id: 'load'}}) SET l.takenAt = datetime()"
"""The statement that makes a transaction wait for every other that writes what is loaded or found in it."""
READ = "READ"
"""The link from a load to a file that it read."""

WITHDRAWN = "Withdrawn"
"""The label of every closed node; the ids of these are unique too."""
SEPARATOR = "|"
PACKING = 1
"""The level of compression at which changes are kept: the quickest."""


def is_analysed(revision: str) -> str:
    """The Cypher condition that the last analysis is of the revision in a variable."""
    return f"{revision}.analysedRevision = {revision}.number"


def withdrawn_label(name: str) -> str:
    """The label of closed nodes of a type: `Partner` → `WithdrawnPartner`."""
    return WITHDRAWN + name


def link_type(link: str) -> str:
    """The Cypher expression of a link's type, whether it is current or closed."""
    return f"replace(type({link}), '{WITHDRAWN.upper()}_', '')"


def withdrawn_link(name: str) -> str:
    """The type of closed links of a type: `FUNDS` → `WITHDRAWN_FUNDS`."""
    return f"{WITHDRAWN.upper()}_{name}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One file's word on a fact: where it stands, and the run that first read it in this form.

    `values` are None where the fact's own are all that this file says, as when no other file states it.
    `retrieved_on` is the newest day on which one of its sources was read, where any is known.
    """

    file: str
    row: int
    run: int
    values: Mapping[str, Any] | None = None
    retrieved_on: str | None = None

    def __str__(self) -> str:
        """The text that the graph keeps."""
        place = f"{self.file}|{self.row}|{self.run}"
        if self.values is None:
            return place
        word = {"retrievedOn": self.retrieved_on, "values": self.values}
        return f"{place}|{orjson.dumps(word, option=orjson.OPT_SORT_KEYS).decode()}"


def statement(text: str) -> Statement:
    """The statement that a text of the graph is."""
    file, row, run, *more = text.split(SEPARATOR, 3)
    if not more:
        return Statement(file, int(row), int(run))
    word = orjson.loads(more[0])
    return Statement(file, int(row), int(run), word["values"], word["retrievedOn"])


def packed(lines: Sequence[bytes]) -> bytes:
    """Lines of JSON, one for each change, as a LoadChanges node keeps them."""
    return zlib.compress(b"\n".join(lines), PACKING)


def unpacked(lines: bytes) -> list[dict[str, Any]]:
    """The changes that a LoadChanges node keeps, in the order in which they were made."""
    return [orjson.loads(line) for line in zlib.decompress(lines).split(b"\n")]
