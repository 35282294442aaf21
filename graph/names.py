"""Names of organisations and places in one normal form, and how alike two of them are."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter

from rapidfuzz import process
from rapidfuzz.distance.Levenshtein import normalized_similarity as ratio

from graph.terms import KINDS, NOISE, PHRASES, SAME, SCHOOLS

MEANING = {word: term for term, words in SAME.items() for word in (term, *words.split())}
LONG_KINDS = [word for word, term in MEANING.items() if term in KINDS and len(word) >= 8]
PHRASE = re.compile(rf"\b(?:{'|'.join(map(re.escape, PHRASES))})\b")
COMPOUND = re.compile(r"(\w{3,})(hogeschool|universiteit|ziekenhuis|umc)")
ASIDE = re.compile(r"\([^()]*\)")
FUND = re.compile(r"\b([ao]) (?:en|and) o\b")
DOTTED = re.compile(r"\b(?:\w\.){2,}")
PROVINCE_OF_CITY = re.compile(r" (?:gld|gem|lb|nb|nh|zh|ut|fr|dr|ov|gn|zld|fl)$")
CITY_NOISE = frozenset({"municipality", "gemeente", "city", "stad", "region"})

SAME_BUT_FOR_TOWN, OTHER_SCHOOL, KIND_LEFT_OUT, OTHER_KIND = 97.0, 95.0, 90.0, 50.0
SAME_WORD = 0.8
SHORTEST_MISSPELT = 5
LONGEST_ABBREVIATION = 8
LETTERS = re.compile(r"[^\W\d_]")


def plain(text: str) -> str:
    """A text in small letters without accents or marks, words parted by single spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("ø", "o")
    bare = DOTTED.sub(lambda found: found[0].replace(".", ""), bare)
    bare = re.sub(r"(?<=\w)\+(?=\s|$)", " plus", bare)
    bare = re.sub(r"['’`´]", "", re.sub(r"[&+]", " en ", re.sub(r"(?:^|\s)['’]s[- ]", " s ", bare)))
    return " ".join(re.findall(r"\w+", bare))


@dataclass(frozen=True)
class Name:
    """One of the names of an organisation, taken apart once for all comparisons."""

    text: str

    @cached_property
    def bare(self) -> str:
        """The name without what stands in brackets, unless that is all of it."""
        return ASIDE.sub(" ", self.text).strip() or self.text

    @cached_property
    def abbreviation(self) -> str:
        """The name in small letters alone where it is an abbreviation (NWO, TU/e, HvA), else empty."""
        letters = LETTERS.findall(self.bare)
        capitals = sum(letter.isupper() for letter in letters)
        short = len(letters) <= LONGEST_ABBREVIATION and " " not in self.bare
        return "".join(letters).casefold() if short and capitals >= 2 and capitals * 2 >= len(letters) else ""

    @cached_property
    def short(self) -> str:
        """What may abbreviate another name: an abbreviation, or the one word of its own (the KPZ of Hogeschool KPZ)."""
        return self.abbreviation or (self.own[0] if len(self.own) == 1 else "")

    @cached_property
    def written(self) -> str:
        """Its letters alone, to be compared with an abbreviation."""
        return self.abbreviation or plain(self.bare).replace(" ", "")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in their common meaning, without those that say nothing."""
        text = FUND.sub(r"\1o", plain(self.bare))
        text = COMPOUND.sub(r"\1 \2", PHRASE.sub(lambda found: PHRASES[found[0]], text))
        words = [meaning(word) for word in text.split()]
        return tuple(word for word in words if word not in NOISE) or tuple(words)

    @cached_property
    def sorted_words(self) -> tuple[str, ...]:
        """Its words in alphabetical order."""
        return tuple(sorted(self.words))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The words that say what sort of organisation it is."""
        return frozenset(self.words) & KINDS

    @cached_property
    def own(self) -> tuple[str, ...]:
        """The other words, which are its own."""
        return tuple(word for word in self.sorted_words if word not in KINDS)

    @cached_property
    def initials(self) -> frozenset[str]:
        """The abbreviations that its words would give: all of them, those that say something, and its own."""
        words = plain(self.bare).split()
        telling = [word for word in words if word not in NOISE]
        own = [word for word in self.words if word not in KINDS]
        return frozenset("".join(word[0] for word in some) for some in (words, telling, own) if len(some) > 1)


@lru_cache(maxsize=50_000)
def meaning(word: str) -> str:
    """The term for a word, the sort of organisation even where it is misspelt."""
    if word not in MEANING and (near := process.extractOne(word, LONG_KINDS, scorer=ratio, score_cutoff=0.88)):
        return MEANING[near[0]]
    return MEANING.get(word, word)


@lru_cache(maxsize=200_000)
def name(text: str) -> Name:
    """The name that a text is, from memory where it was taken apart before."""
    return Name(text)


def similarity(one: Name, other: Name, towns: frozenset[str] = frozenset()) -> float:
    """How alike two names are, from 0 to 100; 100 is the same name, if in another language or legal form.

    `towns` are the words of the cities in which the two are: to share those says little.
    """
    if one.sorted_words == other.sorted_words:
        return 100.0
    if not one.own or not other.own:
        return 0.0
    most = sameness_of_kind(one, other)
    if "".join(one.words) == "".join(other.words):
        return most
    left = [word for word in one.own if word not in other.initials]
    right = [word for word in other.own if word not in one.initials]
    here, there = (towns.intersection(words) for words in (left, right))
    if not (here and there) or here == there:
        left, right = ([word for word in words if word not in towns] for words in (left, right))
    if left == right:
        return min(most, SAME_BUT_FOR_TOWN) if here == there or left else 0.0
    return most * overlap(left, right)


def sameness_of_kind(one: Name, other: Name) -> float:
    """How alike two names of different sorts of organisations can be at most."""
    if one.kinds == other.kinds:
        return 100.0
    if (one.kinds ^ other.kinds) <= SCHOOLS:
        return OTHER_SCHOOL
    return OTHER_KIND if one.kinds and other.kinds else KIND_LEFT_OUT


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of letters in words that two names have in common, small misspellings allowed (soft Dice)."""
    same = set(one) & set(other)
    rest = [word for word in other if word not in same]
    shared = 2.0 * sum(map(len, same))
    for word in one:
        if word in same or len(word) < SHORTEST_MISSPELT:
            continue
        found, nearness = max(((each, alike(word, each)) for each in rest), key=itemgetter(1), default=("", 0.0))
        if nearness:
            rest.remove(found)
            shared += nearness * (len(word) + len(found))
    return shared / (sum(map(len, set(one))) + sum(map(len, set(other))))


def alike(one: str, other: str) -> float:
    """How alike two words are, from 0 to 1: 0 unless one may be a misspelling of the other."""
    if min(len(one), len(other)) < SHORTEST_MISSPELT:
        return 0.0
    return ratio(one, other, score_cutoff=SAME_WORD)


def differ_in_kind(one: Name, other: Name) -> bool:
    """Whether two names are of different sorts of organisations."""
    return sameness_of_kind(one, other) == OTHER_KIND


@lru_cache(maxsize=50_000)
def place(text: str) -> frozenset[str]:
    """The words of a city's name, in Dutch: The Hague and 's-Gravenhage are one, as are EDE GLD and Ede."""
    words = PHRASE.sub(lambda found: PHRASES[found[0]], PROVINCE_OF_CITY.sub("", plain(text))).split()
    return frozenset(MEANING.get(word, word) for word in words if word not in CITY_NOISE)


def same_place(one: str, other: str) -> bool | None:
    """Whether two cities are the same, or one a part of the other; None where one is unknown."""
    here, there = place(one), place(other)
    if not here or not there:
        return None
    return here <= there or there <= here
