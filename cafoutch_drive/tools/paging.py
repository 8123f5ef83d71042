"""Which pages a long list links to."""

GAP = None


def linked_pages(page, last):
    """The pages that the navigation of a list names: a handful, however long the list is.

    :param int page: the one that is read
    :param int last: how many there are
    :return: numbers in their order: the first, the last, ``page`` and those beside it; and
        ``GAP`` where some are left out
    """
    named = sorted(number for number in {1, page - 1, page, page + 1, last} if 1 <= number <= last)
    pages = []
    for before, number in zip([0, *named], named, strict=False):
        pages += [number] if number == before + 1 else [GAP, number]
    return pages
