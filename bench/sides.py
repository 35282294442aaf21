"""What is put under load, one after another, and how a server is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import psutil
import uvloop

from bench import limit, servers
from bench.databases import Filled
from bench.load import CONNECTIONS, Measured, Target, drive
from bench.results import Round
from bench.servers import Server
from graph.errors import OperatorError
from graph.settings import Connection

UNCACHED = (("Cache-Control", "no-cache"),)
WARM_UP_SECONDS = 0.7


class Unequal(OperatorError):
    """The sides do not answer the same."""


class Refused(OperatorError):
    """A side answers with an error."""


@dataclass(frozen=True)
class Side:
    """Something to measure: `run` puts it under load for so many seconds; `process` uses the processor for it."""

    name: str
    run: Callable[[float], Measured]
    process: psutil.Process


@dataclass(frozen=True)
class Bench:
    """One size's database and how long to measure on it."""

    database: Filled
    neo4j: psutil.Process
    rounds: int
    seconds: float

    def measure(self, sides: list[Side]) -> dict[str, list[Round]]:
        """All sides under load in turn, so that whatever else the machine does meets them all."""
        found: dict[str, list[Round]] = {side.name: [] for side in sides}
        for side in sides:
            side.run(min(WARM_UP_SECONDS, self.seconds))
        for _ in range(self.rounds):
            for side in sides:
                found[side.name].append(self.round(side))
        return found

    def round(self, side: Side) -> Round:
        """One side's turn."""
        before, before_there = servers.cpu_seconds(side.process), servers.cpu_seconds(self.neo4j)
        done = side.run(self.seconds)
        used, used_there = servers.cpu_seconds(side.process) - before, servers.cpu_seconds(self.neo4j) - before_there
        each = 1000 / len(done.latencies)
        return Round(done.rate, done.p50, done.p99, used * each, used_there * each, servers.megabytes(side.process))


@dataclass(frozen=True)
class Servers:
    """Everything that runs beside the database."""

    ours: Server
    references: tuple[Server, ...]
    bare: Server


def load(target: Target, connections: int = CONNECTIONS) -> Callable[[float], Measured]:
    """What puts a server under load, every answer of which must be the first one to the byte."""
    expected = answer(target)
    return lambda seconds: uvloop.run(drive(target, seconds, expected, connections))


def raw(
    connection: Connection, text: str, parameters: Mapping[str, Any], sessions: int = CONNECTIONS
) -> Callable[[float], Measured]:
    """What puts Neo4j itself under load, by the driver alone."""
    return lambda seconds: uvloop.run(limit.drive(connection, text, parameters, seconds, sessions))


def answer(target: Target) -> bytes:
    """The answer to a request."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    url = f"http://127.0.0.1:{target.port}{target.path}"
    return httpx.post(url, content=target.body, headers=headers, timeout=120).content


def target_of(
    server: Server, query: str, given: dict[str, Any], headers: tuple[tuple[str, str], ...] = UNCACHED
) -> Target:
    """The request that asks a server a query with these variables."""
    return Target(server.port, server.path, orjson.dumps({"query": query, "variables": given}), headers)


def ask(server: Server, query: str, given: dict[str, Any]) -> dict[str, Any]:
    """The data of a query's answer. Raises Refused."""
    url = f"http://127.0.0.1:{server.port}{server.path}"
    reply = httpx.post(url, json={"query": query, "variables": given}, timeout=120)
    body = reply.json()
    if reply.status_code != 200 or body.get("errors"):
        raise Refused(f"{server.name} answers with an error: {reply.text:.1000}", f"It was asked:\n{query}")
    return body["data"]
