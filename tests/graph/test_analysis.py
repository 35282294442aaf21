"""Metrics are what networkx, by its own ways, finds in the same network."""

import random
from collections import Counter
from itertools import chain
from math import comb, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.progress import Progress, TaskID

from bench.databases import write
from bench.generate import Recipe
from graph.analysis import measures
from graph.analysis import write as write_findings
from graph.analysis.affiliations import Affiliations
from graph.analysis.analyse import analyse, is_current
from graph.analysis.labels import characteristic
from graph.analysis.measures import Measured, measure
from graph.analysis.network import Network
from graph.analysis.pairs import strongest
from graph.collaboration import in_units, participations
from graph.database import Database
from graph.fingerprint import fingerprint
from graph.model import METRICS, MODEL
from loaders.runs import touch
from tests.support.networks import by_networkx, made, pairs_by_networkx, sorted_components

QUIET = Progress(disable=True)


@st.composite
def networks(draw: st.DrawFn) -> Affiliations:
    """Small networks with empty, single and shared contexts, direct links, and isolated organisations."""
    size = draw(st.integers(0, 12))
    anyone = st.integers(0, max(size - 1, 0))
    contexts = draw(st.lists(st.sets(anyone, max_size=6 if size else 0), max_size=10))
    pairs = draw(st.sets(st.tuples(anyone, anyone).filter(lambda pair: pair[0] != pair[1]), max_size=size // 2))
    return made(size, draw(st.integers(0, len(contexts))), [tuple(sorted(one)) for one in contexts], sorted(pairs))


@given(network=networks())
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
def test_metrics_are_those_of_networkx(network: Affiliations) -> None:
    found = measure(network, 1, QUIET).columns
    found["clustering"] = [nan if value is None else value for value in found["clustering"]]
    for name, column in by_networkx(network).items():
        assert found[name] == pytest.approx(column, rel=1e-5, abs=1e-8, nan_ok=True), name
    assert found["betweennessError"] == [0.0] * len(network.measured)
    assert found["component"] == sorted_components(network)


def test_groups_are_the_circles_in_a_network_made_of_circles() -> None:
    """On a ring of circles that meet three times each, which has one best partition."""
    circles = [tuple(range(start, start + 5)) for start in range(0, 40, 5)]
    contexts = [circle for circle in circles for _ in range(3)]
    ring = [(last, (last + 1) % 40) for last in range(4, 40, 5)]
    found = measure(made(40, 24, contexts, ring), 1, QUIET)
    assert [[node for node in group if node < 40] for group in found.groups] == [list(one) for one in circles]


def random_network(seed: int) -> Affiliations:
    """Three hundred organisations, some of which take part in much, in contexts small and large."""
    chance = random.Random(seed)
    contexts = [
        tuple(sorted({int(300 * chance.random() ** 2) for _ in range(chance.choice((2, 3, 5, 8, 40)))}))
        for _ in range(150)
    ]
    return made(300, 100, contexts, [(number, number + 1) for number in range(0, 300, 10)])


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    """A made graph of a thousand nodes."""
    write(module_database, Recipe(1000))
    return module_database


def test_sampled_betweenness_is_as_far_off_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    affiliations = random_network(1)
    exact = measure(affiliations, 1, QUIET)
    monkeypatch.setattr(measures, "EXACT_ORGANISATIONS", 100)
    monkeypatch.setattr(measures, "SOURCES", 128)
    sampled = measure(affiliations, 1, QUIET)
    assert (exact.sources, sampled.sources) == (300, 128)
    true, guessed, errors = (
        exact.columns["betweenness"],
        sampled.columns["betweenness"],
        sampled.columns["betweennessError"],
    )
    brokers = sorted(range(len(true)), key=lambda node: -true[node])[:100]
    within = sum(abs(true[node] - guessed[node]) <= 2 * errors[node] for node in brokers)
    assert within >= 85
    assert sum(errors[node] / true[node] for node in brokers) / 100 < 0.2


def test_sampled_clustering_is_near_the_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    affiliations = random_network(1)
    network, measured = Network(affiliations), len(affiliations.measured)
    monkeypatch.setattr(measures, "PAIRS_IN_ALL", 0)
    _, sampled = measures.neighbourhoods(network, measured, 1, QUIET)
    monkeypatch.setattr(measures, "PAIRS", 10**9)
    _, exact = measures.neighbourhoods(network, measured, 1, QUIET)
    both = [(one, other) for one, other in zip(sampled, exact, strict=True) if one is not None and other is not None]
    assert sum((one - other) ** 2 for one, other in both) / len(both) < 0.025**2


@given(network=networks(), kept=st.integers(1, 12), made=st.integers(0, 60))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_kept_pairs_are_the_strongest_of_networkx(network: Affiliations, kept: int, made: int) -> None:
    """Whatever is kept is the beginning of all pairs in their order, be large contexts looked at or not."""
    ranked = sorted((-in_units(weight), *sorted((x, y))) for x, y, weight in pairs_by_networkx(network))
    found = strongest(network, QUIET, kept, made)
    assert len(found) <= kept
    for pair, (units, one, other) in zip(found, ranked, strict=False):
        assert (pair.one, pair.other) == (one, other)
        assert abs(pair.units + units) <= 1
    if made >= sum(comb(len(one), 2) for one in (*network.members, *network.direct)):
        assert len(found) == min(kept, len(ranked))


def test_large_contexts_add_to_pairs_that_small_ones_make() -> None:
    hub = tuple(range(100))
    found = strongest(made(100, 2, [hub, hub, (3, 7), (3, 8, 9)], [(7, 3)]), QUIET, 50, 10)
    assert [(pair.one, pair.other) for pair in found] == [(3, 7), (3, 8), (3, 9), (8, 9)]
    assert found[0].units == in_units(2 + 2 / 99)


def test_the_same_seed_gives_the_same_metrics() -> None:
    affiliations = random_network(2)
    first, again = (measure(affiliations, 7, QUIET) for _ in range(2))
    assert isinstance(first, Measured)
    assert first == again


def test_metrics_are_kept_beside_the_facts(filled: Database) -> None:
    before = fingerprint(filled)
    assert not is_current(filled)
    analysis = analyse(filled, MODEL, QUIET)
    assert is_current(filled)
    assert fingerprint(filled) == before
    (kept,) = filled.read("MATCH (r:Revision) RETURN properties(r) AS values")
    assert {name: kept["values"][name] for name in vars(analysis)} == vars(analysis)
    required = {item.name for item in METRICS if item.required}
    for label in ("Organisation", "LearningCommunity"):
        (row,) = filled.read(
            f"MATCH (n:{label}) RETURN count(n) AS n, min(size([k IN $names WHERE n[k] IS NOT NULL])) AS least",
            {"names": sorted(required)},
        )
        assert row["n"] > 100
        assert row["least"] == len(required)
    members = "COUNT { MATCH (n:Entity {group: g.id}) WHERE n.groupLabel = g.label }"
    groups = filled.read(f"MATCH (g:Group) RETURN g.size AS size, {members} AS members")
    assert all(row["size"] == row["members"] for row in groups)
    assert len(groups) == analysis.groups > 5
    assert touch(filled)
    assert not is_current(filled)


class Stopping(Progress):
    """Stops whoever reports to it, after so many steps of the last task."""

    def __init__(self, steps: int) -> None:
        super().__init__(disable=True)
        self.steps = steps

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        if self.tasks[task_id].description.startswith("Writing"):
            self.steps -= 1
            if not self.steps:
                raise KeyboardInterrupt


def test_a_large_analysis_is_written_in_several_transactions(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept() -> list[dict[str, Any]]:
        nodes = (
            "MATCH (n:Entity) WHERE n.degree IS NOT NULL "
            "RETURN [n.id, n.degree, n.group, n.component, round(n.strength, 9)] AS kept ORDER BY n.id"
        )
        pairs = "MATCH (c:Collaboration) RETURN c.key AS kept ORDER BY kept"
        return filled.read(nodes) + filled.read(pairs)

    analyse(filled, MODEL, QUIET)
    expected = kept()
    assert len(expected) > 1000
    filled.write("MATCH (n:Entity) WHERE n.degree > 0 SET n.degree = 0, n.group = 'none'")
    filled.write("MATCH (c:Collaboration) WITH c ORDER BY c.key LIMIT 50 DETACH DELETE c")
    monkeypatch.setattr(write_findings, "MEASURED_BATCH", 50)
    monkeypatch.setattr(write_findings, "TOGETHER", 3)
    with pytest.raises(KeyboardInterrupt):
        analyse(filled, MODEL, Stopping(8))
    assert not is_current(filled)
    assert kept() != expected
    analyse(filled, MODEL, QUIET)
    assert is_current(filled)
    assert kept() == expected


def test_who_is_in_a_context_takes_part_by_any_link() -> None:
    assert set(participations(MODEL)) == {"PARTICIPATES_IN", "COORDINATES", "SIGNED", "FUNDS", "PARTNER_OF"}


def test_a_group_is_named_by_what_sets_it_apart() -> None:
    everyone = [("Water",)] * 10 + [("Energie",)] * 80 + [("Water", "Energie")] * 10
    overall = Counter(chain.from_iterable(everyone))
    assert characteristic(everyone[:15], overall, 100) == "Water"
    assert characteristic(everyone[20:40], overall, 100) == "Energie"
    assert characteristic([(), (), ("Chemie",), (), ()], Counter({"Chemie": 1}) + overall, 101) is None
