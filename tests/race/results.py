"""What a race must hold in each round, and the table of all races at the end of a run.

Each round is judged by what everybody was answered, by what the server and PostgreSQL
logged meanwhile, and by `script/check`. In the full form an empty route is asked by the
same members at the same moments: a wait is to be read beside that one, for it says how
busy the machine was.
"""

import statistics

import postgres
from clients import Member, at_once
from extent import FULL
from support import run_check

HEADER = ("race", "server", "clients", "rounds", "exact", "5xx", "errors", "retries", "deadlocks", "busy")
HEADER += ("ms: p50", "p95", "max", "empty: p50", "p95", "max", "ratio", "empty alone p95")


class Log:
    """What a file has got since it was looked at first."""

    def __init__(self, path):
        self.path = path
        self.begin = path.stat().st_size

    def read(self):
        with open(self.path, encoding="utf-8", errors="replace") as log:
            log.seek(self.begin)
            return log.read()


class Race:
    """One race on one server, in some rounds.

    :param retries: whether Odoo may run a request again, as for the back office, which
        takes no lock of ours
    """

    def __init__(self, shop, name, clients, retries=False):
        self.shop, self.name, self.clients = shop, name, clients
        workers = shop.server.workers
        self.server = f"{workers} workers" if workers else "threads"
        self.may_retry = retries
        self.answers, self.beside, self.alone = [], [], []
        self.round = self.exact = self.retries = self.deadlocks = 0

    def rounds(self, number):
        """Yield so many times; each round is judged when it ends."""
        for _round in range(number):
            self.round += 1
            logs = Log(self.shop.log), Log(postgres.server_log())
            yield self.round
            self._judge(*[log.read() for log in logs])
            self.exact += 1

    def _judge(self, server, database):
        self.retries += server.count("tries left")
        self.deadlocks += database.count("deadlock detected")
        assert not self.deadlocks, self.say("PostgreSQL found a deadlock")
        assert self.may_retry or not self.retries, self.say("Odoo ran a request again")
        assert not self.server_errors + self.json_errors, self.say("somebody was answered with an error")
        status, printed = run_check(self.shop)
        assert (status, printed) == (0, ""), self.say(printed)

    def say(self, what):
        return f"{self.name}, round {self.round}: {what}"

    def run(self, actors, action, measured=True):
        """All actors act at once; in the full form as many ask the empty route meanwhile.

        :return: what ``action`` returned, in the order of ``actors``
        """
        if not (FULL and measured):
            results = at_once(actors, action)
        else:
            people = [actor for actor in actors if isinstance(actor, Member)]
            self.alone += at_once(people, Member.ask_nothing)
            jobs = [(Member.ask_nothing, person) for person in people] + [(action, actor) for actor in actors]
            done = at_once(jobs, lambda job: job[0](job[1]))
            self.beside += done[: len(people)]
            results = done[len(people) :]
        self.answers += [result for result in results if hasattr(result, "seconds")]
        return results

    @property
    def server_errors(self):
        return sum(answer.status >= 500 for answer in self.answers + self.beside + self.alone)

    @property
    def json_errors(self):
        return sum(not answer.is_clean for answer in self.answers) - sum(a.status >= 500 for a in self.answers)

    @property
    def ratio(self):
        """How much longer 95 of 100 waited than for the empty route at the same moments."""
        return p95(self.answers) / p95(self.beside) if self.beside else None

    def row(self):
        row = [self.name, self.server, self.clients, self.round, self.exact]
        row += [self.server_errors, self.json_errors, self.retries, self.deadlocks]
        row += [sum(answer.busy for answer in self.answers)]
        row += [*figures(self.answers), *figures(self.beside)]
        row += [f"{self.ratio:.2f}" if self.ratio else "-", figures(self.alone)[1]]
        return [str(cell) for cell in row]


def p95(answers):
    """The wait, in seconds, that 95 of 100 did not exceed."""
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[max(0, round(len(seconds) * 0.95) - 1)]


def figures(answers):
    """Half, 95 of 100, and the slowest, in milliseconds."""
    if not answers:
        return ["-"] * 3
    seconds = [answer.seconds for answer in answers]
    return [f"{value * 1000:.0f}" for value in (statistics.median(seconds), p95(answers), max(seconds))]


def table(races):
    """The races as lines of text, in columns."""
    rows = [HEADER, *(race.row() for race in races)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
