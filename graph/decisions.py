"""What people decided of who is who, and what is still open: two CSV files that they may edit.

`same_as.csv` has the decisions, which count for ever; `review.csv` has the open questions, a row for each organisation
that a record may be. A filled cell `same` in `review.csv` is a decision too: the next load moves it over.
"""

import csv
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import OperatorError
from graph.matching import Match, Profile
from graph.names import plain

MATCHING = Path(__file__).parent.parent / "data" / "matching"
"""Where the project's own decisions stand."""
DECIDED, OPEN = "same_as.csv", "review.csv"
RECORD, NAME, KNOWN, SAME = "record", "name", "organisation", "same"
DECIDED_COLUMNS = (RECORD, NAME, KNOWN, SAME)
OPEN_COLUMNS = (RECORD, NAME, "city", "website", KNOWN, "its_name", "its_city", "its_website", "score", SAME)
YES = frozenset({"yes", "ja", "y", "j"})
NO = frozenset({"no", "nee", "n"})
LONGEST_ID = 60
HASH_LENGTH = 6
Cells = dict[str, str]


@dataclass(frozen=True)
class Question:
    """A record that may be one of some known organisations.

    `record` is what the record is called for ever: the list or register it is in, and what tells it from others there.
    """

    record: str
    incoming: Profile
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class Decisions:
    """Which organisation a record is, by record, and which ones it is not."""

    same: Mapping[str, str] = field(default_factory=dict[str, str])
    different: frozenset[tuple[str, str]] = frozenset()


class BadDecision(OperatorError):
    """A row of one of the two files makes no sense."""


def own_id(called: str, record: str) -> str:
    """The id of a record that is no known organisation: readable, the same in each load, and no other's."""
    digest = hashlib.sha1(record.encode(), usedforsecurity=False).hexdigest()[:HASH_LENGTH]
    words = re.findall(r"[a-z0-9]+", plain(called))
    return f"{'-'.join(words)[:LONGEST_ID].rstrip('-') or 'organisation'}-{digest}"


def read_decisions(folder: Path) -> Decisions:
    """What was decided, in either file. Raises BadDecision."""
    rows = answered_rows(folder)
    same = {row[RECORD]: row[KNOWN] for row in rows if row[SAME] in YES}
    different = frozenset((row[RECORD], row[KNOWN]) for row in rows if row[SAME] in NO)
    return Decisions(same, different)


def told_apart(folder: Path) -> set[frozenset[str]]:
    """The ids of organisations that are two by what was decided, in pairs. Raises BadDecision.

    A record is the organisation that it is the same as, or the new one that it became; or it names one by its id.
    """
    rows = answered_rows(folder)
    same = {row[RECORD]: row[KNOWN] for row in rows if row[SAME] in YES}
    return {
        frozenset((one, row[KNOWN]))
        for row in rows
        if row[SAME] in NO
        for one in (row[RECORD], same.get(row[RECORD]) or own_id(row[NAME], row[RECORD]))
    }


def answered_rows(folder: Path) -> list[Cells]:
    """The rows of either file that have an answer. Raises BadDecision."""
    return [*decided_rows(folder), *(row for row in open_rows(folder) if row[SAME])]


def ask(folder: Path, questions: Iterable[Question], seen: Collection[str]) -> None:
    """Put the questions of a load in the place of what was open of the records that it has `seen`.

    Decisions made in `review.csv` go to `same_as.csv`. Raises BadDecision.
    """
    rows = open_rows(folder)
    answered = [row for row in rows if row[SAME]]
    settled = {row[RECORD] for row in answered}
    still = [row for row in rows if row[RECORD] not in settled and row[RECORD] not in seen]
    asked = [question_row(question, match) for question in questions for match in question.matches]
    if answered:
        keep(folder, answered)
    if rows or asked:
        write(folder / OPEN, OPEN_COLUMNS, sorted([*still, *asked], key=lambda row: row[RECORD]))


def decide(folder: Path, record: str, known_id: str | None) -> None:
    """Note which organisation an open record is, or with None that it is none of those asked."""
    rows = open_rows(folder)
    mine = [row for row in rows if row[RECORD] == record]
    answers = [{**row, SAME: "yes" if row[KNOWN] == known_id else "no"} for row in mine]
    keep(folder, answers)
    write(folder / OPEN, OPEN_COLUMNS, [row for row in rows if row[RECORD] != record])


def keep(folder: Path, answers: Iterable[Cells]) -> None:
    """Add decisions to those that were made before; the later of two on the same pair counts."""
    rows = {(row[RECORD], row[KNOWN]): row for row in (*decided_rows(folder), *answers)}
    write(folder / DECIDED, DECIDED_COLUMNS, [rows[key] for key in sorted(rows)])


def question_row(question: Question, match: Match) -> Cells:
    """A row of `review.csv`."""
    incoming, known = question.incoming, match.known
    ours = (incoming.names[0], incoming.city, incoming.website)
    theirs = (known.id, known.names[0], known.city, known.website, f"{match.score:.0f}", "")
    return dict(zip(OPEN_COLUMNS, (question.record, *ours, *theirs), strict=True))


def decided_rows(folder: Path) -> list[Cells]:
    """The rows of `same_as.csv`, each with an answer. Raises BadDecision."""
    return rows_of(folder / DECIDED, DECIDED_COLUMNS, may_be_open=False)


def open_rows(folder: Path) -> list[Cells]:
    """The rows of `review.csv`. Raises BadDecision."""
    return rows_of(folder / OPEN, OPEN_COLUMNS, may_be_open=True)


def rows_of(path: Path, columns: Collection[str], *, may_be_open: bool) -> list[Cells]:
    """The rows of one of the files, none where it is not there. Raises BadDecision."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := set(columns) - set(reader.fieldnames or ()):
            raise BadDecision(
                f"{path} has no column {', '.join(sorted(missing))}.", f"Its columns are {','.join(columns)}."
            )
        rows = [{column: (row[column] or "").strip() for column in columns} for row in reader]
    for number, row in enumerate(rows, 2):
        row[SAME] = row[SAME].lower()
        if not row[RECORD] or not row[KNOWN]:
            raise BadDecision(
                f"{path}, row {number}: a record or an organisation is missing.", "Fill both, or neither."
            )
        if row[SAME] not in YES | NO and not (may_be_open and not row[SAME]):
            raise BadDecision(f"{path}, row {number}: same is '{row[SAME]}'.", "Write yes or no.")
    return rows


def write(path: Path, columns: Collection[str], rows: Iterable[Cells]) -> None:
    """Write a file anew, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(path)
