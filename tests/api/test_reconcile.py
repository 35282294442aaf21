"""The Reconciliation Service API, as clients of a real server meet it."""

import csv
import importlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.reconcile.queries import MAX_BATCH
from graph.database import Database
from tests.support.reconciliation import (
    ERROR,
    EXTENSION,
    MANIFEST,
    PROPOSALS,
    RESULTS,
    SUGGESTIONS,
    valid,
)

pytestmark = pytest.mark.usefixtures("real_graph")

PAIRS = Path(__file__).parents[1] / "graph" / "matching_pairs.csv"
HVA = {"pid": "website", "v": "www.hva.nl"}


def reconcile(client: httpx.Client, queries: dict[str, Any]) -> Any:
    response = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    found = valid(response.json(), RESULTS)
    assert found.keys() == queries.keys()
    for answer in found.values():
        scores = [candidate["score"] for candidate in answer["result"]]
        assert scores == sorted(scores, reverse=True)
        assert sum(candidate["match"] for candidate in answer["result"]) <= 1
    return {key: answer["result"] for key, answer in found.items()}


def ids(candidates: list[Any]) -> list[str]:
    return [candidate["id"] for candidate in candidates]


def test_all_that_the_manifest_promises_is_there(client: httpx.Client) -> None:
    manifest = valid(client.get("/reconcile").json(), MANIFEST)
    assert client.get(manifest["view"]["url"].replace("{{id}}", "partner-nwo")).text.count("NWO") > 1
    assert client.get(manifest["preview"]["url"].replace("{{id}}", "no-such-thing")).status_code == 404
    for what, (prefix, wanted) in {
        "entity": ("hogeschool utr", "inst-hogeschool-utrecht"),
        "property": ("ror", "rorId"),
        "type": ("education", "EducationInstitution"),
    }.items():
        service = manifest["suggest"][what]
        address = service["service_url"] + service["service_path"]
        for typed in (prefix, wanted):
            found = valid(client.get(address, params={"prefix": typed}).json(), SUGGESTIONS)["result"]
            assert wanted in ids(found)
        flyout = service["flyout_service_url"] + service["flyout_service_path"].replace("${id}", wanted)
        assert client.get(flyout).json()["id"] == wanted
    proposed = manifest["extend"]["propose_properties"]
    found = client.get(proposed["service_url"] + proposed["service_path"], params={"type": "Pact", "limit": 3}).json()
    assert valid(found, PROPOSALS)["type"] == "Pact"
    assert len(found["properties"]) == 3


def test_suggestions_go_on_from_a_cursor_and_keep_to_a_type(client: httpx.Client) -> None:
    def suggested(**given: str | int) -> list[str]:
        return ids(client.get("/reconcile/suggest/entity", params=given).json()["result"])

    assert suggested(prefix="hogeschool", cursor=2) == [
        *suggested(prefix="hogeschool")[2:],
        *suggested(prefix="hogeschool", cursor=20)[:2],
    ]
    assert suggested(prefix="energie", type="Topsector") == ["topsector-energie"]
    assert suggested(prefix="") == []


def test_candidates_match_only_where_they_are_certain(client: httpx.Client) -> None:
    found = reconcile(
        client,
        {
            "name": {"query": "Hogeschool van Amsterdam"},
            "website": {"query": "Amsterdam University of Applied Sciences", "properties": [HVA]},
            "elsewhere": {"query": "Hogeschool van Amsterdam", "properties": [{"pid": "website", "v": "https://x.nl"}]},
            "id": {"query": "inst-hogeschool-van-amsterdam"},
            "type": {"query": "Energie", "type": "Topsector"},
            "types": {"query": "Energie", "type": [{"id": "Mission"}, "Topsector"], "type_strict": "any", "limit": 3},
            "identifier": {"properties": [{"pid": "rorId", "v": ["04jsz6e67"]}]},
            "typed": {"query": "https://ror.org/04jsz6e67"},
            "unknown": {"query": "Zyxwvut"},
            "misspelt": {"query": "Hogeschol Windesheym"},
            "joined": {"query": "TUDelft"},
        },
    )
    certain = {key: [item["id"] for item in items if item["match"]] for key, items in found.items()}
    hva, nwo = ["inst-hogeschool-van-amsterdam"], ["partner-nwo"]
    assert certain["website"] == certain["id"] == hva
    assert certain["identifier"] == certain["typed"] == nwo
    assert not any(certain[key] for key in ("name", "elsewhere", "type", "types", "unknown", "misspelt", "joined"))
    assert ids(found["name"])[:1] == ids(found["elsewhere"])[:1] == hva
    assert ids(found["type"]) == ["topsector-energie"]
    assert {item["type"][0]["id"] for item in found["types"]} <= {"Mission", "Topsector"}
    assert found["unknown"] == []
    assert ids(found["misspelt"])[:1] == ["inst-hogeschool-windesheim"]
    assert ids(found["joined"])[:1] == ["inst-technische-universiteit-delft"]
    features = {item["id"]: item["value"] for item in found["website"][0]["features"]}
    assert features == {"name": 100, "website": True}


def test_most_labelled_names_lead_to_their_organisation_and_none_matches_another(client: httpx.Client) -> None:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["same"] == "yes"][::3]
    first = wrong = 0
    for start in range(0, len(rows), MAX_BATCH):
        chunk = {str(number): row for number, row in enumerate(rows[start : start + MAX_BATCH])}
        queries = {
            key: {"query": row["name"], "properties": [{"pid": pid, "v": row[pid]} for pid in ("city", "website")]}
            for key, row in chunk.items()
        }
        for key, candidates in reconcile(client, queries).items():
            known = chunk[key]["known_id"]
            first += ids(candidates)[:1] == [known]
            wrong += any(item["match"] and item["id"] != known for item in candidates)
    assert wrong == 0
    assert first / len(rows) >= 0.9


def test_values_of_properties_and_links_are_fetched(client: httpx.Client) -> None:
    wanted = ["website", "aliases", "location", "region", "startYear", "kind", "budgetEur", "signatories"]
    query = {
        "ids": ["inst-hogeschool-utrecht", "pact-kic-2020-2023", "project-nwo-learning-communities", "no-such-thing"],
        "properties": [{"id": name} for name in wanted],
    }
    found = valid(client.post("/reconcile", data={"extend": json.dumps(query)}).json(), EXTENSION)
    assert found == client.get("/reconcile", params={"extend": json.dumps(query)}).json()
    assert ids(found["meta"]) == wanted
    school, pact, project, nothing = (found["rows"][identity] for identity in query["ids"])
    assert school["website"] == [{"str": "https://www.hu.nl"}]
    assert school["region"] == [{"id": "region-utrecht", "name": "Utrecht"}]
    assert pact["startYear"] == [{"int": 2020}]
    assert {"id": "partner-nwo", "name": "NWO"} in pact["signatories"]
    assert project["budgetEur"] == [{"float": 30_000_000}]
    assert nothing == {name: [] for name in wanted}


def test_get_and_jsonp_answer_like_post(client: httpx.Client) -> None:
    queries = {"q0": {"query": "NWO", "limit": 1}}
    posted = client.post("/reconcile", data={"queries": json.dumps(queries)})
    asked = client.get("/reconcile", params={"queries": json.dumps(queries)})
    assert asked.json() == posted.json()
    script = client.get("/reconcile", params={"queries": json.dumps(queries), "callback": "jQuery1_2"})
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.text == f"/**/jQuery1_2({posted.text});"
    assert client.get("/reconcile", params={"callback": "f"}).text.startswith('/**/f({"versions"')
    refused = client.get("/reconcile", params={"callback": "alert(1)//"})
    assert refused.status_code == 400
    assert valid(refused.json(), ERROR)["message"].startswith("callback")
    assert asked.headers.get("access-control-allow-origin") is None
    shared = client.get("/reconcile", headers={"origin": "https://example.org"})
    assert shared.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"queries": "{"}, 400, "not valid JSON"),
        ({"queries": "[]"}, 400, "JSON object"),
        ({"queries": '{"q0": "NWO"}'}, 400, "Query q0 must be a JSON object"),
        ({"queries": '{"q0": {}}'}, 400, "neither a query nor properties"),
        ({"queries": '{"q0": {"query": "x", "limit": 0}}'}, 400, "from 1 to 100"),
        ({"queries": '{"q0": {"query": "x", "type": "Planet"}}'}, 400, "Planet is no type. They are Topsector"),
        ({"queries": '{"q0": {"query": "x", "properties": [{"pid": "mood"}]}}'}, 400, "mood is no property"),
        ({"queries": '{"q0": {"query": "%s"}}' % ("x" * 501)}, 400, "at most 500 characters"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(51)})}, 413, "at most 50"),
        ({"queries": " " * 1_000_001}, 400, "larger than"),
        ({"extend": '{"ids": []}'}, 400, "The field extend must be as in"),
        ({"extend": '{"ids": [], "properties": [{"id": "mood"}]}'}, 400, "mood is no property"),
        ({"extend": json.dumps({"ids": ["x"] * 501, "properties": []})}, 413, "at most 500 ids"),
        ({"nothing": "x"}, 400, "neither a field queries nor a field extend"),
    ],
)
def test_what_is_wrong_is_said(client: httpx.Client, form: dict[str, str], status: int, said: str) -> None:
    response = client.post("/reconcile", data=form)
    assert response.status_code == status
    assert said in valid(response.json(), ERROR)["message"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/reconcile/suggest/nothing?prefix=x", "entity, property, type"),
        ("/reconcile/suggest/entity?prefix=x&cursor=-1", "cursor"),
        ("/reconcile/suggest/entity?prefix=x&type=Planet", "Planet is no type"),
        ("/reconcile/flyout/property?id=mood", "No property has the id mood"),
        ("/reconcile/properties?type=Planet", "Planet is no type"),
        ("/reconcile/properties?limit=few", "limit"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(client: httpx.Client, address: str, said: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert said in valid(response.json(), ERROR)["message"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=MAX_BATCH))
def test_any_text_can_be_looked_for(client: httpx.Client, texts: list[str]) -> None:
    reconcile(client, {str(number): {"query": text} for number, text in enumerate(texts)})


# The client still uses what pandas will drop.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_a_spreadsheet_column_is_matched_by_a_client_of_the_protocol(client: httpx.Client) -> None:
    pandas: Any = importlib.import_module("pandas")
    reconciler: Any = importlib.import_module("reconciler")
    sheet = pandas.DataFrame(
        {"name": ["Amsterdam University of Applied Sciences", "Utrecht University"], "site": ["hva.nl", "www.uu.nl"]}
    )
    endpoint = str(client.base_url.join("/reconcile"))
    try:
        found = reconciler.reconcile(
            sheet["name"], "EducationInstitution", 1, {"website": sheet["site"]}, reconciliation_endpoint=endpoint
        )
    finally:
        importlib.import_module("reconciler.webutils").http.close()
    assert list(found["id"]) == ["inst-hogeschool-van-amsterdam", "inst-universiteit-utrecht"]
    assert list(found["match"]) == [True, True]


def test_pages_escape_what_facts_contain(client: httpx.Client, real_graph: Database) -> None:
    script = "<script>alert(1)</script>"
    real_graph.write(
        "MATCH (n:Partner {id: 'partner-ser'}) SET n.name = $x, n.description = $x, n.website = 'javascript:' + $x, "
        "n.aliases = [$x]",
        {"x": script},
    )
    page = client.get("/entity/partner-ser")
    flyout = client.get("/reconcile/flyout/entity", params={"id": "partner-ser"}).json()["html"]
    for html in (page.text, flyout):
        assert script not in html
        assert 'href="javascript' not in html
        assert "&lt;script&gt;" in html
    assert "default-src 'none'" in page.headers["content-security-policy"]
