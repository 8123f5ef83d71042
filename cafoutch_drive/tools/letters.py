"""How a basket of a batch is told from its neighbours: a letter, with a colour and a
shape that go with it, so that nobody has to tell colours apart."""

COLOURS = ("blue", "orange", "green", "purple", "red", "yellow", "teal", "pink")
SHAPES = ("circle", "square", "triangle", "diamond", "star", "hexagon", "cross", "heart")
# Drawn in a square of 48, the letter in the middle of each; as in mark.js, for paper.
PATHS = {
    "circle": "M24 2a22 22 0 1 0 .1 0z",
    "square": "M8 4h32a4 4 0 0 1 4 4v32a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z",
    "triangle": "M24 1 47 45H1z",
    "diamond": "M24 0 48 24 24 48 0 24z",
    "star": "m24 0 7 13 15-1-8 12 8 12-15-1-7 13-7-13-15 1 8-12-8-12 15 1z",
    "hexagon": "M13 3h22l12 21-12 21H13L1 24z",
    "cross": "M14 1h20v13h13v20H34v13H14V34H1V14h13z",
    "heart": "M24 47C8 36 1 27 1 16a12 12 0 0 1 23-5 12 12 0 0 1 23 5c0 11-7 20-23 31z",
}
# A triangle is widest at its foot.
LOW = {"triangle": 39}
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


def mark_drawing(letter, shape):
    """What of a mark is printed: ``{letter, path, baseline}``, black on white; an empty
    letter outside a batch."""
    return {"letter": letter, "path": PATHS.get(shape, ""), "baseline": LOW.get(shape, 32)}
