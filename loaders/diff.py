"""What files state, compared with what the graph holds: only the difference has to be written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.model import SOURCES
from graph.provenance import FORMER_STATEMENTS, STATEMENTS, WITHDRAWN_ON, Statement, statement
from loaders.agree import agreed, texts
from loaders.check_links import Rule
from loaders.facts import Action, Change, Fact, Key, Present
from loaders.known import Known
from loaders.present import Graph, Read, batches
from loaders.report import Count
from loaders.sources import SOURCE, URL

BATCH = 5_000
NODE = ("", "")
UNCHANGED = "unchanged"
OUTCOMES = {Action.ADDED: "added", Action.RESTORED: "added", Action.CHANGED: "changed", Action.WITHDRAWN: "withdrawn"}


@dataclass(frozen=True)
class Origin:
    """Where the facts of a load come from: the file of each table, the files that are read, the run and its day."""

    files: Sequence[str]
    read: frozenset[str]
    run: int
    today: str

    def reads(self, word: Statement) -> bool:
        """Whether the load reads the file of a statement, or the workbook of which it is a sheet."""
        return word.file in self.read or word.file.split("#")[0] in self.read


def differing(stated: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """The stated values that are not there, None for those that must go."""
    return {name: value for name, value in stated.items() if there.get(name) != value}


class Diff:
    """The changes that make the graph hold what files state, counted by type."""

    def __init__(self, graph: Graph, by_name: Mapping[str, Rule], known: Known, origin: Origin) -> None:
        model = graph.model
        self._graph = graph
        self._rules = by_name
        self._known = known
        self._origin = origin
        self._names = {node.name: names(model.properties_of(node.name)) for node in model.nodes}
        self._names |= {link.name: names(model.properties_of_link(link)) for link in model.links}
        self._tally: Counter[tuple[str, str]] = Counter()
        self._restored: set[str] = set()

    @property
    def counts(self) -> dict[str, Count]:
        """How much is different, by type."""
        by_type: dict[str, dict[str, int]] = defaultdict(dict)
        for (name, outcome), number in self._tally.items():
            by_type[name][outcome] = number
        return {name: Count(**numbers) for name, numbers in by_type.items()}

    def nodes(self, facts: Iterable[Fact], read: Read) -> Iterator[Change]:
        """What changes of the nodes that rows state, and the Sources that cells called for."""
        for batch in batches(facts, BATCH):
            present = self._graph.nodes([fact.key.id for fact in batch], read)
            for fact in batch:
                yield from self._told(fact, NODE, present.get(fact.key.id), rivals=())
        for url, made in sorted(self._known.sources.new.items()):
            self._tally[SOURCE, OUTCOMES[Action.ADDED]] += 1
            yield Change(Action.ADDED, Key("", made), SOURCE, NODE, {}, {URL: url})

    def links(self, facts: Iterable[Fact], read: Read, *, rehearsal: bool) -> Iterator[Change]:
        """What changes of the links that rows state, and of those that must make way for them."""
        for batch in batches(facts, BATCH):
            ends = {fact.key: self._ends(fact.key) for fact in batch}
            # What a rehearsal restores is still closed in the graph.
            present = self._graph.links(ends, read, self._restored if rehearsal else ())
            rivals = self._rivals(ends, read)
            for fact in batch:
                at = rivals.get(fact.key, ())
                yield from self._told(fact, ends[fact.key], present.get(fact.key), rivals=at)

    def restored_links(self, read: Read) -> Iterator[Change]:
        """The links of nodes that are current again, which are still stated."""
        seen: set[Key] = set()
        for ids in batches(sorted(self._restored), BATCH):
            found = [link for link in self._graph.links_of(ids, read, closed=True) if link[2].values.get(STATEMENTS)]
            ends = {end for key, _, _ in found for end in (key.id, key.to_id)}
            closed = self._graph.closed_nodes(sorted(ends - self._restored), read)
            rivals = self._rivals({key: types for key, types, _ in found}, read)
            for key, types, present in found:
                if key not in seen and key not in rivals and closed.isdisjoint((key.id, key.to_id)):
                    seen.add(key)
                    yield self._change(Action.RESTORED, key, types, present, reopened(present))

    def withdrawn(self, key: Key, types: tuple[str, str], present: Present) -> Change:
        """What changes of a fact that files which are read now stated before, and don't state any more."""
        old = self.statements(present)
        kept = [word for word in old if not self._origin.reads(word)]
        if kept:
            values = self._differing(key, present, agreed(kept) if len(kept) > 1 else dict(kept[0].values or {}))
            return self._change(Action.CHANGED, key, types, present, {**values, STATEMENTS: list(texts(kept))})
        if key.link == "" and present.type == SOURCE:
            return self._change(Action.CHANGED, key, types, present, {STATEMENTS: None})
        action = Action.CHANGED if present.closed else Action.WITHDRAWN
        return self._change(action, key, types, present, self._closed(present))

    def closed_with_its_node(self, key: Key, types: tuple[str, str], present: Present) -> Change:
        """What changes of a link whose node is closed, though files state it yet."""
        return self._change(Action.WITHDRAWN, key, types, present, {WITHDRAWN_ON: self._origin.today})

    def statements(self, present: Present) -> list[Statement]:
        """Who states a fact, each statement with its values."""
        return with_values(present.values.get(STATEMENTS) or (), present, self._names[present.type])

    # ---- one fact ----

    def _told(
        self, fact: Fact, types: tuple[str, str], present: Present | None, rivals: Iterable[tuple[Key, Present]]
    ) -> Iterator[Change]:
        """What changes because rows state a fact."""
        values, words = self._together(fact, present)
        if present is None:
            after = {name: value for name, value in values.items() if value is not None}
            replaced = list(self._replaced(rivals, types))
            outcome = OUTCOMES[Action.CHANGED if replaced else Action.ADDED]
            self._tally[fact.type, outcome] += 1
            yield from replaced
            yield Change(Action.ADDED, fact.key, fact.type, types, {}, {**after, STATEMENTS: list(words)})
            return
        after = self._differing(fact.key, present, values)
        before: list[str] = present.values.get(STATEMENTS) or []
        if list(words) != before:
            after[STATEMENTS] = list(words)
        rivals = list(rivals)
        # A link that made way for another one stays closed until a file states it anew.
        if present.closed and not (rivals and not after):
            yield from self._replaced(rivals, types)
            if not fact.key.link:
                self._restored.add(fact.key.id)
            yield self._change(Action.RESTORED, fact.key, types, present, {**after, **reopened(present)})
        elif not after or present.closed:
            self._tally[fact.type, UNCHANGED] += 1
        elif set(after) == {STATEMENTS} and [without_row(text) for text in before] == [*map(without_row, words)]:
            self._tally[fact.type, UNCHANGED] += 1
            yield self._change(Action.MOVED, fact.key, types, present, after)
        else:
            yield self._change(Action.CHANGED, fact.key, types, present, after)

    def _together(self, fact: Fact, present: Present | None) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The values of a fact of which rows and files that are not read now tell, and its statements' texts."""
        origin = self._origin
        if present is None and len(fact.stated) == 1:
            stated = fact.stated[0]
            return dict(stated.values), (f"{origin.files[stated.table]}|{stated.row}|{origin.run}",)
        old = self.statements(present) if present else []
        before = {word.file: word for word in old if origin.reads(word)}
        if present and not old:
            former = with_values(present.values.get(FORMER_STATEMENTS) or (), present, self._names[present.type])
            before = {word.file: word for word in former}
        # What was in the graph before any file stated it is left alone.
        adopted = own(present, self._names[fact.type]) if present and not old and not present.closed else {}
        words = [word for word in old if not origin.reads(word)]
        for stated in fact.stated:
            file = origin.files[stated.table]
            mine = before.get(file)
            values = {**(mine.values or {} if mine else adopted), **stated.values}
            same = mine is not None and not differing(values, mine.values or {})
            words.append(Statement(file, stated.row, mine.run if mine and same else origin.run, values))
        if len(words) == 1:
            return dict(words[0].values or {}), texts(words)
        dated = self._dated(words)
        return agreed(dated), texts(dated)

    def _dated(self, words: Sequence[Statement]) -> list[Statement]:
        """Statements with the newest day on which one of their sources was read."""
        cited = sorted({source for word in words for source in (word.values or {}).get(SOURCES.name) or ()})
        days = self._known.retrieved(cited)
        made: list[Statement] = []
        for word in words:
            values = {name: value for name, value in (word.values or {}).items() if value is not None}
            mine = (days[source] for source in values.get(SOURCES.name, ()) if source in days)
            made.append(Statement(word.file, word.row, word.run, values, max(mine, default=None)))
        return made

    def _differing(self, key: Key, present: Present, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values that are not those in the graph, None for those that no file states any more."""
        gone = dict.fromkeys(own(present, self._names[present.type]).keys() - values.keys())
        return differing({**gone, **values}, present.values)

    def _change(
        self, action: Action, key: Key, types: tuple[str, str], present: Present, after: dict[str, Any]
    ) -> Change:
        """A change of what is there, counted."""
        if action in OUTCOMES and not (action is Action.CHANGED and present.closed):
            self._tally[present.type, OUTCOMES[action]] += 1
        before = {name: present.values.get(name) for name in after}
        stays_closed = present.closed and action in (Action.CHANGED, Action.MOVED)
        return Change(action, key, present.type, types, before, after, stays_closed)

    def _closed(self, present: Present) -> dict[str, Any]:
        """What a fact has when it is closed since no file states it any more."""
        closing = {STATEMENTS: None, FORMER_STATEMENTS: present.values.get(STATEMENTS)}
        return closing if present.closed else {**closing, WITHDRAWN_ON: self._origin.today}

    # ---- links of which a node has one only ----

    def _ends(self, key: Key) -> tuple[str, str]:
        return self._known.type_of(key.id) or "", self._known.type_of(key.to_id) or ""

    def single_end(self, key: Key, types: tuple[str, str]) -> str | None:
        """Which end (`id` or `to_id`) has this link only of its type, if one has."""
        rule = self._rules[key.link]
        return "id" if types in rule.only_from else "to_id" if types in rule.only_to else None

    def _rivals(self, ends: Mapping[Key, tuple[str, str]], read: Read) -> dict[Key, list[tuple[Key, Present]]]:
        """The current links that stand where only another one may, by that other one."""
        found: dict[Key, list[tuple[Key, Present]]] = {}
        for end in ("id", "to_id"):
            single = {key: types for key, types in ends.items() if self.single_end(key, types) == end}
            at = self._graph.links_at(single, read, outgoing=end == "id") if single else {}
            for key in single:
                others = at.get((key.link, key.id if end == "id" else key.to_id), [])
                if rivals := [other for other in others if other[0] != key]:
                    found[key] = rivals
        return found

    def _replaced(self, rivals: Iterable[tuple[Key, Present]], types: tuple[str, str]) -> Iterator[Change]:
        """The closing of links that make way: that is told as a change of the one that comes."""
        for key, present in rivals:
            kept = [word for word in self.statements(present) if not self._origin.reads(word)]
            after: dict[str, Any] = {WITHDRAWN_ON: self._origin.today}
            if not kept:
                after |= self._closed(present)
            elif len(kept) < len(present.values.get(STATEMENTS) or ()):
                after[STATEMENTS] = list(texts(kept))
            yield Change(
                Action.WITHDRAWN, key, key.link, types, {name: present.values.get(name) for name in after}, after
            )


def names(properties: Iterable[Any]) -> frozenset[str]:
    """The names of properties, but for the id."""
    return frozenset(item.name for item in properties if item.name != "id")


def own(present: Present, of: frozenset[str]) -> dict[str, Any]:
    """The values of a fact that are of the model."""
    return {name: value for name, value in present.values.items() if name in of}


def with_values(words: Iterable[str], present: Present, of: frozenset[str]) -> list[Statement]:
    """Statements, each with its values: the fact's own where it has none of its own."""
    made: list[Statement] = []
    for text in words:
        word = statement(text)
        values = own(present, of) if word.values is None else word.values
        made.append(Statement(word.file, word.row, word.run, values, word.retrieved_on))
    return made


def reopened(present: Present) -> dict[str, Any]:
    """What a closed fact loses when it is current again."""
    return {name: None for name in (WITHDRAWN_ON, FORMER_STATEMENTS) if name in present.values}


def without_row(text: str) -> list[str]:
    """A statement's text but for the row."""
    file, _, *more = text.split("|", 2)
    return [file, *more]
