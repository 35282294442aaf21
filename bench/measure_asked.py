"""Measures one question whose answer is worked out against the Cypher that was written for it by hand."""

from time import perf_counter

import orjson
import psutil

from api.explain import Explainer
from bench.asked import Asked, Chosen
from bench.load import Target
from bench.results import LIMIT, LIMIT_ALONE, OURS_ALONE, AskedResult
from bench.sides import Bench, Refused, Servers, Side, Unequal, answer, ask, load, raw, target_of
from graph.database import Database

SLOW_SECONDS = 1.0
"""What takes longer is asked by one client only."""


def measure_asked(bench: Bench, question: Asked, chosen: Chosen, explainer: Explainer, running: Servers) -> AskedResult:
    """Both sides under load in turn, after their answers were compared. Raises Unequal."""
    ours, bare, connection = running.ours, running.bare, bench.database.connection
    given, parameters = question.given(chosen), question.hand_given(chosen)
    result = AskedResult(question.name, within=question.within)
    try:
        found = question.rows(ask(ours, question.ours, given))
        began = perf_counter()
        ask(ours, question.ours, given)
        took = perf_counter() - began
    except Refused as error:
        result.refused = str(error)
        return result
    statement = explainer.explain(question.ours, given)
    with Database(connection) as database:
        (row,) = database.read(question.cypher, parameters)
        if question.same and orjson.dumps(row["data"]) != orjson.dumps(found):
            raise Unequal(
                f"{question.name}: {ours.name} and the Cypher answer differently.\n"
                f"{found!s:.2000}\n{row['data']!s:.2000}",
                "Mend the Cypher in bench/asked.py or the API: a comparison of different answers tells nothing.",
            )
        cost = database.cost(statement.text, statement.parameters, run=True)
        by_hand = database.cost(question.cypher, parameters, run=True)
    result.hits, result.rows, result.scans = cost.hits, cost.rows, cost.scans
    result.hand_hits, result.hand_rows = by_hand.hits, by_hand.rows
    me = psutil.Process()
    target = target_of(ours, question.ours, given)
    result.answer_bytes = len(answer(target))
    sides = [
        Side(OURS_ALONE, load(target, connections=1), ours.process),
        Side(LIMIT_ALONE, raw(connection, question.cypher, parameters, sessions=1), me),
    ]
    if took < SLOW_SECONDS:
        text = orjson.dumps({"statement": question.cypher, "parameters": parameters})
        sides += [
            Side(ours.name, load(target), ours.process),
            Side(LIMIT, raw(connection, question.cypher, parameters), me),
            Side(bare.name, load(Target(bare.port, bare.path, text)), bare.process),
        ]
    result.rounds = bench.measure(sides)
    return result
