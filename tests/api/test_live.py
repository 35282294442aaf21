"""Subscriptions: a real server, a real client over WebSocket, and server-sent events."""

import asyncio

import httpx
import orjson
import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from graph.database import Database
from loaders.runs import touch

pytestmark = pytest.mark.usefixtures("real_graph")
SUBSCRIPTION = "subscription { revisionChanged }"


def sockets(client: httpx.Client) -> Client:
    url = f"ws://{client.base_url.host}:{client.base_url.port}/graphql"
    return Client(transport=WebsocketsTransport(url=url))


def test_over_websocket(client: httpx.Client, real_graph: Database) -> None:
    async def listen() -> list[int]:
        found: list[int] = []
        async with sockets(client) as session:
            async for result in session.subscribe(gql(SUBSCRIPTION)):
                found.append(result["revisionChanged"])
                if len(found) == 3:
                    return found
                await asyncio.to_thread(touch, real_graph)
        return found

    first, second, third = asyncio.run(asyncio.wait_for(listen(), 30))
    assert (second, third) == (first + 1, first + 2)


def test_queries_and_errors_over_websocket(client: httpx.Client) -> None:
    async def ask() -> tuple[dict[str, object], str]:
        async with sockets(client) as session:
            answer = await session.execute(gql('{ partner(id: "partner-ser") { id } }'))
            with pytest.raises(TransportQueryError) as caught:
                await session.execute(gql("{ partners(first: -1) { totalCount nodes { id } } }"))
            return answer, str(caught.value)

    answer, error = asyncio.run(asyncio.wait_for(ask(), 30))
    assert answer == {"partner": {"id": "partner-ser"}}
    assert "partners(first) must be between 0 and 1000" in error


def test_which_operation_must_be_said(client: httpx.Client) -> None:
    two = "query A { a: __typename } query B { b: __typename }"
    subscriptions = "subscription A { revisionChanged } subscription B { revisionChanged }"

    async def ask() -> list[str]:
        errors: list[str] = []
        async with sockets(client) as session:
            assert await session.execute(GraphQLRequest(two, operation_name="B")) == {"b": "Query"}
            for document in (two, subscriptions):
                with pytest.raises(TransportQueryError) as caught:
                    async for _ in session.subscribe(gql(document)):
                        pass
                errors.append(str(caught.value))
        return errors

    errors = asyncio.run(asyncio.wait_for(ask(), 30))
    errors.append(client.post("/graphql", json={"query": two}).text)
    accept = {"accept": "text/event-stream"}
    errors.append(client.post("/graphql", json={"query": subscriptions}, headers=accept).text)
    assert all("Say which operation to run with operationName: A, B." in error for error in errors)


def test_as_server_sent_events(client: httpx.Client, real_graph: Database) -> None:
    accept = {"accept": "text/event-stream"}
    found: list[int] = []
    with client.stream("POST", "/graphql", json={"query": SUBSCRIPTION}, headers=accept) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("data: {"):
                found.append(orjson.loads(line.removeprefix("data: "))["data"]["revisionChanged"])
                if len(found) == 2:
                    break
                touch(real_graph)
    assert found[1] == found[0] + 1
    query = client.post("/graphql", json={"query": "{ __typename }"}, headers=accept).text.replace("\r\n", "\n")
    assert query.startswith('event: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete')
    wrong = client.post("/graphql", json={"query": "subscription { nothing }"}, headers=accept).text
    assert "GRAPHQL_VALIDATION_FAILED" in wrong


def test_a_subscription_without_a_stream_is_refused(client: httpx.Client) -> None:
    answer = client.post("/graphql", json={"query": SUBSCRIPTION}).json()
    assert answer["errors"][0]["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"
    assert "text/event-stream" in answer["errors"][0]["message"]
