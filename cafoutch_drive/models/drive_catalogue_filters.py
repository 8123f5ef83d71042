from collections import Counter
from typing import NamedTuple
from urllib.parse import urlencode

from odoo import api, models

from ..tools.csv_table import plain

# Values of one filter that a page offers: those with the most products.
VALUES_OFFERED = 40
# Values of one filter that an address may name.
VALUES_CHOSEN = 20


class Filter(NamedTuple):
    """Something by which members narrow a list."""

    name: str
    """In addresses, and in the values of an entry."""
    title: str
    mode: str
    """Of the values chosen, a product has "all", "any" or "none"."""

    def fits(self, entry, chosen):
        held = entry.values.get(self.name, ())
        if self.mode == "all":
            return all(value in held for value in chosen)
        return not chosen or (self.mode == "any") == any(value in held for value in chosen)


class Choices(NamedTuple):
    """How a member wants a list: filtered and sorted. It can be a key."""

    values: tuple[tuple[str, tuple], ...] = ()
    """By filter, what is chosen; filters without a choice are absent."""
    left: bool = False
    """Only what is left in stock."""
    sort: str = ""
    """One of ``_sorts``; empty for the list's own order."""

    def of(self, name):
        return dict(self.values).get(name, ())

    def without(self, name, value):
        kept = [(other, tuple(v for v in chosen if (other, v) != (name, value))) for other, chosen in self.values]
        return self._replace(values=tuple((other, chosen) for other, chosen in kept if chosen))

    def arguments(self):
        """What an address says of them."""
        pairs = [(name, value) for name, chosen in self.values for value in chosen]
        if self.left:
            pairs.append(("left", 1))
        if self.sort:
            pairs.append(("sort", self.sort))
        return pairs


UNFILTERED = Choices()


class DriveCatalogue(models.AbstractModel):
    """Filters of a list: what there is to choose, and what was chosen."""

    _inherit = "drive.catalogue"

    @api.model
    def _filters(self):
        """The filters of the shop; a hook for other addons, with ``_entry_values``."""
        return [
            Filter("label", self.env._("Label"), "all"),
            Filter("producer", self.env._("Producer"), "any"),
            Filter("origin", self.env._("Origin"), "any"),
        ]

    @api.model
    def _sorts(self, searching):
        """``{name: title}``, the list's own order first."""
        return {
            "": self.env._("Best match") if searching else self.env._("By shelf"),
            "name": self.env._("By name"),
            "price": self.env._("Price, lowest first"),
            "compared": self.env._("Price per kg or litre"),
            "new": self.env._("Newest first"),
        }

    @api.model
    def _read_choices(self, contents, arguments):
        """Understand what an address asks for; what is not known in the shop is ignored.

        :param arguments: ``{name: [texts]}``: anything may be in it
        :rtype: Choices
        """
        known = self._known_values(contents)
        chosen = {
            name: tuple(
                sorted({known[name][text] for text in arguments.get(name, ())[:VALUES_CHOSEN] if text in known[name]})
            )
            for name in known
        }
        sort = arguments.get("sort", [""])[0]
        return Choices(
            tuple((name, values) for name, values in chosen.items() if values),
            arguments.get("left", [""])[0] == "1",
            sort if sort in self._sorts(False) else "",
        )

    @api.model
    def _known_values(self, contents):
        """``{filter: {text in an address: value}}`` of all that is in the shop."""
        if contents.known is None:
            index = self._index(contents)
            contents.known = {
                one.name: {str(value): value for entry in index for value in entry.values.get(one.name, ())}
                for one in self._filters()
            }
        return contents.known

    @api.model
    def _fitting(self, entries, choices, but=None):
        """The entries that fit what is chosen.

        :param but: name of a filter to leave aside
        """
        active = [(one, choices.of(one.name)) for one in self._filters() if one.name != but]
        active = [(one, chosen) for one, chosen in active if chosen]
        if not active:
            return entries
        return [entry for entry in entries if all(one.fits(entry, chosen) for one, chosen in active)]

    @api.model
    def _facets(self, contents, entries, choices):
        """What can be chosen in a list, with how many products each choice would leave.

        Only what is in the list is offered, and what is chosen already.

        :param entries: of the list before it is filtered
        """
        facets = []
        for one in self._filters():
            chosen = choices.of(one.name)
            but = None if one.mode == "all" else one.name
            counts = Counter(
                value for entry in self._fitting(entries, choices, but) for value in entry.values.get(one.name, ())
            )
            offered = {value for value, _count in counts.most_common(VALUES_OFFERED)} | set(chosen)
            options = [
                {
                    "text": str(value),
                    "title": self._value_title(contents, one, value),
                    "count": counts[value],
                    "chosen": value in chosen,
                }
                for value in offered
            ]
            if options:
                options.sort(key=lambda option: plain(option["title"]))
                facets.append({"name": one.name, "title": one.title, "mode": one.mode, "options": options})
        return facets

    @api.model
    def _value_title(self, contents, one, value):
        return contents.titles.get(one.name, {}).get(value, str(value))

    @api.model
    def _chips(self, contents, path, query, choices):
        """What is chosen, each with the address of the list without it."""
        chips = []
        for one in self._filters():
            for value in choices.of(one.name):
                title = self._value_title(contents, one, value)
                if one.mode == "none":
                    title = self.env._("Without %s", title)
                chips.append((title, self._list_address(path, query, choices.without(one.name, value))))
        if choices.left:
            chips.append((self.env._("In stock"), self._list_address(path, query, choices._replace(left=False))))
        return chips

    @api.model
    def _list_address(self, path, query, choices, page=1):
        """The address of a list; it says all that makes it, so that it can be shared."""
        arguments = [("q", query)] if query is not None else []
        arguments += choices.arguments()
        if page > 1:
            arguments.append(("page", page))
        return f"{path}?{urlencode(arguments)}" if arguments else path
