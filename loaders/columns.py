"""Which columns a file may have, by heading: each belongs to a property of the model or to a link's ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph.modelling import Kind, Model, NodeType, Property

LINKS = "links"
FROM, TYPE, TO = "from_id", "type", "to_id"
LATITUDE, LONGITUDE = "latitude", "longitude"


@dataclass(frozen=True)
class Column:
    """One column: its own heading, others that mean the same, and the property it is (a part) of, if any."""

    heading: str
    required: bool
    property: Property | None = None
    other_headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """What a file of one node type, or of links (`type` is None), may have in it."""

    type: NodeType | None
    columns: tuple[Column, ...]

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        """Each column by every heading it may have, in small letters."""
        return {
            heading.lower(): column for column in self.columns for heading in (column.heading, *column.other_headings)
        }


def layouts(model: Model) -> dict[str, Layout]:
    """The layout of every file there may be, by the name it begins with: each type's plural, and `links`."""
    ends = tuple(Column(heading, required=True) for heading in (FROM, TYPE, TO))
    of_links = (item for link in model.links for item in link.properties)
    every = {
        LINKS: Layout(None, (*ends, *columns(dict.fromkeys((*of_links, *model.link_properties))))),
    }
    for node in model.nodes:
        every[node.plural] = Layout(node, tuple(columns(model.properties_of(node.name))))
    return every


def columns(properties: Iterable[Property]) -> Iterable[Column]:
    """The columns in which properties are stated: one each, but two for a point."""
    for item in properties:
        if item.kind is Kind.POINT:
            yield Column(LATITUDE, item.required, item)
            yield Column(LONGITUDE, item.required, item)
        else:
            yield Column(item.column, item.required, item, item.headings)


def layout_name(path: Path, names: Iterable[str]) -> str | None:
    """Which of `names` a file is: `partners.csv` and `partners_north.csv` are both `partners`."""
    stem = path.stem.lower()
    fitting = [name for name in names if stem == name or stem.startswith(f"{name}_")]
    return max(fitting, key=len, default=None)
