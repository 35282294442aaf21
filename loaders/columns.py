"""Which columns a file may have, by heading: each belongs to a property of the model or to a link's ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from graph.model import COORDINATES, FOREIGN_ID, ID, LINK_ENDS, LINKS_FILE, ORGANISATION
from graph.modelling import Heading, Kind, Model, NodeType, Property

LINKS = "links"
FROM, TYPE, TO = (end.name for end in LINK_ENDS)
FOREIGN = FOREIGN_ID.name
LATITUDE, LONGITUDE = (part.name for part in COORDINATES)


@dataclass(frozen=True)
class Column:
    """One column: its own heading, others that mean the same, and the property it is (a part) of, if any."""

    heading: str
    description: str
    required: bool
    property: Property | None = None
    other_headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """What a file of one node type, or of links (`type` is None), may have in it."""

    type: NodeType | None
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """What a file of it is called."""
        return self.type.plural if self.type else LINKS

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        """Each column by every heading it may have, simplified."""
        return {
            simplified(heading): column
            for column in self.columns
            for heading in (column.heading, *column.other_headings)
        }

    def column(self, heading: str) -> Column | None:
        """The column that a file calls so."""
        return self.by_heading.get(simplified(heading))


def layouts(model: Model) -> dict[str, Layout]:
    """The layout of every file there may be, by each name it may begin with: a type's plural, or `links`."""
    ends = (given(end, required=True) for end in LINK_ENDS)
    of_links = (item for link in model.links for item in link.properties)
    links = Layout(None, (*ends, *columns(dict.fromkeys((*of_links, *model.link_properties)))))
    every: dict[str, Layout] = dict.fromkeys((LINKS, *LINKS_FILE), links)
    for node in model.nodes:
        layout = Layout(node, tuple(node_columns(model, node)))
        every |= dict.fromkeys((node.plural, *node.file_names), layout)
    return every


def node_columns(model: Model, node: NodeType) -> Iterator[Column]:
    """The columns of a type. Organisations may do without ids: who they are is then found out from the rest."""
    found = columns(model.properties_of(node.name))
    if not model.is_a(node.name, ORGANISATION):
        yield from found
        return
    for column in found:
        yield replace(column, required=column.required and column.property is not ID)
    yield given(FOREIGN_ID, required=False)


def columns(properties: Iterable[Property]) -> Iterator[Column]:
    """The columns in which properties are stated: one each, but two for a point."""
    for item in properties:
        if item.kind is Kind.POINT:
            yield from (given(part, required=item.required, of=item) for part in COORDINATES)
        else:
            yield Column(item.column, item.description, item.required, item, item.headings)


def given(heading: Heading, *, required: bool, of: Property | None = None) -> Column:
    """The column of a heading that the model gives."""
    return Column(heading.name, heading.description, required, of, heading.others)


def simplified(heading: str) -> str:
    """A heading or name by its letters and digits alone: `Korte naam` and `korte_naam` are the same."""
    return "_".join(re.findall(r"[^\W_]+", heading.lower()))


def layout_name(title: str, names: Iterable[str]) -> str | None:
    """Which of `names` a file's or sheet's name means: `partners_north` and `Partners (north)` are both `partners`."""
    stem = simplified(title)
    fitting = [name for name in names if stem == name or stem.startswith(f"{name}_")]
    return max(fitting, key=len, default=None)
