"""What a register says of one organisation, before it is known which of ours that is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from graph.matching import Profile
from loaders.files import File
from loaders.problems import Place, Problem


class RecordLink(NamedTuple):
    """A link from one record of a register to another, by their keys."""

    from_key: str
    type: str
    to_key: str


@dataclass(frozen=True)
class Record:
    """One organisation in a register.

    `key` tells it from the register's others for ever: an identifier of its own. `cells` are what it fills in, by
    column, as files state them. `source` is the address of the page that says so, `region` the province's name.
    """

    key: str
    place: Place
    profile: Profile
    cells: Mapping[str, str]
    source: str
    region: str = ""
    links: Sequence[RecordLink] = field(default=())


class Read(Protocol):
    """How the file of a register is read: it gives its records, and adds what is wrong to `problems`."""

    def __call__(self, file: File, problems: list[Problem]) -> Iterator[Record]:
        """The records of a file. Raises OSError."""
        ...


@dataclass(frozen=True)
class Register:
    """A register, the ending of its files' names, and how they are read."""

    name: str
    suffix: str
    read: Read
