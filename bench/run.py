"""Runs the bench: the same Neo4j, the same data, the same load, one side after another, round after round."""

import platform
import random
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import orjson
import psutil
import typer
from rich.console import Console

from api.explain import Explainer
from bench import asked, servers
from bench.databases import filled
from bench.load import Target
from bench.measure_asked import measure_asked
from bench.queries import QUESTIONS, Question, Subjects, choose
from bench.report import save_markdown, show
from bench.results import CACHED, LIMIT, LIMIT_ALONE, OURS_ALONE, QuestionResult, Results, Round, SizeResult
from bench.servers import Server
from bench.sides import Bench, Servers, Side, Unequal, answer, ask, load, raw, target_of
from graph.database import Database
from graph.model import MODEL
from graph.progress import console

RESULTS = Path(__file__).parent / "results"
HEAP = "2g"
SOAK_SECONDS = 1.0
WORKERS = (1, 2)
REFERENCES = ("apollo", "yoga")


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
    worked_out = [question for question in asked.ASKED if only in question.name]
    for size in sizes.split(","):
        with filled(size.strip().replace("_", ""), HEAP) as database:
            bench = Bench(database, servers.database_process(database.folder), rounds, seconds)
            results.sizes.append(_measure_size(bench, questions, worked_out, soak))
        results.save(RESULTS / f"{name}.json")
        save_markdown(results, RESULTS / f"{name}.md")
    show(results, Console(width=150))


def _measure_size(bench: Bench, questions: list[Question], worked_out: list[asked.Asked], soak: int) -> SizeResult:
    connection = bench.database.connection
    with Database(connection) as database, ExitStack() as stack:
        running = Servers(
            stack.enter_context(servers.ours(connection)),
            tuple(stack.enter_context(servers.reference(kind, connection)) for kind in REFERENCES if questions),
            stack.enter_context(servers.limit(connection)),
        )
        (counted,) = database.read("RETURN COUNT { MATCH (n:Entity|Source) } AS nodes, COUNT { ()-->() } AS links")
        size = SizeResult(bench.database.size, counted["nodes"], counted["links"], bench.database.seconds)
        explainer = Explainer(MODEL)
        chosen = asked.choose(database)
        for question in worked_out:
            console.print(f"{size.size}: {question.name}", highlight=False)
            size.asked.append(measure_asked(bench, question, chosen, explainer, running))
        if not questions:
            return size
        subjects = choose(database, partial(ask, running.ours))
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
    found = question.rows(ask(ours, question.ours, given))
    for server in running.references:
        other = question.their_rows(ask(server, question.theirs, theirs))
        if found != other:
            raise Unequal(
                f"{question.name}: {ours.name} and {server.name} answer differently.\n{found!s:.2000}\n{other!s:.2000}",
                "Mend the questions in bench/queries.py or the API: a comparison of different answers tells nothing.",
            )
    statement = explainer.explain(question.ours, given)
    with Database(connection) as database:
        cost = database.cost(statement.text, statement.parameters, run=True)
    text = orjson.dumps({"statement": statement.text, "parameters": statement.parameters})
    me = psutil.Process()
    target = target_of(ours, question.ours, given)
    sides = [
        Side(ours.name, load(target), ours.process),
        Side(CACHED, load(target_of(ours, question.ours, given, headers=())), ours.process),
        *(
            Side(server.name, load(target_of(server, question.theirs, theirs)), server.process)
            for server in running.references
        ),
        Side(LIMIT, raw(connection, statement.text, statement.parameters), me),
        Side(OURS_ALONE, load(target, connections=1), ours.process),
        Side(LIMIT_ALONE, raw(connection, statement.text, statement.parameters, sessions=1), me),
        Side(bare.name, load(Target(bare.port, bare.path, text)), bare.process),
    ]
    rounds = bench.measure(sides)
    return QuestionResult(question.name, rounds, cost.hits, cost.rows, cost.scans, len(answer(target)))


def _measure_workers(bench: Bench, questions: list[Question], subjects: Subjects) -> dict[str, dict[str, list[Round]]]:
    """By question, the rounds of each number of workers."""
    found: dict[str, dict[str, list[Round]]] = {question.name: {} for question in questions}
    for workers in WORKERS:
        with servers.ours(bench.database.connection, workers) as server:
            for question in questions:
                target = target_of(server, question.ours, question.ours_given(subjects))
                (rounds,) = bench.measure([Side(server.name, load(target), server.process)]).values()
                found[question.name][str(workers)] = rounds
    return found


def _soak(ours: Server, questions: list[Question], subjects: Subjects, seconds: int) -> tuple[list[float], int]:
    """The API's memory while questions come in a random order, and how many came."""
    chance = random.Random(1)
    memory, requests = [servers.megabytes(ours.process)], 0
    for number in range(seconds):
        question = chance.choice(questions)
        target = target_of(ours, question.ours, question.ours_given(subjects))
        requests += len(load(target)(SOAK_SECONDS).latencies)
        if (number + 1) % max(1, seconds // 20) == 0:
            memory.append(servers.megabytes(ours.process))
    return memory, requests


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
