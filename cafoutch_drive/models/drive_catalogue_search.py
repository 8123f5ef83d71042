from odoo import api, models

from ..tools.word_index import Found, WordIndex


class DriveCatalogue(models.AbstractModel):
    """Search: a word index in each process, made of the texts of the index."""

    _inherit = "drive.catalogue"

    @api.model
    def _words(self, contents):
        """Return the word index of the contents.

        Most changes of the catalogue are of prices: the word index of before, which is
        dear to make, serves again when it was made of the same texts.
        """
        if contents.words is None:
            entries = [entry.texts for entry in self._index(contents)]
            earlier = contents.earlier_words
            contents.words = earlier if earlier and earlier.entries == entries else WordIndex(entries)
        return contents.words

    @api.model
    def _find(self, contents, text):
        """Products that are meant by a text, best first.

        :return: their numbers in the index, and whether they are only near it
        :rtype: Found
        """
        return self._words(contents).find(text) if text else Found([], False)

    @api.model
    def _search_ids(self, contents, text):
        """Ids of the products that have all the words of a text, best first; for pages that
        do not say of what they show that it is only near."""
        found = self._find(contents, text)
        index = self._index(contents)
        return [] if found.is_near else [index[number].product_id for number in found.numbers]
