"""A run taken back: the graph is as it was before that run, and the undo is itself a run."""

from collections import Counter
from collections.abc import Collection, Iterator

from graph.database import Database
from graph.model import SOURCES
from graph.modelling import Model
from graph.provenance import RUN
from loaders.as_left import AsLeft
from loaders.diff import OUTCOMES
from loaders.facts import Action, Change, Key
from loaders.log import changes
from loaders.present import Graph, revision
from loaders.recover import recover
from loaders.report import Count, Report
from loaders.runs import RAISE_REVISION, Outcome, Result, Run, RunError, begin, finish, locked, next_numbers, run, runs
from loaders.staging import Staging
from loaders.work import Work

CALLED = {**OUTCOMES, Action.REMOVED: "withdrawn"}
"""What an undo does to a fact, as reports call it."""
MADE = (Action.ADDED, Action.RESTORED)
MOST_TOLD = 5
"""Of how many facts that were changed in Cypher a refusal tells."""


def undo(database: Database, model: Model, number: int, by: str) -> Report:
    """Take a run back.

    Raises RunError where there is none to take back, where a later run built on it, or where its facts were changed in
    Cypher since.
    """
    with locked(database), Staging() as staging:
        recover(database, model)
        undone = run(database, number)
        ensure_undoable(undone)
        staging.touch(
            (change.key, change.action in MADE)
            for change in changes(database, number)
            if change.action is not Action.MOVED
        )
        ensure_last_word(database, undone, staging)
        moved_on = ensure_as_left(database, model, undone, staging)
        before = revision(database)
        made, first = next_numbers(database)
        tally: Counter[tuple[str, str]] = Counter()
        with Work(database, model, made, first) as work:
            begin(work.run, made, by, undoes=number)
            work.apply_in_order(counted(changes(database, number, newest_first=True), moved_on, tally))
            after = work.run(RAISE_REVISION)[0]["number"] if work.wrote else before
            note_undone(work, undone, made)
            counts = {name: Count(**{word: tally[name, word] for word in set(CALLED.values())}) for name, _ in tally}
            finish(work.run, made, Result(Outcome.DONE, counts, (), after))
        return Report(counts, after, made)


def counted(done: Iterator[Change], moved_on: Collection[Key], tally: Counter[tuple[str, str]]) -> Iterator[Change]:
    """The changes that take back what was done, but for facts that only moved then and have moved on."""
    for change in done:
        if change.key in moved_on:
            continue
        back = change.inverse
        if back.action in CALLED:
            tally[back.type, CALLED[back.action]] += 1
        yield back


def ensure_undoable(undone: Run) -> None:
    """Raise RunError where a run has nothing to take back."""
    if undone.outcome is Outcome.REFUSED:
        raise RunError(f"Run {undone.number} was refused: it wrote nothing.", "There is nothing to undo.")
    if undone.undone_by is not None:
        raise RunError(
            f"Run {undone.number} is undone already, by run {undone.undone_by}.",
            f"To have it back: partnergraph undo {undone.undone_by}",
        )


def ensure_last_word(database: Database, undone: Run, staging: Staging) -> None:
    """Raise RunError, naming the run, where one that came later touched what this one did, or rests on it.

    `staging` knows what it did. A run that was undone and its undo don't count: together they left things as they were.
    """
    every = [other for other in runs(database) if other.number > undone.number and other.outcome is Outcome.DONE]
    cancelled = {number for other in every if other.undone_by for number in (other.number, other.undone_by)}
    later = [other for other in reversed(every) if other.number not in cancelled]
    for other in later:
        for change in changes(database, other.number):
            if staging.touched(change.key) or any(map(staging.made, rests_on(change))):
                raise RunError(
                    f"Run {other.number} built on run {undone.number}: it {change.action} {named(change)}.",
                    f"Undo that one first: partnergraph undo {other.number}",
                )


def ensure_as_left(database: Database, model: Model, undone: Run, staging: Staging) -> set[Key]:
    """Raise RunError where a fact is not as the run left it, since no later run can have changed it.

    Returns the facts of which the run only noted another row and of which others are noted by now: they stay.
    """
    moved_on: set[Key] = set()
    told: list[str] = []
    count = 0
    done = changes(database, undone.number)
    for change, difference in AsLeft(Graph(database, model), model, staging).differences(done):
        if change.action is Action.MOVED:
            moved_on.add(change.key)
            continue
        count += 1
        if count <= MOST_TOLD:
            told.append(f"{named(change)}: {difference}")
    if count > MOST_TOLD:
        told.append(f"… and {count - MOST_TOLD:,} more")
    if told:
        facts = "1 fact" if count == 1 else f"{count:,} facts"
        raise RunError(
            "\n".join([f"Cypher changed {facts} of run {undone.number} since, which undoing it would lose:", *told]),
            "Nothing was undone. Put them back as the run left them and undo it then, "
            "or state in a file what should be otherwise and load that instead.",
        )
    return moved_on


def rests_on(change: Change) -> Iterator[Key]:
    """The nodes without which a change makes no sense: the ends of a link, and the Sources of a fact."""
    if change.key.link:
        yield Key("", change.key.id)
        yield Key("", change.key.to_id)
    for source in change.after.get(SOURCES.name) or ():
        yield Key("", source)


def named(change: Change) -> str:
    """What a change is of, as a message says it."""
    key = change.key
    return f"{key.id} {key.link} {key.to_id}" if key.link else f"the {change.type} {key.id}"


def note_undone(work: Work, undone: Run, by: int) -> None:
    """Note that a run is undone; if it was an undo itself, what that one took back stands again, and so on."""
    number: int | None = undone.number
    undone_by: int | None = by
    while number is not None:
        (row,) = work.run(
            f"MATCH (r:{RUN} {{number: $number}}) SET r.undoneBy = $by RETURN r.undoes AS undoes",
            {"number": number, "by": undone_by},
        )
        undone_by = number if undone_by is None else None
        number = row["undoes"]
