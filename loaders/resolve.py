"""Is this the organisation that we already know? Records without a known id, decided one by one and all together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.decisions import Decisions, Question
from graph.matching import Index, Match, Profile, Verdict

MOST_ASKED = 5
"""As many organisations as a person is asked to choose from."""


@dataclass(frozen=True)
class Incoming:
    """A record of a list or register: what it is called for ever, and what it says of an organisation.

    `own_id` is the id that it gets, and had in an earlier load, where it is none that was known before it; empty for
    a register's, which only fills in what is known.
    """

    record: str
    profile: Profile
    own_id: str = ""


@dataclass(frozen=True)
class Resolution:
    """Which organisation each record is, by record; what has to be asked; and which records are of none we know."""

    same: Mapping[str, str]
    questions: tuple[Question, ...]
    new: tuple[str, ...]

    @property
    def records(self) -> frozenset[str]:
        """All records."""
        return frozenset((*self.same, *self.new, *(question.record for question in self.questions)))


NOTHING = Resolution({}, (), ())


def resolve(incoming: Sequence[Incoming], known: Index, decisions: Decisions) -> Resolution:
    """Decide of each record. What people decided comes first; two records never become one organisation unasked."""
    same: dict[str, str] = {}
    new: list[str] = []
    questions: list[Question] = []
    certain: dict[str, list[tuple[Match, Incoming]]] = defaultdict(list)
    for item in incoming:
        settled = next((at for at in (decisions.same.get(item.record, ""), item.own_id) if at in known), None)
        if settled is not None:
            same[item.record] = settled
            continue
        matches = [
            match for match in known.matches(item.profile) if (item.record, match.known.id) not in decisions.different
        ]
        sure = [match for match in matches if match.verdict is Verdict.CERTAIN]
        if len(sure) == 1:
            certain[sure[0].known.id].append((sure[0], item))
        elif matches:
            questions.append(question(item, matches))
        else:
            new.append(item.record)
    for known_id, claims in certain.items():
        claims.sort(key=lambda claim: -claim[0].score)
        best, *others = claims
        alone = known_id not in same.values() and not (others and others[0][0].score == best[0].score)
        if alone:
            same[best[1].record] = known_id
        questions.extend(question(item, [match]) for match, item in (others if alone else claims))
    return Resolution(same, tuple(questions), tuple(new))


def question(item: Incoming, matches: Sequence[Match]) -> Question:
    """What a person is asked of a record."""
    return Question(item.record, item.profile, tuple(matches[:MOST_ASKED]))
