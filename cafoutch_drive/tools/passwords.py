"""Which passwords are guessed first (OWASP ASVS 5.0, 6.2.4, 6.2.11 and 6.2.12)."""

import re
import unicodedata

try:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS
except ImportError:
    FREQUENCY_LISTS = {"passwords": ()}

# Breached passwords, the most frequent ones: thirty thousand, in lower case.
COMMON = frozenset(FREQUENCY_LISTS["passwords"])
# What anybody who guesses at a drive tries, whatever its name.
WORDS_OF_A_DRIVE = ("cafoutch", "drive", "odoo", "coop", "panier", "epicerie")
# Letters beyond the words that everybody knows, without which a password is one of them.
LETTERS_OF_ONES_OWN = 4


def is_guessed_first(password, known=()):
    """Whether a password is among the common ones, or little more than words that a stranger
    knows: "Camille13!".

    :param known: texts that others know of whoever chooses it: their name, the shop's
    """
    if password.lower() in COMMON:
        return True
    rest = _letters(password)
    words = {word for text in (*known, *WORDS_OF_A_DRIVE) for word in _letters(text).split() if len(word) > 2}
    # The longest first: a name may begin with another.
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest.replace(" ", "")) < LETTERS_OF_ONES_OWN and rest != _letters(password)


def _letters(text):
    """The words of a text, without accents, capitals, figures and signs."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[\W\d_]+", " ", plain).strip()
