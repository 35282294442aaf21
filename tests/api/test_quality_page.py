"""The quality of the facts as a page and as JSON, from a real server."""

from time import monotonic, sleep

import httpx
import orjson
import pytest

from graph.checks import checks
from graph.database import Database
from graph.model import MODEL
from graph.quality import examine
from graph.settings import Connection
from loaders.runs import touch
from tests.support.serving import served

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.usefixtures("real_graph")
def test_the_real_facts_have_no_error(client: httpx.Client, real_graph: Database) -> None:
    report = client.get("/quality.json").json()
    assert report["errors"] == 0
    assert report == orjson.loads(orjson.dumps(examine(real_graph, checks(MODEL))))
    page = client.get("/quality")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for finding in report["findings"]:
        assert finding["code"] in page.text

    statement = "MATCH (n:Partner {id: 'partner-ser'}) SET n.name = $name, n.confidence = 'LOW'"
    real_graph.write(statement, {"name": SCRIPT})
    real_graph.write("CREATE (:Entity:Organisation:Partner {id: 'partner-ser-again', name: $name})", {"name": SCRIPT})
    assert client.get("/quality").text == page.text
    touch(real_graph)
    deadline = monotonic() + 30
    while "partner-ser" not in (changed := client.get("/quality").text) and monotonic() < deadline:
        sleep(0.2)
    assert "&lt;script&gt;alert(1)" in changed
    assert SCRIPT not in changed
    examples = [
        example
        for finding in client.get("/quality.json").json()["findings"]
        if finding["code"] == "ORGANISATION_DUPLICATED"
        for group in finding["groups"]
        for example in group["examples"]
    ]
    assert ["partner-ser", "partner-ser-again"] in [[node["id"] for node in item["subjects"]] for item in examples]


def test_without_a_database_both_say_so() -> None:
    with served(Connection("bolt://127.0.0.1:9", "neo4j", "none"), query_timeout=1) as client:
        page = client.get("/quality")
        assert page.status_code == 503
        assert "cannot be reached" in page.text
        refused = client.get("/quality.json")
        assert refused.status_code == 503
        assert refused.json()["errors"][0]["extensions"] == {"code": "DATABASE_UNAVAILABLE"}
