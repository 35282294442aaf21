"""Texts as people look for them: without regard to case, accents and punctuation."""

import re
import unicodedata

LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})
"""Letters that Unicode does not take apart, as Lucene's ASCIIFoldingFilter writes them."""
WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """A text in small letters without accents: `Één` → `een`."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.casefold().translate(LETTERS)


def words(text: str) -> list[str]:
    """The words of a text, folded: `MKB-Nederland` → `mkb`, `nederland`."""
    return WORD.findall(folded(text))
