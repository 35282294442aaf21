"""Every question there is."""

from functools import cache

from api.questions.analysis import ANALYSIS, BROKERS, GROUPS
from api.questions.collaborators import COLLABORATIONS, COLLABORATORS
from api.questions.gaps import GAPS, PROGRESS
from api.questions.history import ALL_CHANGES, LOAD_RUNS
from api.questions.matrix import MATRIX
from api.questions.network import NETWORK
from api.questions.paths import PATHS
from api.questions.question import ROOT, Question
from api.questions.search import SEARCH
from api.questions.statements import ENTITY_STATEMENTS
from api.questions.statistics import STATISTICS
from api.questions.suggest import SUGGEST
from api.questions.suggestions import SUGGESTIONS
from api.questions.timeline import TIMELINE
from graph.modelling import Model

QUESTIONS: tuple[Question, ...] = (
    SEARCH,
    SUGGEST,
    COLLABORATORS,
    COLLABORATIONS,
    PATHS,
    NETWORK,
    MATRIX,
    TIMELINE,
    GAPS,
    PROGRESS,
    STATISTICS,
    ENTITY_STATEMENTS,
    LOAD_RUNS,
    ALL_CHANGES,
    ANALYSIS,
    BROKERS,
    GROUPS,
    SUGGESTIONS,
)

STRUCTURAL = frozenset(
    (question.name, item.name) for question in QUESTIONS for item in question.arguments if item.structural
)
"""The fields and arguments whose values shape a statement."""


@cache
def questions_of(model: Model, name: str) -> dict[str, Question]:
    """The questions that are fields of the type `name`, or of the root, by name."""
    return {
        item.name: item
        for item in QUESTIONS
        if item.on == name or (ROOT not in (name, item.on) and model.is_a(name, item.on))
    }
