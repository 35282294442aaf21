"""Which letters a text file's bytes are: told by the bytes, forced by the user, or undecided; never guessed."""

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import BinaryIO

from loaders.files import CHUNK, File

UTF_8_MARK = codecs.BOM_UTF8
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
MANY_NULS = 0.2
# RFC 3629: a letter of two, three or four bytes.
UTF_8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# What letters of DOS and old Macintosh files look like in Windows-1252: signs, capitals, foreign letters in a word.
NO_WORD = re.compile(r"[a-z](?:[‚„ˆ‰‹˜ŠŒŽŸ]|[…†‡‘“”•›¡-¬®-¶¸-ÖØ-Þ÷šœžƒ][a-z])")


class Encoding(StrEnum):
    """An encoding that a user may name, by Python's name for it."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1252 = "windows-1252"
    ISO_8859_15 = "iso-8859-15"
    CP850 = "cp850"
    MAC_ROMAN = "mac-roman"


@dataclass(frozen=True)
class Letters:
    """How a file's bytes become letters. `errors` is what Python does with bytes that are none."""

    encoding: Encoding
    marked: bool = False

    @property
    def errors(self) -> str:
        """Bytes that are not UTF-8 become lone surrogates, others the sign for a lost letter."""
        return "surrogateescape" if self.encoding is Encoding.UTF_8 else "replace"

    def __str__(self) -> str:
        """The encoding as a message names it."""
        return self.encoding + (" with a byte-order mark" if self.marked else "")


class Undecided(Exception):
    """A file's form can't be told from its bytes; the message says why and what to do."""


def detect(file: File) -> Letters:
    """The encoding of a text file. Raises OSError, and Undecided.

    A byte-order mark decides; else it is UTF-8 if all of it is; else Windows-1252 unless that makes nonsense. A file
    with letters of both is what most of them are, in which the others are faults with a place.
    """
    with file.opened() as raw:
        found = by_start(raw.read(CHUNK))
    if found is not None:
        return found
    with file.opened() as raw:
        if is_utf_8(raw):
            return Letters(Encoding.UTF_8)
    with file.opened() as raw:
        return windows_1252_or_mixed(raw)


def by_start(start: bytes) -> Letters | None:
    """The encoding that a file's first bytes tell, if they do. Raises Undecided."""
    if start.startswith(UTF_8_MARK):
        return Letters(Encoding.UTF_8, marked=True)
    if start.startswith(UTF_32_MARKS):
        raise Undecided("The file is UTF-32: save it as UTF-8.")
    if start.startswith(UTF_16_MARKS):
        return Letters(Encoding.UTF_16, marked=True)
    if start.count(0) > MANY_NULS * len(start):
        raise Undecided("It looks like UTF-16 without a byte-order mark: give --encoding utf-16-le or utf-16-be.")
    return None


def is_utf_8(raw: BinaryIO) -> bool:
    """Whether all bytes are UTF-8; ASCII is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in iter(partial(raw.read, CHUNK), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def windows_1252_or_mixed(raw: BinaryIO) -> Letters:
    """The encoding of a file that is not wholly UTF-8. Raises Undecided."""
    utf_8 = other = 0
    for number, line in enumerate(iter(partial(raw.readline, CHUNK), b""), 1):
        if line.isascii():
            continue
        rest, letters = UTF_8_LETTER.subn(b"", line)
        utf_8 += letters
        other += sum(byte >= 0x80 for byte in rest)
        text = line.decode("cp1252", "replace")
        strange = None if utf_8 else NO_WORD.search(text) or re.search("\ufffd", text)
        if strange:
            around = text[max(strange.start() - 10, 0) : strange.end() + 10].strip()
            raise Undecided(
                f"Line {number} is not UTF-8, and {around!r} in windows-1252: save the file as CSV UTF-8, or give "
                "--encoding with what it was saved in (cp850 for old DOS programs, mac-roman for old Macintosh ones)."
            )
    return Letters(Encoding.UTF_8 if utf_8 >= other else Encoding.WINDOWS_1252)
