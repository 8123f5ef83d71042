"""How much is run: the short form with each change, the full one by `script/test --race`.

`DRIVE_RACE_ROUNDS=3` keeps the full form to so many rounds of each race.
"""

import os

FULL = os.environ.get("DRIVE_RACE") == "full"
# Workers behind the proxy that queues; 0: one process with threads, and the queue in the client.
SERVERS = [2, 4, 0] if FULL else [4]
CROWDS = [20, 100] if FULL else [20]


def rounds(full: int) -> int:
    """How often a race is run: so often in the full form, once in the short one."""
    return min(full, int(os.environ.get("DRIVE_RACE_ROUNDS", full))) if FULL else 1
