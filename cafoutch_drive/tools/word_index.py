"""Finding texts by the words people type: without accents, half words, plurals, a letter wrong."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import takewhile
from typing import NamedTuple

from .csv_table import plain

# Words that say nothing about an article, in the languages of the shop; "the" is tea.
EMPTY_WORDS = frozenset(
    ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "un", "une", "with", "and"]
)
# How well a word of a text answers one that was typed.
SAME, PLURAL, BEGINS, ALMOST, INSIDE = 1.0, 0.95, 0.8, 0.6, 0.4
# One wrong letter in a shorter word makes another word; half of it is in most words.
SHORTEST_MISSPELT = 4
SHORTEST_INSIDE = 4
# A text of which most was asked for is what was meant: "muesli", not "muesli bar".
FULLNESS = 0.5
# A name that begins with the first word that was typed.
BEGINNING = 0.2
BARCODE_DIGITS = 8
# Nobody types more, and each word costs.
MOST_WORDS = 10
# Texts that lack some of the words are a help when they are few.
MOST_NEAR = 24


class Found(NamedTuple):
    numbers: list[int]
    """Of the entries, best first."""
    is_near: bool
    """Nothing has all the words: these have most of them."""


def words_of(text):
    """The words of a text, plain; "Lay's" is found as "lay's" and as "lays"."""
    joined = re.sub(r"(\w+)['’]s\b", r"\1s \1", text)
    return re.findall(r"[a-z0-9]+", plain(joined))


def singular(word):
    """A word without the ending of its plural, as far as letters tell."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def is_one_edit(typed, word):
    """Whether one letter more, less, other or swapped with its neighbour makes one of the other."""
    if abs(len(typed) - len(word)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word)))
    a, b = typed[start:], word[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def without_a_letter(word):
    yield word
    for number in range(len(word)):
        yield word[:number] + word[number + 1 :]


class WordIndex:
    """Texts of several weights, found by words. It does not change once it is made.

    :param entries: for each text that can be found, pairs of a weight (1.0 for its
        name, which comes first, less for what is told about it) and a string
    """

    def __init__(self, entries):
        self.entries = entries
        # word: {number of the entry: weight}
        self._holders = defaultdict(dict)
        names = [self._add(number, parts) for number, parts in enumerate(entries)]
        self._lengths = [len(words) for words in names]
        self._firsts = [singular(words[0]) if words else None for words in names]
        self._words = sorted(self._holders)
        # One text to look for a part of a word in: a tenth of the time of word by word.
        self._text = "\n".join(["", *self._words, ""])
        # Two words that are one edit apart have a common form with a letter less. A digit
        # that is wrong makes another article.
        self._near = defaultdict(list)
        for word in self._words:
            if len(word) >= SHORTEST_MISSPELT - 1 and not word.isdigit():
                for shorter in set(without_a_letter(singular(word))):
                    self._near[shorter].append(word)

    def _add(self, number, parts):
        """Add an entry; return the words of its name."""
        names = ()
        for weight, text in parts:
            words = words_of(text)
            if not names:
                names = tuple(word for word in words if word not in EMPTY_WORDS)
            for word in words:
                holders = self._holders[word]
                holders[number] = max(weight, holders.get(number, 0.0))
        return names

    def find(self, text):
        """The entries that hold all the words of a text; when there are none, those that
        hold most of them.

        :rtype: Found
        """
        typed = self._typed(text)
        if not typed:
            return Found([], False)
        scores = [self._score(word) for word in typed]
        whole = set.intersection(*(set(score) for score in scores))
        if whole:
            return Found(self._best_first(whole, typed, scores), False)
        near = self._best_first(self._with_most(scores), typed, scores)
        return Found(near[:MOST_NEAR], bool(near))

    def _typed(self, text):
        """The words of what was typed, each once; a barcode is one word."""
        digits = re.sub(r"\s", "", text)
        if digits.isdecimal() and len(digits) >= BARCODE_DIGITS:
            return [digits]
        words = list(dict.fromkeys(words_of(text)))
        return ([word for word in words if word not in EMPTY_WORDS] or words)[:MOST_WORDS]

    def _with_most(self, scores):
        """The entries with the most words of the typed ones: half of them at least."""
        held = Counter(number for score in scores for number in score)
        most = max(held.values(), default=0)
        return [number for number, count in held.items() if count == most] if 2 * most >= len(scores) else []

    def _best_first(self, numbers, typed, scores):
        first = singular(typed[0])
        # Of ten thousand entries each step counts.
        ranks = []
        for number in numbers:
            rank = 0.0
            for score in scores:
                rank += score.get(number, 0.0)
            rank /= len(scores)
            length = self._lengths[number]
            rank += (FULLNESS * len(typed) / length if length > len(typed) else FULLNESS) * rank
            if self._firsts[number] == first:
                rank += BEGINNING
            ranks.append((-rank, number))
        return [number for _rank, number in sorted(ranks)]

    def _score(self, word):
        """How well each entry answers a word: ``{number: score}``."""
        scores = {}
        for found, likeness in self._alike(word).items():
            for number, weight in self._holders[found].items():
                score = likeness * weight
                if score > scores.get(number, 0.0):
                    scores[number] = score
        return scores

    def _alike(self, word):
        """The words that a typed one may mean: ``{word: likeness}``."""
        found = dict.fromkeys(self._inside(word), INSIDE)
        if len(word) >= SHORTEST_MISSPELT:
            found.update(self._misspelt(word))
        found.update((other, BEGINS) for other in self._beginning(word) if found.get(other) != PLURAL)
        if word in self._holders:
            found[word] = SAME
        return found

    def _misspelt(self, word):
        base = singular(word)
        for shorter in without_a_letter(base):
            for other in self._near.get(shorter, ()):
                if base == singular(other):
                    yield other, PLURAL
                elif is_one_edit(base, singular(other)):
                    yield other, ALMOST

    def _beginning(self, word):
        start = bisect_left(self._words, word)
        return takewhile(
            lambda other: other.startswith(word), (self._words[n] for n in range(start, len(self._words)))
        )

    def _inside(self, word):
        if len(word) < SHORTEST_INSIDE:
            return ()
        found = []
        place = self._text.find(word)
        while place >= 0:
            start, end = self._text.rfind("\n", 0, place) + 1, self._text.find("\n", place)
            found.append(self._text[start:end])
            place = self._text.find(word, end)
        return found
