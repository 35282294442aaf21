"""What was measured, as plain data that is kept in bench/results/, and the medians and ratios of it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

OURS = "partnergraph"
CACHED = "partnergraph, repeated"
LIMIT = "raw driver"
LIMIT_HTTP = "raw driver, HTTP"
OURS_ALONE = "partnergraph, one client"
LIMIT_ALONE = "raw driver, one client"


@dataclass(frozen=True)
class Round:
    """One side under one question's load, once.

    Latencies are in ms, processor times in ms for each request, memory in MB.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    memory: float


@dataclass
class QuestionResult:
    """All rounds of a question, by side, and what its statement costs the database."""

    name: str
    rounds: dict[str, list[Round]] = field(default_factory=dict[str, list[Round]])
    hits: int = 0
    rows: int = 0
    scans: tuple[str, ...] = ()
    answer_bytes: int = 0

    def median(self, side: str, measure: str) -> float:
        """The median over the rounds of one measure."""
        return median(getattr(one, measure) for one in self.rounds[side])

    @property
    def reference(self) -> str:
        """The faster of the references."""
        references = [side for side in self.rounds if side.startswith("@neo4j/graphql")]
        return max(references, key=lambda side: self.median(side, "rate"))

    @property
    def speed_up(self) -> float:
        """Our rate against the faster reference's."""
        return self.median(OURS, "rate") / self.median(self.reference, "rate")

    @property
    def repeated_speed_up(self) -> float:
        """The same for a query that is asked again while the graph is unchanged."""
        return self.median(CACHED, "rate") / self.median(self.reference, "rate")

    def slower_than(self, side: str, ours: str = OURS) -> float:
        """Our p50 against that of the limit."""
        return self.median(ours, "p50") / self.median(side, "p50")


@dataclass
class AskedResult(QuestionResult):
    """The same of a question whose answer is worked out, against Cypher written by hand.

    `refused` says why there is nothing else, where our API answered with an error.
    """

    hand_hits: int = 0
    hand_rows: int = 0
    within: float = 0.0
    refused: str = ""

    @property
    def ratio(self) -> float:
        """Our p50 against that of the Cypher, with many clients or, where that is slow, with one."""
        return self.slower_than(LIMIT) if OURS in self.rounds else self.slower_than(LIMIT_ALONE, OURS_ALONE)


@dataclass
class SizeResult:
    """All questions on one size of graph."""

    size: str
    nodes: int
    links: int
    seconds_to_make: float
    questions: list[QuestionResult] = field(default_factory=list[QuestionResult])
    asked: list[AskedResult] = field(default_factory=list[AskedResult])
    workers: dict[str, dict[str, list[Round]]] = field(default_factory=dict[str, dict[str, list[Round]]])
    """By question, the rounds of each number of workers."""

    memory: list[float] = field(default_factory=list[float])
    """The API's memory in MB, at even distances in a long mixed load."""

    soak_requests: int = 0


@dataclass
class Results:
    """One run of the bench."""

    machine: dict[str, Any]
    sizes: list[SizeResult] = field(default_factory=list[SizeResult])

    def save(self, path: Path) -> None:
        """Keep them as JSON."""
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    def growth(self) -> dict[str, dict[str, float]]:
        """By question and size: p50 against that of the smallest made graph."""
        made = sorted((size for size in self.sizes if size.size.isdigit() and size.questions), key=_nodes)
        if len(made) < 2:
            return {}
        first = {question.name: question for question in made[0].questions}
        return {
            name: {
                size.size: next(q for q in size.questions if q.name == name).median(OURS, "p50")
                / question.median(OURS, "p50")
                for size in made[1:]
            }
            for name, question in first.items()
        }

    def asked_growth(self) -> dict[str, dict[str, str]]:
        """By question whose answer is worked out, and size: our database hits."""
        return {
            one.name: {
                size.size: next((f"{q.hits:,}" for q in size.asked if q.name == one.name and not q.refused), "")
                for size in self.sizes
            }
            for one in self.sizes[0].asked
        }


def _nodes(size: SizeResult) -> int:
    return size.nodes
