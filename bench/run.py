"""Runs the bench: the same Neo4j, the same data, the same load, one side after another, round after round."""

import platform
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import httpx
import orjson
import psutil
import typer
import uvloop
from rich.console import Console

from api.explain import Explainer
from bench import limit, servers
from bench.databases import Filled, filled
from bench.load import CONNECTIONS, Measured, Target, drive
from bench.queries import QUESTIONS, Question, Subjects, choose
from bench.report import save_markdown, show
from bench.results import CACHED, LIMIT, LIMIT_ALONE, OURS_ALONE, QuestionResult, Results, Round, SizeResult
from bench.servers import Server
from graph.database import Database
from graph.errors import OperatorError
from graph.model import MODEL
from graph.progress import console

RESULTS = Path(__file__).parent / "results"
UNCACHED = (("Cache-Control", "no-cache"),)
HEAP = "2g"
WARM_UP_SECONDS = 0.7
SOAK_SECONDS = 1.0
WORKERS = (1, 2)


class Unequal(OperatorError):
    """The sides do not answer the same."""


@dataclass(frozen=True)
class Side:
    """Something to measure: `run` puts it under load for so many seconds; `process` uses the processor for it."""

    name: str
    run: Callable[[float], Measured]
    process: psutil.Process


@dataclass(frozen=True)
class Servers:
    """Everything that runs beside the database."""

    ours: Server
    references: tuple[Server, ...]
    bare: Server


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
            side.run(WARM_UP_SECONDS)
        for _ in range(self.rounds):
            for side in sides:
                found[side.name].append(self.round(side))
        return found

    def round(self, side: Side) -> Round:
        before, before_there = servers.cpu_seconds(side.process), servers.cpu_seconds(self.neo4j)
        done = side.run(self.seconds)
        used, used_there = servers.cpu_seconds(side.process) - before, servers.cpu_seconds(self.neo4j) - before_there
        each = 1000 / len(done.latencies)
        return Round(done.rate, done.p50, done.p99, used * each, used_there * each, servers.megabytes(side.process))


def main(
    *,
    sizes: Annotated[str, typer.Option(help="Sizes with commas between: real, or a number of nodes.")] = "real,20000",
    rounds: Annotated[int, typer.Option(help="How often each side takes its turn.", min=1)] = 3,
    seconds: Annotated[float, typer.Option(help="How long a turn takes.", min=0.1)] = 3,
    soak: Annotated[int, typer.Option(help="Seconds of mixed load on the API, to see its memory.", min=0)] = 0,
    only: Annotated[str, typer.Option(help="Only questions with this in their name.")] = "",
    name: Annotated[str, typer.Option(help="The name of the results in bench/results/.")] = "latest",
) -> None:
    """Measure this API against @neo4j/graphql and against the raw driver."""
    results = Results(_machine(rounds, seconds))
    questions = [question for question in QUESTIONS if only in question.name]
    for size in sizes.split(","):
        with filled(size.strip().replace("_", ""), HEAP) as database:
            bench = Bench(database, servers.database_process(database.folder), rounds, seconds)
            results.sizes.append(_measure_size(bench, questions, soak))
        results.save(RESULTS / f"{name}.json")
        save_markdown(results, RESULTS / f"{name}.md")
    show(results, Console(width=150))


def _measure_size(bench: Bench, questions: list[Question], soak: int) -> SizeResult:
    connection = bench.database.connection
    with Database(connection) as database, ExitStack() as stack:
        running = Servers(
            stack.enter_context(servers.ours(connection)),
            tuple(stack.enter_context(servers.reference(kind, connection)) for kind in ("apollo", "yoga")),
            stack.enter_context(servers.limit(connection)),
        )
        subjects = choose(database, partial(_ask, running.ours))
        (counted,) = database.read(
            "MATCH (n) WHERE NOT n:Revision AND NOT n:BenchFilled RETURN count(n) AS nodes, COUNT { ()-->() } AS links"
        )
        size = SizeResult(bench.database.size, counted["nodes"], counted["links"], bench.database.seconds)
        explainer = Explainer(MODEL)
        for question in questions:
            console.print(f"{size.size}: {question.name}", highlight=False)
            size.questions.append(_measure(bench, question, subjects, explainer, running))
        if soak:
            size.memory, size.soak_requests = _soak(running.ours, questions, subjects, soak)
        size.workers = _measure_workers(bench, [question for question in questions if question.indexed], subjects)
    return size


def _measure(
    bench: Bench,
    question: Question,
    subjects: Subjects,
    explainer: Explainer,
    running: Servers,
) -> QuestionResult:
    ours, bare = running.ours, running.bare
    connection = bench.database.connection
    given, theirs = question.ours_given(subjects), question.theirs_given(subjects)
    answer = question.rows(_ask(ours, question.ours, given))
    for server in running.references:
        other = question.their_rows(_ask(server, question.theirs, theirs))
        if answer != other:
            raise Unequal(
                f"{question.name}: {ours.name} and {server.name} answer differently.\n"
                f"{answer!s:.2000}\n{other!s:.2000}",
                "Mend the questions in bench/queries.py or the API: a comparison of different answers tells nothing.",
            )
    statement = explainer.explain(question.ours, given)
    with Database(connection) as database:
        cost = database.cost(statement.text, statement.parameters, run=True)
    text = orjson.dumps({"statement": statement.text, "parameters": statement.parameters})
    me = psutil.Process()
    target = _target(ours, question.ours, given)

    def raw(seconds: float, sessions: int = CONNECTIONS) -> Measured:
        return uvloop.run(limit.drive(connection, statement.text, statement.parameters, seconds, sessions))

    sides = [
        Side(ours.name, _load(target), ours.process),
        Side(CACHED, _load(_target(ours, question.ours, given, headers=())), ours.process),
        *(
            Side(server.name, _load(_target(server, question.theirs, theirs)), server.process)
            for server in running.references
        ),
        Side(LIMIT, raw, me),
        Side(OURS_ALONE, _load(target, connections=1), ours.process),
        Side(LIMIT_ALONE, partial(raw, sessions=1), me),
        Side(bare.name, _load(Target(bare.port, bare.path, text)), bare.process),
    ]
    rounds = bench.measure(sides)
    return QuestionResult(question.name, rounds, cost.hits, cost.rows, cost.scans, len(_answer(target)))


def _measure_workers(bench: Bench, questions: list[Question], subjects: Subjects) -> dict[str, dict[str, list[Round]]]:
    """By question, the rounds of each number of workers."""
    found: dict[str, dict[str, list[Round]]] = {question.name: {} for question in questions}
    for workers in WORKERS:
        with servers.ours(bench.database.connection, workers) as server:
            for question in questions:
                target = _target(server, question.ours, question.ours_given(subjects))
                (rounds,) = bench.measure([Side(server.name, _load(target), server.process)]).values()
                found[question.name][str(workers)] = rounds
    return found


def _soak(ours: Server, questions: list[Question], subjects: Subjects, seconds: int) -> tuple[list[float], int]:
    """The API's memory while questions come in a random order, and how many came."""
    chance = random.Random(1)
    memory, requests = [servers.megabytes(ours.process)], 0
    for number in range(seconds):
        question = chance.choice(questions)
        target = _target(ours, question.ours, question.ours_given(subjects))
        requests += len(_load(target)(SOAK_SECONDS).latencies)
        if (number + 1) % max(1, seconds // 20) == 0:
            memory.append(servers.megabytes(ours.process))
    return memory, requests


def _load(target: Target, connections: int = CONNECTIONS) -> Callable[[float], Measured]:
    """What puts a server under load, every answer of which must be the first one to the byte."""
    expected = _answer(target)
    return lambda seconds: uvloop.run(drive(target, seconds, expected, connections))


def _answer(target: Target) -> bytes:
    headers = {"content-type": "application/json", "accept": "application/json"}
    url = f"http://127.0.0.1:{target.port}{target.path}"
    return httpx.post(url, content=target.body, headers=headers, timeout=120).content


def _target(
    server: Server, query: str, given: dict[str, Any], headers: tuple[tuple[str, str], ...] = UNCACHED
) -> Target:
    return Target(server.port, server.path, orjson.dumps({"query": query, "variables": given}), headers)


def _ask(server: Server, query: str, given: dict[str, Any]) -> dict[str, Any]:
    url = f"http://127.0.0.1:{server.port}{server.path}"
    reply = httpx.post(url, json={"query": query, "variables": given}, timeout=120)
    body = reply.json()
    if reply.status_code != 200 or body.get("errors"):
        raise OperatorError(f"{server.name} answers with an error: {reply.text:.1000}", f"It was asked:\n{query}")
    return body["data"]


def _machine(rounds: int, seconds: float) -> dict[str, Any]:
    return {
        "processors": psutil.cpu_count(),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "python": platform.python_version(),
        "driver": version("neo4j"),
        "database heap": HEAP,
        "rounds": rounds,
        "seconds a round": seconds,
    }


if __name__ == "__main__":
    typer.run(main)
