"""The public schema: as committed, described, and following from the model alone."""

from pathlib import Path

from graphql import build_schema as build_from_text
from graphql import find_breaking_changes
from rich.progress import Progress

from api.reconcile.extend import Extension, extend
from api.schema import build_schema
from graph import constraints
from graph.database import Database
from graph.model import MODEL
from graph.modelling import Ends, Kind, LinkType, NodeType, Property, View
from graph.settings import Connection
from loaders.load import load
from tests.support.serving import asking

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def test_no_change_breaks_a_client() -> None:
    now = build_from_text(build_schema(MODEL).as_str())
    assert not find_breaking_changes(build_from_text(COMMITTED.read_text("utf-8")), now)


def test_the_committed_schema_is_what_the_code_prints() -> None:
    assert COMMITTED.read_text("utf-8") == build_schema(MODEL).as_str() + "\n"


def test_everything_is_described() -> None:
    schema = build_from_text(COMMITTED.read_text("utf-8"))
    own = {
        name: kind
        for name, kind in schema.type_map.items()
        if not name.startswith("__") and name not in ("ID", "String", "Int", "Float", "Boolean")
    }
    assert [name for name, kind in own.items() if not kind.description] == []
    for name, kind in own.items():
        for key, item in {**getattr(kind, "fields", {}), **getattr(kind, "values", {})}.items():
            assert item.description, f"{name}.{key}"
            for argument, declared in getattr(item, "args", {}).items():
                assert declared.description, f"{name}.{key}({argument})"


def test_a_new_type_needs_only_the_model_and_a_data_file(
    database: Database, connection: Connection, tmp_path: Path
) -> None:
    model = MODEL.extended(
        nodes=[
            NodeType(
                "Award",
                "awards",
                "A prize.",
                (
                    Property("firstYear", Kind.YEAR, "The year of the first.", indexed=True),
                    Property("yearly", Kind.BOOLEAN, "Whether it is given each year."),
                ),
            )
        ],
        links=[
            LinkType(
                "WON",
                "An organisation won it.",
                (
                    Ends(
                        ("Organisation",),
                        "Award",
                        View("awards", "The prizes it won."),
                        View("winners", "Who won it."),
                    ),
                ),
            )
        ],
    )
    source = "https://example.org/prizes"
    (tmp_path / "awards.csv").write_text(
        f"id,name,first_year,yearly,source,confidence\naward-gouden-spatel,Gouden Spatel,2019,Ja,{source},high\n"
        f"award-zilveren-spatel,Zilveren Spatel,2019,nee,{source},high\n"
    )
    (tmp_path / "partners.csv").write_text(
        f"id,name,kind,source,confidence\npartner-bakker,Bakker,company,{source},high\n"
    )
    (tmp_path / "links.csv").write_text(
        f"from_id,type,to_id,since,source,confidence\npartner-bakker,WON,award-gouden-spatel,2020,{source},high\n"
    )
    constraints.apply(database, model)
    load(database, model, [tmp_path], Progress(disable=True))
    with asking(connection, model) as asker:
        found = asker.data(
            """{ awards(where: {firstYear: {lt: 2020}, winners: {some: {kind: {eq: COMPANY}}}}) { nodes { name
                 winners { edges { since sources { url } node { name awards { totalCount } } } } } }
                 given: awards(where: {yearly: {in: [true, false]}}, orderBy: [{yearly: ASC}]) { nodes { id yearly } }
                 once: awards(where: {yearly: {eq: false}}) { totalCount } }"""
        )
        fetched = asker.runner.run(extend(asker.service, Extension(("award-gouden-spatel",), ("yearly",))))
    assert found["given"]["nodes"] == [
        {"id": "award-zilveren-spatel", "yearly": False},
        {"id": "award-gouden-spatel", "yearly": True},
    ]
    assert found["once"]["totalCount"] == 1
    assert fetched["rows"] == {"award-gouden-spatel": {"yearly": [{"bool": True}]}}
    (award,) = found["awards"]["nodes"]
    assert award["name"] == "Gouden Spatel"
    assert award["winners"]["edges"] == [
        {"since": 2020, "sources": [{"url": source}], "node": {"name": "Bakker", "awards": {"totalCount": 1}}}
    ]
    printed = build_schema(model).as_str()
    assert "type Award implements Entity & Node" in printed
    assert "WON" in printed
