from datetime import timezone


def milliseconds(moment):
    """A naive UTC datetime as JavaScript counts; what is none stays as it is."""
    return moment and int(moment.replace(tzinfo=timezone.utc).timestamp() * 1000)
