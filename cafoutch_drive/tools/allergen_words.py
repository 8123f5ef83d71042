"""Allergens in a list of ingredients: which words name one, and showing them in bold.

The law asks that they stand out in the list itself (EU 1169/2011, art. 21).
"""

import re
import unicodedata

from markupsafe import Markup

# Texts of which the answer is kept; some 200 bytes each.
TEXTS_KEPT = 50_000
# A word between underscores is one too: Open Food Facts and labels are typed that way.
_MARKED = re.compile(r"_([^_\n]{1,60})_")


class AllergenWords:
    """Finds the words of some allergens in a text, whatever its accents and capitals."""

    def __init__(self, words, others=()):
        """
        :param dict words: ``{key: iterable of words or phrases}``, in the singular
        :param others: phrases that hold such a word and name none: "lait de coco"
        """
        self._keys = {}
        self._found = {}
        for key, names in words.items():
            for name in names:
                self._keys[_singular(_fold(name)[0])] = key
        self._pattern = _pattern(self._keys, [_fold(other)[0] for other in others])

    def find(self, text):
        """The keys that a text names; remembered, as the shop's index asks for each text
        again whenever something changes."""
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= TEXTS_KEPT:
                self._found.clear()
            places = self._places(text or "")
            found = self._found[text] = frozenset(key for _begin, _end, key in places if key is not None)
        return found

    def marked(self, text):
        """The text as HTML, these words in bold; all else in it is shown as it is."""
        parts = _MARKED.split(text or "")
        # Every second part stood between underscores.
        return Markup("").join(
            Markup("<strong>%s</strong>") % part if number % 2 else self._bold(part)
            for number, part in enumerate(parts)
        )

    def _bold(self, text):
        done, html = 0, Markup("")
        for begin, end, _key in self._places(text):
            html += Markup("%s<strong>%s</strong>") % (text[done:begin], text[begin:end])
            done = end
        return html + text[done:]

    def _places(self, text):
        """Yield (begin, end, key) of each word in the text, in its order."""
        if not self._pattern:
            return
        folded, places = _fold(text)
        for match in self._pattern.finditer(folded):
            word = match["word"]
            if word is not None:
                begin, end = match.span("word")
                yield places[begin], places[end - 1] + 1, self._keys.get(_singular(word))


def _pattern(words, others):
    if not words:
        return None
    # The longest first, so that a phrase goes before the word in it; the phrases that
    # name nothing before all.
    longest = sorted(words, key=len, reverse=True)
    names = "|".join(" ".join(rf"{re.escape(part)}(?:s|x)?" for part in word.split()) for word in longest)
    nothing = "|".join(re.escape(other) for other in sorted(others, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"\b(?:(?:{nothing})\b|(?P<word>(?:{names})\b))")


def _singular(phrase):
    return " ".join(re.sub(r"[sx]$", "", part) for part in phrase.split())


def _fold(text):
    """The text without accents or capitals, and where each of its letters was."""
    letters, places = [], []
    for place, letter in enumerate(text):
        plain = unicodedata.normalize("NFKD", letter.lower().replace("œ", "oe").replace("’", "'"))
        for sign in plain:
            if not unicodedata.combining(sign):
                letters.append(sign)
                places.append(place)
    return "".join(letters), places
