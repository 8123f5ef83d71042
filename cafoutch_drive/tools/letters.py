"""How a basket of a batch is told from its neighbours: a letter, with a colour and a
shape that go with it, so that nobody has to tell colours apart."""

COLOURS = ("blue", "orange", "green", "purple", "red", "yellow", "teal", "pink")
SHAPES = ("circle", "square", "triangle", "diamond", "star", "hexagon", "cross", "heart")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def letter_of(number):
    """``A`` for 1, ``Z`` for 26, ``AA`` for 27; empty for 0."""
    letters = ""
    while number > 0:
        number, index = divmod(number - 1, len(ALPHABET))
        letters = ALPHABET[index] + letters
    return letters


def mark_of(number):
    """The names of a colour and a shape; of 64 numbers that follow each other no two
    have the same pair."""
    turn, index = divmod(number - 1, len(COLOURS))
    return COLOURS[index], SHAPES[(index + turn) % len(SHAPES)]
