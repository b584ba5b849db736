"""What is done to the daemon, one function a scenario; each prints nothing, returns counts, and raises Failure."""
import os
import pathlib
import random
import signal
import subprocess
import time

from live import live_kills
from load import Load, Promises
from processes import Daemon, Failure, Gate, Postgres, Process, Redis, end_all, wait_until, write_catalog
from verdict import judge, open_jobs, wait_until_done

SYMBOLS = ["AAA_KRW", "BBB_KRW"]
LEASE_SECONDS = 5


class Place:
    """A folder with a small catalog and the settings of its daemons."""

    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        write_catalog(options.program, self.folder, SYMBOLS, 90)
        self.state = self.folder / "state"
        self.processes = []
        self.settings = {"data.root": "data", "state.root": "state", "jobs.workers": 2, "jobs.allow_noop": "true",
                         "jobs.lease_seconds": LEASE_SECONDS, "runtime.shutdown_milliseconds": 4000}

    def run(self, process):
        self.processes.append(process)
        return process

    def daemon(self, **settings):
        return self.run(Daemon(self.options.program, self.folder, {**self.settings, **settings}))

    def redis(self):
        redis = self.run(Redis(self.folder))
        redis.start_and_wait()
        self.settings["jobs.store"] = redis.url
        return redis

    def worker(self, redis, number):
        return self.run(Process([self.options.program, "worker", "--queue", redis.url, "--workers", "1", "--name",
                                 f"worker-{number}", "--data-root", "data"], self.folder, f"worker{number}"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end_all(self.processes)


def submit(daemon, body, target="/api/backtests/run-async"):
    status, answer = daemon.ask("POST", target, body)
    if status != 202:
        raise Failure(f"a submission was answered {status}: {answer}")
    return answer["task_id"]


def noop():
    return {"kind": "noop", "request": {}}


def kills(options, folder):
    """kill -9 of the daemon, and of workers beside it on Redis, at random moments under load."""
    dice = random.Random(options.seed)
    promises = Promises()
    counts = {"kills": 0, "kills of workers": 0, "kills during the start": 0}
    with Place(options, folder) as place:
        redis = place.redis() if options.store == "redis" else None
        workers = [place.worker(redis, i) for i in range(2)] if redis and options.workers else []
        daemon = place.daemon()
        for worker in workers:
            worker.start()
        deadline = time.monotonic() + options.seconds if options.seconds else None
        with Load(daemon, promises, options.seed, SYMBOLS):
            while (counts["kills"] + counts["kills of workers"] < options.kills if deadline is None
                   else time.monotonic() < deadline):
                if workers and dice.random() < 0.4:
                    victim = dice.choice(workers)
                    time.sleep(dice.uniform(0, 0.3))
                    if not victim.alive() and victim.child.returncode not in (-signal.SIGKILL, 0):
                        raise Failure(f"a worker ended by itself: {victim.last_words()}")
                    victim.end()
                    victim.start()
                    counts["kills of workers"] += 1
                    continue
                if not daemon.alive():
                    if dice.random() < 0.1:
                        daemon.start()
                        time.sleep(dice.uniform(0, 0.08))
                        counts["kills during the start"] += 1
                    else:
                        daemon.start_and_wait()
                        time.sleep(min(dice.expovariate(1 / 0.25), 2))
                if daemon.child.poll() is not None:
                    raise Failure(f"the daemon ended by itself: {daemon.last_words()}")
                daemon.end()
                counts["kills"] += 1
            if not daemon.alive():
                daemon.start_and_wait()
        counts.update(judge(daemon, promises, place.state))
        # What a start finds is cleaned up by it; the next one has nothing left to do.
        if daemon.end(signal.SIGTERM) != 0:
            raise Failure(f"the last stop was not clean: {daemon.last_words()}")
    return counts


def sigterm(options, folder):
    """A stop in order with 1,000 jobs queued and two running: the next start goes on."""
    with Place(options, folder) as place:
        subprocess.run([options.program, "data", "synthetic", "--timeframe", "1m", "--from", "2020-01-01", "--to",
                        "2021-12-31"], cwd=place.folder, check=True, capture_output=True)
        if options.store == "redis":
            place.redis()
        daemon = place.daemon()
        daemon.start_and_wait()
        long = {"strategy": "volume_zone_breakout", "symbols": ["SYNTHETIC_KRW"], "timeframe": "1m",
                "start_date": "2020-01-01", "end_date": "2021-12-31", "fresh": True}
        small = {**long, "symbols": [SYMBOLS[0]], "timeframe": "1d", "end_date": "2020-02-28"}
        daemon.ask("POST", "/api/jobs/pause", {})
        tasks = [submit(daemon, noop() if i % 10 else small, "/api/jobs" if i % 10 else "/api/backtests/run-async")
                 for i in range(1000)]
        two = [submit(daemon, {**long, "priority": 9}) for _ in range(2)]
        tasks += two
        daemon.ask("POST", "/api/jobs/resume", {})
        wait_until(lambda: all(daemon.ask("GET", f"/api/jobs/{task}")[1]["status"] == "running" for task in two), 30,
                   "two jobs run", 0.002)
        began = time.monotonic()
        status = daemon.end(signal.SIGTERM, 20)
        seconds = time.monotonic() - began
        if status != 0:
            raise Failure(f"the stop ended with status {status}: {daemon.last_words()}")
        if seconds > 5:
            raise Failure(f"the stop took {seconds:.1f} s of the 4 s that it has")
        daemon.start_and_wait()
        wait_until_done(daemon)
        for task in tasks:
            answer = daemon.ask("GET", f"/api/backtests/status/{task}")[1]
            if answer.get("status") != "completed":
                raise Failure(f"after the stop the job {task} ended as {answer.get('status')}: {answer.get('error')}")
        again = sum(daemon.ask("GET", f"/api/jobs/{task}")[1]["claims"] > 1 for task in two)
        return {"jobs": len(tasks), "running ones that went back to the queue": again,
                "seconds to stop": round(seconds, 2)}


def says_store_is_away(daemon):
    status, health = daemon.ask("GET", "/health")
    return status in (200, 503) and "degraded" in str(health) + str(health.get("status"))


def store_errors(daemon):
    text = daemon.ask("GET", "/metrics")[1]["text"]
    return sum(float(line.split()[-1]) for line in text.splitlines()
               if line.startswith("hts_job_store_errors_total"))


def redis_restart(options, folder):
    """Redis killed and started again with its append-only file, three times under load."""
    promises = Promises()
    with Place(options, folder) as place:
        redis = place.redis()
        daemon = place.daemon()
        daemon.start_and_wait()
        with Load(daemon, promises, options.seed, SYMBOLS):
            for _ in range(3):
                time.sleep(1)
                redis.end()
                wait_until(lambda: says_store_is_away(daemon), 15, "/health says that the jobs' store is away")
                time.sleep(1)
                if not daemon.alive():
                    raise Failure(f"the daemon ended without Redis: {daemon.last_words()}")
                redis.start_and_wait()
                wait_until(lambda: open_jobs(daemon) is not None, 60, "the jobs are found again")
            errors = store_errors(daemon)
        if errors == 0:
            raise Failure("the metrics count no error of the store")
        return {"restarts": 3, "store errors": int(errors), **judge(daemon, promises, place.state)}


def silent_store(options, folder):
    """A job store that accepts connections and never answers, at the start and later."""
    with Place(options, folder) as place:
        redis = place.redis()
        gate = Gate(redis.port)
        try:
            daemon = place.daemon(**{"jobs.store": f"redis://127.0.0.1:{gate.port}"})
            daemon.start()

            def settled():
                return not daemon.alive() or daemon.ready()

            wait_until(settled, 45, "the daemon has started or said why it cannot")
            starts = daemon.alive()
            if not starts and "redis" not in daemon.last_words().lower():
                raise Failure(f"the daemon does not say why it did not start: {daemon.last_words()}")
            if starts:
                wait_until(lambda: says_store_is_away(daemon), 30, "/health says that the jobs' store is away")
            gate.open = True
            if not starts:
                daemon.start_and_wait()
            wait_until(lambda: not says_store_is_away(daemon), 60, "/health says that the jobs' store is back")
            tasks = [submit(daemon, noop(), "/api/jobs") for _ in range(20)]
            gate.open = False
            began = time.monotonic()
            status, answer = daemon.ask("POST", "/api/jobs", noop(), patience=60)
            if status == 202:
                tasks.append(answer["task_id"])
            elif status != 503:
                raise Failure(f"with a silent store a submission was answered {status}: {answer}")
            waited = time.monotonic() - began
            wait_until(lambda: says_store_is_away(daemon), 30, "/health says that the jobs' store is away")
            gate.open = True
            wait_until(lambda: open_jobs(daemon) == 0, 90, "the jobs are done once the store is back")
            for task in tasks:
                answer = daemon.ask("GET", f"/api/backtests/status/{task}")[1]
                if answer.get("status") != "completed":
                    raise Failure(f"the job {task} is {answer.get('status')}: {answer.get('error')}")
            return {"jobs": len(tasks), "starts without its store": starts,
                    "seconds to an answer with a silent store": round(waited, 1)}
        finally:
            gate.close()


def results_waiting(daemon):
    text = daemon.ask("GET", "/metrics")[1]["text"]
    figures = {line.split()[0]: float(line.split()[1]) for line in text.splitlines()
               if line.startswith("hts_results_")}
    return figures["hts_results_waiting"], figures["hts_results_database_is_reachable"] == 1


def postgres_stopped(options, folder):
    """PostgreSQL, which has the results, is stopped for a while under load."""
    promises = Promises()
    with Place(options, folder) as place:
        postgres = place.run(Postgres(place.folder))
        postgres.start_and_wait()
        if options.store == "redis":
            place.redis()
        daemon = place.daemon(**{"results.url": postgres.url})
        daemon.start_and_wait()
        with Load(daemon, promises, options.seed, SYMBOLS):
            time.sleep(1)
            status = postgres.end(signal.SIGINT)
            if status != 0:
                raise Failure(f"PostgreSQL ended with status {status}: {postgres.last_words()}")
            wait_until(lambda: says_store_is_away(daemon), 15, "/health says that the results' database is away")
            before = len(promises.accepted)
            time.sleep(options.away)
            if not daemon.alive():
                raise Failure(f"the daemon ended without PostgreSQL: {daemon.last_words()}")
            waiting, is_reachable = results_waiting(daemon)
            if waiting == 0 or is_reachable:
                raise Failure(f"the metrics count {waiting:g} results that wait for a database that is "
                              f"{'there' if is_reachable else 'away'}")
            accepted = len(promises.accepted) - before
            if accepted == 0:
                raise Failure("no job was accepted without PostgreSQL")
            postgres.start_and_wait()
            wait_until(lambda: not says_store_is_away(daemon), 60, "/health says that the results' database is back")
            time.sleep(1)
        wait_until_done(daemon)
        wait_until(lambda: results_waiting(daemon) == (0, True), 60, "all results are delivered")
        counts = judge(daemon, promises, place.state, lambda: [
            row.split("|") for row in postgres.rows("SELECT job_id, state FROM jobs_history")])
        stored = postgres.rows("SELECT run_id FROM backtest_results")
        kept = sorted(path.name for path in (place.state / "runs").iterdir())
        if sorted(stored) != kept:
            raise Failure(f"PostgreSQL has {len(stored)} results, {len(set(stored))} different ones, of {len(kept)} runs")
        return {"seconds away": options.away, "accepted without PostgreSQL": accepted,
                "results that waited": int(waiting), **counts, "in PostgreSQL": len(stored)}


def disk_full(options, folder):
    """state.root on a file system that fills up under load."""
    promises = Promises()
    small = pathlib.Path(folder) / "small"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", small],
                                           capture_output=True).returncode != 0:
        return None
    try:
        with Place(options, folder) as place:
            place.state = small / "state"
            daemon = place.daemon(**{"state.root": place.state})
            daemon.start_and_wait()
            with Load(daemon, promises, options.seed, SYMBOLS, clients=2):
                time.sleep(1)
                filler = small / "filler"
                fill(filler)
                time.sleep(3)
                if not daemon.alive():
                    raise Failure(f"the daemon ended on a full disk: {daemon.last_words()}")
                if daemon.ask("GET", "/health")[0] not in (200, 503):
                    raise Failure("/health does not answer on a full disk")
                refused = promises.refused
                filler.unlink()
                time.sleep(2)
            if refused == 0:
                raise Failure("a full disk refused nothing: the scenario did not reach it")
            return {"refused while full": refused, **judge(daemon, promises, place.state)}
    finally:
        subprocess.run(["umount", "-l", small], check=False)


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            pass
        try:
            while True:
                file.write(b"x" * 512)
        except OSError:
            pass


SCENARIOS = {"kills": kills, "live_kills": live_kills, "sigterm": sigterm, "redis_restart": redis_restart, "silent_store": silent_store,
             "postgres_stopped": postgres_stopped, "disk_full": disk_full}
NEEDS_REDIS = {"redis_restart", "silent_store"}
NEEDS_POSTGRES = {"postgres_stopped"}
