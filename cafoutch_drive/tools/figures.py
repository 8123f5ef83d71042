"""Money and quantities as people of a language write them.

Odoo's formatters read the language and the currency again for each number; a
page shows a hundred of them.
"""

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
# Between two hours, which then stay on one line.
UNTIL = "\N{NON-BREAKING HYPHEN}"


class Figures:
    """Writes numbers in the language of an environment.

    It outlives the request that made it: nothing of the environment is kept.
    """

    def __init__(self, env, currency):
        """
        :param env: environment whose language is used
        :param currency: ``res.currency`` of the amounts
        """
        lang = env["res.lang"]._get_data(code=env.lang or "en_US")
        self.currency_name = currency.name
        self._point = lang.decimal_point or "."
        self._thousands = lang.thousands_sep or ""
        self._digits = currency.decimal_places
        self._before = currency.position == "before"
        self._symbol = currency.symbol

    def money(self, amount, digits=None):
        """An amount with its currency, such as "12,50 €"."""
        text = f"{amount:,.{self._digits if digits is None else digits}f}"
        text = self._localized(text)
        if self._before:
            return f"{self._symbol}{NBSP}{text}"
        return f"{text}{NBSP}{self._symbol}"

    def signed(self, amount):
        """An amount that may be one to pay back, such as "−12,50 €"."""
        return f"{MINUS if amount < 0 else ''}{self.money(abs(amount))}"

    def number(self, value, digits=3):
        """A quantity without idle zeros, such as "1,5" or "3"."""
        text = f"{value:,.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return self._localized(text)

    def field(self, value):
        """A quantity as a field has it: it is read again, and "1,000" would be one."""
        return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", self._point)

    def _localized(self, text):
        marks = {",": self._thousands, ".": self._point}
        return "".join(marks.get(sign, sign) for sign in text)
