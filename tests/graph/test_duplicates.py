"""Organisations that stand in a graph twice are found, and those that are known to be two are not."""

from pathlib import Path

import pytest

from graph.database import Database
from graph.decisions import DECIDED, DECIDED_COLUMNS, BadDecision, own_id
from graph.duplicates import duplicates, why
from graph.matching import Profile, Verdict, compare
from graph.model import MODEL
from graph.quality import examine
from tests.support.graphs import Graph, Link, Node, write_graph

LISTED = "their_list.csv: 7"
ORGANISATIONS = {
    "fund-loods": ("OOFund", {"name": "Opleidingsfonds Loodswezen"}),
    "partner-loods": ("Partner", {"name": "Stichting Opleidingsfonds Loodswezen"}),
    "partner-quay": ("Partner", {"name": "Kadewerk", "website": "https://www.kadewerk.nl/over", "city": "Hoorn"}),
    "partner-quay-2": ("Partner", {"name": "Kade-werk B.V.", "website": "https://kadewerk.nl", "city": "Hoorn"}),
    "partner-old": ("Partner", {"name": "Ministerie van Griend", "website": "https://griend.nl"}),
    "partner-new": ("Partner", {"name": "Ministerie van Griend", "website": "https://griend.nl"}),
    "partner-mast": ("Partner", {"name": "Masttop Noord"}),
    "partner-mast-2": ("Partner", {"name": "Masttop Noord"}),
    "inst-zeil": ("EducationInstitution", {"name": "Zeilschool Grevelingen", "city": "Ouddorp"}),
    own_id("Zeilschool Grevelingen", LISTED): ("EducationInstitution", {"name": "Zeilschool Grevelingen"}),
    "inst-anker": ("EducationInstitution", {"name": "Ankerplaats", "brin": "00AA"}),
    "inst-anker-2": ("EducationInstitution", {"name": "Ankerplaats", "brin": "00AB"}),
    "partner-alone": ("Partner", {"name": "Vuurtorenwacht"}),
}


@pytest.fixture
def twins(database: Database) -> Database:
    """A graph of organisations that are, or look like, one another's doubles."""
    nodes = {key: Node(kind, {**values, "id": key}) for key, (kind, values) in ORGANISATIONS.items()}
    successor = Link("SUCCEEDS", nodes["partner-new"], nodes["partner-old"], {})
    write_graph(database, Graph(MODEL, nodes, (successor,)))
    return database


def decided(folder: Path, *rows: tuple[str, str, str, str]) -> Path:
    lines = [",".join(row) for row in (DECIDED_COLUMNS, *rows)]
    (folder / DECIDED).write_text("\n".join(lines), encoding="utf-8")
    return folder


def found(database: Database, folder: Path) -> dict[tuple[str, ...], str]:
    """The ids of each pair with what it rests on; of all organisations the finding counts each pair."""
    (finding,) = examine(database, [duplicates(MODEL, folder)]).findings
    examples = [example for group in finding.groups for example in group.examples]
    assert (finding.count, finding.total) == (len(examples), len(ORGANISATIONS))
    return {tuple(subject.id for subject in example.subjects): example.detail for example in examples}


def test_doubles_are_found_but_not_what_is_linked_as_two(twins: Database, tmp_path: Path) -> None:
    assert found(twins, tmp_path) == {
        ("partner-quay", "partner-quay-2"): "100 of 100: name 100, same domain, same city",
        ("fund-loods", "partner-loods"): "85 of 100: name 100",
        ("inst-zeil", own_id("Zeilschool Grevelingen", LISTED)): "85 of 100: name 100",
        ("partner-mast", "partner-mast-2"): "85 of 100: name 100",
    }


def test_what_people_told_apart_is_left_out(twins: Database, tmp_path: Path) -> None:
    folder = decided(
        tmp_path,
        ("partner-mast", "Masttop Noord", "partner-mast-2", "no"),
        (LISTED, "Zeilschool Grevelingen", "inst-zeil", "no"),
        ("ror: 1", "Loods", "fund-loods", "no"),
        ("ror: 1", "Loods", "partner-loods", "yes"),
    )
    assert [*found(twins, folder)] == [("partner-quay", "partner-quay-2")]


def test_decisions_that_make_no_sense_are_refused(twins: Database, tmp_path: Path) -> None:
    with pytest.raises(BadDecision, match="row 2: same is 'perhaps'"):
        examine(twins, [duplicates(MODEL, decided(tmp_path, ("a", "A", "b", "perhaps")))])


def test_an_identifier_in_which_they_agree_is_named() -> None:
    one, other = (Profile(key, ("Baken",), identifiers={"rorId": "https://ror.org/1"}) for key in "ab")
    match = compare(one, other)
    assert match.verdict is Verdict.CERTAIN
    assert why(match) == "100 of 100: name 100, same rorId"
