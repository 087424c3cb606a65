"""The questions that `bongsu-bench index --peers` wrote, asked of SQLite and PostgreSQL.

Both get the best covering index there is, (package, rank, system), and answer from it alone. CPU
time: of this process for SQLite, of the server's process for PostgreSQL. Answers are compared.

PostgreSQL is asked through `psql`, as the user that PGUSER or the system says, in a database
`bongsu_bench` that is made if it is not there; without a server it is left out.
"""

import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

ROLL_UP = (
    "select count(*), count(distinct s.institution), count(distinct s.ministry)"
    " from ({}) r join systems s on s.system = r.system"
)
TABLES = (
    "create table systems (system integer primary key, institution integer, ministry integer)",
    "create table rows (package integer, rank integer, system integer)",
)
PASSES = 3
INDEX = "create unique index rows_by_package on rows (package, rank, system)"


def main(path):
    questions = [read_question(line) for line in open(path + ".questions")]
    ours, on_demand, swept = zip(*(question[0] for question in questions))
    print(f"{'bongsu, same ' + str(len(ours)) + ' questions':<48} {summary(ours)}")
    print(f"{'  on demand':<48} {summary(on_demand)}")
    print(f"{'  in memory, caches evicted before each':<48} {summary(swept)}", flush=True)
    peers = [("SQLite", Sqlite)]
    if Postgres.is_there():
        peers.append(("PostgreSQL", Postgres))
    else:
        print("PostgreSQL is left out: no server answers `psql -d postgres`")
    for name, engine in peers:
        peer = engine(path)
        for question in questions:  # once to warm up
            peer.ask(question[2])
        passes = []
        for _ in range(PASSES):
            times = []
            for _, expected, sql in questions:
                taken, answer = peer.ask(sql)
                if answer != expected:
                    sys.exit(f"{name} answers {answer}, bongsu {expected}: {sql}")
                times.append(taken * 1e6)
            passes.append(times)
        times = [statistics.median(each) for each in zip(*passes)]
        ratios = [statistics.mean(times) / statistics.mean(own) for own in (ours, on_demand, swept)]
        warm, demanded, evicted = (f"{ratio:.0f}x" for ratio in ratios)
        print(
            f"{name + ', answers equal':<48} {summary(times)}"
            f" | {warm} our mean, {demanded} on demand, {evicted} evicted", flush=True
        )


def summary(times):
    return f"mean {statistics.mean(times):.1f} us | p50 {statistics.median(times):.1f} us"


def read_question(line):
    ours, on_demand, swept, systems, institutions, ministries, *ranges = line.split()
    parts = []
    for part in ranges:
        package, low, high = part.split(":")
        parts.append(
            f"select system from rows where package = {package} and rank between {low} and {high}"
        )
    rows = " union ".join(parts) if len(parts) > 1 else parts[0].replace("select", "select distinct")
    answer = (int(systems), int(institutions), int(ministries))
    times = (float(ours), float(on_demand), float(swept))
    return times, answer, ROLL_UP.format(rows)


class Sqlite:
    def __init__(self, path):
        new = not os.path.exists(path + ".sqlite")
        self.db = sqlite3.connect(path + ".sqlite")
        self.db.execute("pragma cache_size = -4000000")
        self.db.execute("pragma mmap_size = 8000000000")
        if new:
            self.db.execute("pragma synchronous = off")
            self.db.execute("pragma journal_mode = off")
            self.db.execute(TABLES[0])
            # Without a row id the table is its covering index, and nothing else.
            self.db.execute(
                "create table rows (package integer, rank integer, system integer,"
                " primary key (package, rank, system)) without rowid"
            )
            for table in ("systems", "rows"):
                lines = (line.split() for line in open(f"{path}.{table}"))
                self.db.executemany(f"insert into {table} values (?, ?, ?)", lines)
            self.db.commit()
            self.db.execute("analyze")

    def ask(self, sql):
        begin = time.process_time()
        answer = self.db.execute(sql).fetchone()
        return time.process_time() - begin, tuple(answer)


class Postgres:
    @staticmethod
    def is_there():
        if not shutil.which("psql"):
            return False
        quiet = subprocess.DEVNULL
        probe = ["psql", "-At", "-d", "postgres", "-c", "select 1"]
        return subprocess.run(probe, stdout=quiet, stderr=quiet).returncode == 0

    def __init__(self, path):
        found = subprocess.run(
            ["psql", "-At", "-d", "postgres", "-c",
             "select 1 from pg_database where datname = 'bongsu_bench'"],
            capture_output=True, text=True, check=True,
        )
        if found.stdout.strip() != "1":
            subprocess.run(["createdb", "bongsu_bench"], check=True)
        self.psql = subprocess.Popen(
            ["psql", "-AtqX", "-F", " ", "-d", "bongsu_bench"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        self.pid = int(self.say("select pg_backend_pid();"))
        lines = sum(1 for _ in open(path + ".systems"))
        known = self.say("select to_regclass('rows') is not null;") == "t"
        if not known or int(self.say("select count(*) from systems;")) != lines:
            for table, make in zip(("systems", "rows"), TABLES):
                self.say(f"drop table if exists {table}; {make}; select 1;")
                self.say(f"\\copy {table} from '{path}.{table}'\nselect 1;")
            self.say(f"{INDEX}; select 1;")
            self.say("vacuum analyze systems;\nvacuum analyze rows;\nselect 1;")
        # All is in memory, so looking up a system costs no disk: without this PostgreSQL reads the
        # whole table of systems for every question.
        self.say("set random_page_cost = 1; set effective_cache_size = '8GB'; set jit = off; set work_mem = '256MB';"
                 " set max_parallel_workers_per_gather = 0; select 1;")

    def say(self, sql):
        self.psql.stdin.write(sql + "\n")
        self.psql.stdin.flush()
        return self.psql.stdout.readline().strip()

    def cpu(self):
        with open(f"/proc/{self.pid}/schedstat") as stat:
            return int(stat.read().split()[0]) / 1e9

    def ask(self, sql):
        begin = self.cpu()
        answer = self.say(sql + ";")
        time.sleep(0.001)  # the server goes to sleep, and its time is booked
        return self.cpu() - begin, tuple(map(int, answer.split()))


if __name__ == "__main__":
    main(sys.argv[1])
