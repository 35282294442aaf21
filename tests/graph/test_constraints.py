"""What the model asks of a database: made once, made whole again, and named where it is missing."""

from dataclasses import replace

import pytest

from graph import constraints
from graph.constraints import Rule, rules
from graph.database import Database
from graph.errors import DatabaseError
from graph.model import MODEL
from graph.modelling import Kind, Model, Property
from graph.provenance import REVISION

Shown = list[dict[str, object]]


def shown(database: Database) -> Shown:
    """Every index and constraint there is, as Neo4j tells of it."""
    indexes = database.read("SHOW INDEXES YIELD name, type, state, labelsOrTypes, properties WHERE type <> 'LOOKUP'")
    kept = database.read("SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties")
    return sorted([*indexes, *kept], key=str)


def rule(name: str) -> Rule:
    return next(rule for rule in rules(MODEL) if rule.name == name)


def without(database: Database, gone: Rule) -> None:
    kind = "CONSTRAINT" if gone.kind == "UNIQUENESS" else "INDEX"
    database.write(f"DROP {kind} {gone.name}")


def with_words(model: Model) -> Model:
    """The model with one more property of text on all entities."""
    entity = next(interface for interface in model.interfaces if interface.name == "Entity")
    slogan = Property("slogan", Kind.TEXT, "What it says of itself.")
    richer = replace(entity, properties=(*entity.properties, slogan))
    return replace(model, interfaces=tuple(richer if each is entity else each for each in model.interfaces))


class TestRules:
    """What is asked for."""

    def test_ids_are_unique_in_every_type_and_over_all_entities(self) -> None:
        unique = {each.label for each in rules(MODEL) if each.kind == "UNIQUENESS" and each.properties == ("id",)}
        assert unique >= {node.name for node in MODEL.nodes} | {"Entity"}

    def test_there_is_one_revision(self) -> None:
        assert rule("revision_id").label == REVISION

    def test_what_is_sorted_or_filtered_has_an_index(self) -> None:
        indexed = {(each.label, each.properties) for each in rules(MODEL) if each.kind == "RANGE"}
        assert {("Entity", ("name",)), ("LearningCommunity", ("form",)), ("EducationInstitution", ("brin",))} <= indexed
        assert ("LearningCommunity", ("form", "startYear")) in indexed

    def test_names_and_descriptions_are_searched_together(self) -> None:
        words, names = (rule(name).properties for name in ("entity_text", "entity_names"))
        assert {"name", "description", "city"} <= set(words)
        assert set(names) == {"name", "aliases", "shortName", "nameEn"}

    def test_no_two_have_one_name(self) -> None:
        names = [each.name for each in rules(MODEL)]
        assert len(set(names)) == len(names)


class TestApply:
    """Making it so."""

    def test_makes_everything_and_all_of_it_can_be_used(self, database: Database) -> None:
        assert constraints.missing(database, MODEL) == []
        states = database.read("SHOW INDEXES YIELD state RETURN DISTINCT state")
        assert states == [{"state": "ONLINE"}]

    def test_twice_is_harmless(self, database: Database) -> None:
        before = shown(database)
        constraints.apply(database, MODEL)
        assert shown(database) == before

    @pytest.mark.parametrize(
        "name", ["partner_id", "entity_id", "revision_id", "entity_name", "entity_text", "entity_names"]
    )
    def test_makes_again_what_is_missing_and_only_that(self, database: Database, name: str) -> None:
        before = shown(database)
        without(database, rule(name))
        assert [each.name for each in constraints.missing(database, MODEL)] == [name]
        constraints.apply(database, MODEL)
        assert shown(database) == before

    def test_follows_a_model_that_grew(self, database: Database) -> None:
        grown = with_words(MODEL)
        assert [each.name for each in constraints.missing(database, grown)] == ["entity_text"]
        constraints.apply(database, grown)
        assert constraints.missing(database, grown) == []
        constraints.apply(database, MODEL)
        assert constraints.missing(database, MODEL) == []

    def test_two_nodes_with_one_id_are_refused(self, database: Database) -> None:
        without(database, rule("partner_id"))
        without(database, rule("entity_id"))
        database.write("CREATE (:Entity:Partner {id: 'twice'}), (:Entity:Partner {id: 'twice'})")
        with pytest.raises(DatabaseError, match="twice") as failure:
            constraints.apply(database, MODEL)
        assert "entity_id" in failure.value.message
        assert "Mend or remove" in failure.value.remedy
        database.write("MATCH (n:Partner) DETACH DELETE n")
        constraints.apply(database, MODEL)
        assert constraints.missing(database, MODEL) == []

    def test_an_index_that_failed_is_named_and_made_again_when_its_reason_is_gone(self, database: Database) -> None:
        without(database, rule("entity_name"))
        database.write("CREATE (:Entity {id: 'long', name: $name})", {"name": "x" * 50_000})
        with pytest.raises(DatabaseError, match="entity_name") as failure:
            constraints.apply(database, MODEL)
        assert "Mend or remove" in failure.value.remedy
        assert [each.name for each in constraints.missing(database, MODEL)] == ["entity_name"]
        database.write("MATCH (n {id: 'long'}) DELETE n")
        constraints.apply(database, MODEL)
        assert constraints.missing(database, MODEL) == []

    def test_an_index_of_ones_own_in_the_way_of_a_constraint_is_named(self, database: Database) -> None:
        without(database, rule("partner_id"))
        database.write("CREATE INDEX own_hand FOR (n:Partner) ON (n.id)")
        with pytest.raises(DatabaseError, match=r"partner_id.*There already exists an index"):
            constraints.apply(database, MODEL)
        database.write("DROP INDEX own_hand")
        constraints.apply(database, MODEL)
        assert constraints.missing(database, MODEL) == []
