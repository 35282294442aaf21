"""A run taken back: the graph is as it was before that run, and the undo is itself a run."""

from collections import Counter
from collections.abc import Iterator

from graph.database import Database
from graph.model import SOURCES
from graph.modelling import Model
from graph.provenance import RUN
from loaders.diff import OUTCOMES
from loaders.facts import Action, Change, Key
from loaders.log import changes
from loaders.present import revision
from loaders.recover import recover
from loaders.report import Count, Report
from loaders.runs import RAISE_REVISION, Outcome, Result, Run, RunError, begin, finish, locked, next_numbers, run, runs
from loaders.staging import Staging
from loaders.work import Work

CALLED = {**OUTCOMES, Action.REMOVED: "withdrawn"}
"""What an undo does to a fact, as reports call it."""
MADE = (Action.ADDED, Action.RESTORED)


def undo(database: Database, model: Model, number: int, by: str) -> Report:
    """Take a run back. Raises RunError where there is none to take back, or where a later run built on it."""
    with locked(database), Staging() as staging:
        recover(database, model)
        undone = run(database, number)
        ensure_undoable(undone)
        ensure_last_word(database, undone, staging)
        before = revision(database)
        made, first = next_numbers(database)
        tally: Counter[tuple[str, str]] = Counter()
        with Work(database, model, made, first) as work:
            begin(work.run, made, by, undoes=number)
            work.apply_in_order(counted(changes(database, number, newest_first=True), tally))
            after = work.run(RAISE_REVISION)[0]["number"] if work.wrote else before
            note_undone(work, undone, made)
            counts = {name: Count(**{word: tally[name, word] for word in set(CALLED.values())}) for name, _ in tally}
            finish(work.run, made, Result(Outcome.DONE, counts, (), after))
        return Report(counts, after, made)


def counted(done: Iterator[Change], tally: Counter[tuple[str, str]]) -> Iterator[Change]:
    """The changes that take back what was done."""
    for change in done:
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

    A run that was undone and its undo do not count: together they left things as they were.
    """
    every = [other for other in runs(database) if other.number > undone.number and other.outcome is Outcome.DONE]
    cancelled = {number for other in every if other.undone_by for number in (other.number, other.undone_by)}
    later = [other for other in reversed(every) if other.number not in cancelled]
    if not later:
        return
    done = changes(database, undone.number)
    staging.touch((change.key, change.action in MADE) for change in done if change.action is not Action.MOVED)
    for other in later:
        for change in changes(database, other.number):
            if staging.touched(change.key) or any(map(staging.made, rests_on(change))):
                raise RunError(
                    f"Run {other.number} built on run {undone.number}: it {change.action} {named(change)}.",
                    f"Undo that one first: partnergraph undo {other.number}",
                )


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
