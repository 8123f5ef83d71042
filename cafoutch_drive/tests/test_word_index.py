from odoo.tests import BaseCase, tagged

from ..tools.word_index import (
    BEGINNING,
    EMPTY_WORDS,
    FULLNESS,
    MOST_NEAR,
    SHORTEST_INSIDE,
    WordIndex,
    is_one_edit,
    singular,
    words_of,
)

SHELF = "Épicerie"
PRODUCTS = (
    ("Crème de marrons", "Clément Faugier", "3041090000015"),
    ("Galettes bretonnes", "Mère Poulard", "3472860008125"),
    ("Compote de pommes", "Andros", "3045320000017"),
    ("Pommes de terre", "", "2900000010161"),
    ("Chips à l’ancienne", "Lay's", "3168930000662"),
    ("Soupe à l'oignon", "Liebig", "3036811356026"),
    ("Muesli croustillant aux fruits rouges", "Bjorg", "3229820116709"),
    ("Muesli", "Bjorg", "3229820116716"),
    ("Œufs de plein air", "", "2900000030633"),
    ("Thé vert", "", "3000000000012"),
    ("Farine T65", "", "2900000040779"),
)


@tagged("post_install", "-at_install")
class TestWordIndex(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.index = WordIndex(
            [((1.0, name), (0.7, brand), (0.4, SHELF), (1.0, barcode)) for name, brand, barcode in PRODUCTS]
        )

    def _names(self, text):
        return [PRODUCTS[number][0] for number in self.index.find(text).numbers]

    def assertFirst(self, text, name):
        self.assertEqual(self._names(text)[:1], [name], text)
        self.assertFalse(self.index.find(text).is_near, text)

    def test_accents_and_capitals(self):
        for text in ("creme", "CRÈME", "crêmé"):
            self.assertFirst(text, "Crème de marrons")
        self.assertFirst("oeufs", "Œufs de plein air")
        self.assertFirst("œufs", "Œufs de plein air")

    def test_plurals(self):
        self.assertFirst("oeuf", "Œufs de plein air")
        self.assertFirst("galette bretonne", "Galettes bretonnes")
        self.assertFirst("farines", "Farine T65")
        self.assertEqual(
            [singular(word) for word in ("pommes", "choux", "riz", "gaz", "os")], ["pomme", "chou", "riz", "gaz", "os"]
        )

    def test_one_letter_wrong_less_more_or_swapped(self):
        for text in ("muesly", "musli", "mueslii", "meusli"):
            self.assertFirst(text, "Muesli")
        # Two letters wrong, or a short word: something else is meant.
        self.assertEqual(self._names("muasly"), [])
        self.assertEqual(self._names("the"), ["Thé vert"])
        self.assertEqual(self._names("tha"), [])
        self.assertEqual(self._names("2900000010162"), [])

    def test_one_edit(self):
        for typed, word in (("abcd", "abcd"), ("abcd", "abxd"), ("abcd", "abd"), ("abd", "abcd"), ("abdc", "abcd")):
            self.assertTrue(is_one_edit(typed, word), (typed, word))
        for typed, word in (("abcd", "axyd"), ("abcd", "ab"), ("abcd", "badc"), ("abcde", "abced x")):
            self.assertFalse(is_one_edit(typed, word), (typed, word))

    def test_half_words(self):
        self.assertFirst("croust", "Muesli croustillant aux fruits rouges")
        self.assertFirst("mues croust rou", "Muesli croustillant aux fruits rouges")
        # The middle of a word too, when it is long enough to mean something.
        self.assertEqual(self._names("ustill"), ["Muesli croustillant aux fruits rouges"])
        self.assertEqual(self._names("ust"), [])

    def test_brand_and_word(self):
        self.assertFirst("mere poulard galettes", "Galettes bretonnes")
        self.assertFirst("liebig soupe", "Soupe à l'oignon")
        self.assertFirst("bjorg rouge", "Muesli croustillant aux fruits rouges")

    def test_apostrophes(self):
        for text in ("soupe a l'oignon", "soupe à l’oignon", "soupe oignon"):
            self.assertFirst(text, "Soupe à l'oignon")
        for text in ("lays", "lay's", "lay’s chips"):
            self.assertFirst(text, "Chips à l’ancienne")
        self.assertEqual(words_of("Lay's d'ici"), ["lays", "lay", "d", "ici"])

    def test_barcodes(self):
        for text in ("3168930000662", "3 168930 000662", " 3168 9300 00662 "):
            self.assertEqual(self._names(text), ["Chips à l’ancienne"])
        self.assertEqual(self._names("31689300"), ["Chips à l’ancienne"])
        self.assertFirst("farine t65", "Farine T65")
        # Its parts, in another order, are another one.
        index = WordIndex([((1.0, "3000662168930"),), ((1.0, "3168930000662"),)])
        self.assertEqual(index.find("3 168930 000662").numbers, [1])

    def test_the_best_comes_first(self):
        # The name before what is told about it, and the name of which most was typed.
        self.assertEqual(self._names("muesli"), ["Muesli", "Muesli croustillant aux fruits rouges"])
        self.assertEqual(self._names("pomme"), ["Pommes de terre", "Compote de pommes"])
        self.assertEqual(self._names("bjorg"), ["Muesli", "Muesli croustillant aux fruits rouges"])
        self.assertEqual(len(self._names("epicerie")), len(PRODUCTS))
        index = WordIndex([((1.0, "dark jam"), (0.4, "rye")), ((1.0, "dark rye"),)])
        self.assertEqual(index.find("rye").numbers, [1, 0])
        # A plural before a letter that is wrong.
        index = WordIndex([((1.0, "bio poives"),), ((1.0, "bio poire"),)])
        self.assertEqual(index.find("poires").numbers, [1, 0])

    def test_what_holds_most_of_the_words_is_near(self):
        found = self.index.find("muesli croustillant zzzz")
        self.assertTrue(found.is_near)
        self.assertEqual([PRODUCTS[number][0] for number in found.numbers], ["Muesli croustillant aux fruits rouges"])
        self.assertEqual(self.index.find("zzzz"), ([], False))
        # Less than half of them is chance.
        self.assertEqual(self.index.find("muesli zzzz yyyy"), ([], False))
        many = WordIndex([((1.0, f"Jam {number}"),) for number in range(3 * MOST_NEAR)])
        self.assertEqual(len(many.find("jam zzzz").numbers), MOST_NEAR)

    def test_anything_may_be_typed(self):
        for text in ("", " ", "🍎", "'", "%", "l'", "<b>", "\0", "٣" * 12, "²" * 9, "a " * 5000, "x" * 10000):
            self.assertFalse(self.index.find(text).is_near, text[:20])
        self.assertIn("Pommes de terre", self._names("de"))
        words = [f"word{number}x" for number in range(12)]
        index = WordIndex([((1.0, " ".join(words)),)])
        self.assertEqual(index.find(" ".join([*words[:10], "zzzz"])), ([0], False))
        self.assertEqual(self._names("d'la oignon"), ["Soupe à l'oignon"])

    def test_it_finds_what_looking_at_every_word_would(self):
        """The index takes short ways to the answers of :class:`WordByWord`."""
        names = [name for name, _brand, _barcode in PRODUCTS]
        texts = [(1.0, f"{a} {b}") for a in names for b in (*names, "", "extra fin")]
        entries = [(text, (0.7, brand)) for text in texts for brand in ("Bjorg", "Lay's")]
        index, slow = WordIndex(entries), WordByWord(entries)
        whole = [text for _weight, text in texts]
        for typed in [*whole, "ste", "ries", "omme", "pommes terr", "muesly rouge", "e", "bjorg", "t65 the", "zzz"]:
            self.assertEqual(index.find(typed), slow.find(typed), typed)


class WordByWord(WordIndex):
    """Says how well entries answer in the plainest way."""

    def _best_first(self, numbers, typed, scores):
        return sorted(numbers, key=lambda number: (-self._rank(number, typed, scores), number))

    def _rank(self, number, typed, scores):
        names = [word for word in words_of(self.entries[number][0][1]) if word not in EMPTY_WORDS]
        rank = sum(score.get(number, 0.0) for score in scores) / len(scores)
        rank += FULLNESS * min(len(typed) / max(len(names), 1), 1.0) * rank
        if names and singular(names[0]) == singular(typed[0]):
            rank += BEGINNING
        return rank

    def _inside(self, word):
        return [other for other in self._words if word in other] if len(word) >= SHORTEST_INSIDE else []
