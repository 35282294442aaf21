"""The step between reading and checking: who is who, in lists without ids and in registers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from graph.database import Database
from graph.decisions import Decisions, ask, read_decisions
from graph.modelling import Model
from loaders.identify import identify, list_type
from loaders.organisations import organisations
from loaders.read import Options, Reading, read
from loaders.record import Register
from loaders.registers import RegisterReader
from loaders.resolve import NOTHING, Resolution


@dataclass(frozen=True)
class Matched:
    """What was read, with an id in every row of an organisation; and what was found of those that had none.

    `meant` tells, by file, what its records are taken for: where that changes, the file states something else.
    """

    reading: Reading
    resolution: Resolution
    meant: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Matching:
    """How records without ids are matched.

    People's decisions and the questions that are open stand in `folder`; None where nobody is asked. The files are
    those of a `register`, or else of our own form.
    """

    folder: Path | None = None
    register: Register | None = None

    def read(
        self,
        database: Database | None,
        model: Model,
        paths: Sequence[Path | str],
        progress: Progress,
        options: Options,
    ) -> Matched:
        """Read files. Never raises for what is wrong with them: it is in the reading. Raises BadDecision."""
        decisions = read_decisions(self.folder) if self.folder else Decisions()
        if self.register is not None:
            known = organisations(database, model)
            reading, resolution = RegisterReader(self.register, options.settings, progress).read(
                paths, known, decisions
            )
            meant = f"{self.register.name} {sorted(resolution.same.items())}"
            return Matched(reading, resolution, {file.name: meant for file in reading.files})
        reading = read(paths, model, progress, options)
        lists = [table for table in reading.tables if list_type(table, model)]
        if not lists:
            return Matched(reading, NOTHING)
        reading, resolution = identify(reading, organisations(database, model), decisions)
        meant = f"{sorted(resolution.same.items())} {resolution.new}"
        return Matched(reading, resolution, {file.name: meant for file in reading.files})

    def ask(self, matched: Matched) -> None:
        """Note what a person must decide before the next load. Raises BadDecision."""
        if self.folder is not None and matched.resolution.records:
            ask(self.folder, matched.resolution.questions, matched.resolution.records)
