"""What is wrong or thin in a graph is found, and nothing else."""

import hashlib
from collections import defaultdict
from io import StringIO
from typing import Any

from rich.console import Console

from graph.checks import checks
from graph.database import Database
from graph.model import MODEL
from graph.modelling import Kind, snake_case
from graph.quality import Finding, Report, examine, show
from tests.support.graphs import Graph, Link, Node, write_graph

CHECKS = checks(MODEL)
SOURCES = {"sources": ["source-x"]}
FILLED: dict[str, Any] = {
    **SOURCES,
    "confidence": "HIGH",
    "startYear": 2024,
    "url": "https://example.org",
    "title": "X",
    "retrievedOn": "2026-01-01",
}
OWN = ("name", "brin")
"""What no two nodes share, since those would be taken for one."""


class Facts:
    """A graph in the making: nodes have all that they should, but for what is said."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.links: list[Link] = []

    def node(self, type_name: str, identity: str, values: dict[str, Any] | None = None) -> None:
        known = MODEL.properties_of(type_name)
        filled = {item.name: next(iter(item.enum.values)) for item in known if item.enum}
        filled |= {item.name: FILLED[item.name] for item in known if item.name in FILLED}
        digest = hashlib.sha1(identity.encode(), usedforsecurity=False).hexdigest()
        filled |= {item.name: digest for item in known if item.name in OWN}
        self.nodes[identity] = Node(type_name, {**filled, **(values or {}), "id": identity})

    def link(self, source: str, name: str, target: str, values: dict[str, Any] | None = None) -> None:
        filled = {**SOURCES, "confidence": "HIGH", **(values or {})}
        self.links.append(Link(name, self.nodes[source], self.nodes[target], filled))

    def write(self, database: Database) -> None:
        write_graph(database, Graph(MODEL, self.nodes, tuple(self.links)))


def sound() -> Facts:
    """A small graph in which all is well."""
    facts = Facts()
    for node in MODEL.nodes:
        facts.node(node.name, "source-x" if node.name == "Source" else node.plural)
    for name in ("education_institutions", "oo_funds", "partners"):
        facts.link(name, "PARTICIPATES_IN", "learning_communities")
    facts.link("learning_communities", "SERVES_SECTOR", "topsectors")
    facts.link("partners", "SIGNED", "pacts")
    facts.link("projects", "STUDIES", "topsectors")
    facts.link("topsectors", "ADDRESSES", "missions")
    facts.link("partners", "LOCATED_IN", "regions")
    return facts


def planted() -> tuple[Facts, dict[str, list[tuple[str, ...]]]]:
    """A graph with each mistake in it, and by the code of its finding the ids that it is about."""
    facts, wanted = sound(), defaultdict[str, list[tuple[str, ...]]](list)
    for declared in MODEL.types.values():
        for item in declared.properties:
            if item.kind is not Kind.ID and (item.required or item.expected):
                identity = f"{declared.plural}-without-{item.name}"
                facts.node(MODEL.concrete(declared.name)[0].name, identity, {item.name: None})
                wanted[f"{snake_case(declared.name)}_without_{item.column}".upper()].append((identity,))
                if declared.name != "Source":
                    facts.link("topsectors", "PARTNER_OF", identity)
    facts.node("Pact", "reversed", {"startYear": 2025, "endYear": 2024})
    facts.node("LearningCommunity", "old", {"startYear": 1999})
    facts.node("Region", "doubtful", {"confidence": "LOW"})
    facts.node("Mission", "odd", {"theme": "NONSENSE"})
    facts.node("Project", "unsourced", {"sources": ["source-x", "source-none"]})
    facts.node("Partner", "doubled")
    facts.node("Topsector", "lonely")
    for identity in ("twin", "twin-again"):
        facts.node("Partner", identity, {"name": "Stichting Tweelingen"})
        facts.link("topsectors", "PARTNER_OF", identity)
    facts.link("partners", "FUNDS", "reversed", {"since": 2025, "until": 2024})
    facts.link("partners", "SIGNED", "reversed", {"sources": None})
    facts.link("partners", "PARTNER_OF", "odd", {"confidence": None})
    facts.link("partners", "PARTICIPATES_IN", "old", {"confidence": "LOW", "since": 2001})
    facts.link("old", "SERVES_SECTOR", "topsectors")
    facts.link("partners", "FUNDS", "unsourced")
    facts.link("doubled", "LOCATED_IN", "doubtful")
    facts.link("doubled", "LOCATED_IN", "regions")
    facts.link("regions", "SIGNED", "pacts")
    wanted["MISSION_WITHOUT_THEME"].append(("odd",))
    # The nodes that lack a value have no such links either.
    for short in ("participants", "topsectors"):
        wanted[f"LEARNING_COMMUNITY_WITHOUT_{short.upper()}"] = [("learning_communities-without-form",)]
    wanted["PACT_WITHOUT_SIGNATORIES"] = [("pacts-without-kind",)]
    return facts, wanted | {
        "YEARS_REVERSED": [("reversed",)],
        "LOOKS_ENDED": [("old",)],
        "ENTITY_CONFIDENCE_LOW": [("doubtful",)],
        "ENTITY_WITH_UNKNOWN_SOURCE": [("unsourced",)],
        "ENTITY_WITH_SECOND_REGION": [("doubled",)],
        "ENTITY_WITHOUT_LINKS": [("lonely",)],
        "LINK_YEARS_REVERSED": [("partners", "reversed")],
        "LINK_WITHOUT_SOURCES": [("partners", "reversed")],
        "LINK_WITHOUT_CONFIDENCE": [("partners", "odd")],
        "LINK_CONFIDENCE_LOW": [("partners", "old")],
        "LINK_BETWEEN_WRONG_TYPES": [("regions", "pacts")],
        "ORGANISATION_DUPLICATED": [("twin", "twin-again")],
    }


def ids(finding: Finding) -> list[tuple[str, ...]]:
    examples = [example for group in finding.groups for example in group.examples]
    return [tuple(subject.id for subject in example.subjects) for example in examples]


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def test_each_check_finds_what_it_is_for_and_nothing_else(database: Database) -> None:
    assert codes(examine(database, CHECKS)) == {"GRAPH_EMPTY", "TYPE_EMPTY"}
    sound().write(database)
    assert examine(database, CHECKS) == Report(0, 0, ())

    database.write("MATCH (n) DETACH DELETE n")
    facts, wanted = planted()
    facts.write(database)
    report = examine(database, CHECKS)
    assert {finding.code: ids(finding) for finding in report.findings} == wanted
    assert codes(report) | {"GRAPH_EMPTY", "TYPE_EMPTY"} == {check.code for check in CHECKS}
    assert report.errors + report.warnings == len(report.findings)
    assert [finding.severity for finding in report.findings[: report.errors]] == ["error"] * report.errors
    regions = next(finding for finding in report.findings if finding.code == "ENTITY_CONFIDENCE_LOW")
    assert (regions.count, regions.total) == (1, len(facts.nodes) - 3)

    console = Console(width=400, record=True, file=StringIO())
    show(report, console)
    told = console.export_text()
    assert all(said in told for finding in report.findings for said in (finding.code, finding.sentence))
    assert "partners – reversed (2025-2024)" in told
