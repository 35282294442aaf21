from collections import Counter

import pytest

from bench.databases import write
from bench.generate import Link, Node, Recipe, links, nodes
from graph.database import Database
from graph.model import MODEL
from graph.modelling import Kind

RECIPE = Recipe(2000)


@pytest.fixture(scope="module")
def made_nodes() -> list[Node]:
    return list(nodes(RECIPE))


@pytest.fixture(scope="module")
def made_links() -> list[Link]:
    return list(links(RECIPE))


def test_the_same_seed_makes_the_same_graph(made_nodes: list[Node], made_links: list[Link]) -> None:
    assert list(nodes(Recipe(2000))) == made_nodes
    assert list(links(Recipe(2000))) == made_links
    assert list(nodes(Recipe(2000, seed=2))) != made_nodes
    assert list(links(Recipe(2000, seed=2))) != made_links


def test_there_are_as_many_as_the_recipe_says(made_nodes: list[Node], made_links: list[Link]) -> None:
    assert len(made_nodes) == 2000
    assert len(made_links) == 10_000
    assert Counter(node.type for node in made_nodes) == RECIPE.counts


def test_a_graph_of_twenty_thousand_has_hubs_of_ten_thousand_links() -> None:
    into = Counter(link.to_id for link in links(Recipe(20_000)) if link.type == "PARTICIPATES_IN")
    assert [count for _, count in into.most_common(2)] == [10_000, 10_000]


def test_no_two_nodes_or_links_are_the_same(made_nodes: list[Node], made_links: list[Link]) -> None:
    assert len({node.values["id"] for node in made_nodes}) == len(made_nodes)
    assert len({(link.type, link.from_id, link.to_id) for link in made_links}) == len(made_links)


def test_everything_is_as_the_model_says(made_nodes: list[Node], made_links: list[Link]) -> None:
    kinds = {node.values["id"]: node.type for node in made_nodes}
    for node in made_nodes:
        declared = {item.name: item for item in MODEL.properties_of(node.type)}
        assert node.values.keys() <= declared.keys()
        assert {name for name, item in declared.items() if item.required} <= node.values.keys()
        for name, value in node.values.items():
            enum = declared[name].enum
            assert enum is None or value in enum.values
    for link in made_links:
        declared_link = MODEL.link_types[link.type]
        assert (kinds[link.from_id], kinds[link.to_id]) == (link.from_type, link.to_type)
        assert (link.from_type, link.to_type) in MODEL.pairs(declared_link)
        items = {item.name: item for item in MODEL.properties_of_link(declared_link)}
        assert link.values.keys() <= items.keys()
        assert {name for name, item in items.items() if item.required} <= link.values.keys()
        for name, item in items.items():
            if item.kind is Kind.SOURCES:
                assert all(kinds[source] == "Source" for source in link.values[name])


def test_years_have_ties_and_gaps(made_links: list[Link]) -> None:
    years = Counter(link.values.get("since") for link in made_links)
    assert years[None] > 100
    assert max(count for year, count in years.items() if year is not None) > 100


def test_names_have_accents_and_ties() -> None:
    names = Counter(node.values["name"] for node in nodes(Recipe(20_000)) if "name" in node.values)
    assert any(not name.isascii() for name in names)
    assert names.most_common(1)[0][1] > 1


def test_a_graph_too_small_to_be_realistic_is_refused() -> None:
    with pytest.raises(ValueError, match="1,000 nodes"):
        Recipe(10)


def test_all_of_it_is_written(database: Database) -> None:
    write(database, RECIPE)
    (counted,) = database.read("MATCH (n) WHERE NOT n:Revision RETURN count(n) AS nodes, COUNT { ()-->() } AS links")
    assert counted == {"nodes": 2000, "links": 10_000}
    (labels,) = database.read("MATCH (n:OOFund) RETURN DISTINCT labels(n) AS labels")
    assert set(labels["labels"]) == {"Entity", "Organisation", "OOFund"}
