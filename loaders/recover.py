"""Runs that were broken off while they wrote, taken back: what is written of them is as if it had never been."""

from graph.database import Database
from graph.modelling import Model
from graph.provenance import CHANGES, RUN, unpacked
from loaders.log import change_of
from loaders.runs import unfinished
from loaders.work import apply_to

PARTS = 100
"""How many parts of the log one transaction takes back."""


def recover(database: Database, model: Model) -> None:
    """Take back all that unfinished runs have written; must be called with the lock on loads, when none writes.

    May itself be broken off anywhere: each transaction takes back the newest changes that are left, with their log.
    """
    for number in unfinished(database):
        while take_back_part(database, model, number):
            pass


def take_back_part(database: Database, model: Model, number: int) -> bool:
    """Take back the newest parts of a run. Returns whether there may be more."""
    with database.transaction() as transaction:
        rows = transaction.run(
            f"MATCH (c:{CHANGES} {{run: $run}}) WITH c ORDER BY c.part DESC LIMIT $parts "
            "WITH c, c.lines AS lines, c.part AS part ORDER BY part DESC DELETE c RETURN lines",
            {"run": number, "parts": PARTS},
        )
        told = (change for row in rows for change in reversed(unpacked(row["lines"])))
        apply_to(transaction, model, (change_of(change).inverse for change in told))
        if len(rows) < PARTS:
            transaction.run(f"MATCH (r:{RUN} {{number: $run}}) DETACH DELETE r", {"run": number})
        return len(rows) == PARTS
