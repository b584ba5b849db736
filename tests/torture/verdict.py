"""Whether everything promised was kept, once nothing is killed any more."""
import collections
import sqlite3
import time

from load import TERMINAL
from processes import Failure, wait_until

PAGE = 200


def pages(daemon, target, member):
    rows, offset = [], 0
    while True:
        mark = "&" if "?" in target else "?"
        status, page = daemon.ask("GET", f"{target}{mark}limit={PAGE}&offset={offset}")
        if status != 200:
            raise Failure(f"{target} was answered {status}: {page}")
        rows += page[member]
        offset += PAGE
        if offset >= page["total"]:
            return rows


def open_jobs(daemon):
    total = 0
    for state in ("queued", "running"):
        status, page = daemon.ask("GET", f"/api/jobs?state={state}&limit=1")
        if status != 200:
            return None
        total += page["total"]
    return total


def wait_until_done(daemon, patience=180):
    wait_until(lambda: open_jobs(daemon) == 0, patience, "no job is queued or running", 0.1)


def requeue_dead_letters(daemon, promises):
    """A job whose worker died twenty times is given up, as documented; an operator lets it run again. How many."""
    letters = pages(daemon, "/api/jobs/dead-letter", "jobs")
    for letter in letters:
        if "the last of 20" not in str(letter.get("error")):
            raise Failure(f"the job {letter['task_id']} failed: {letter.get('error')}")
        promises.ended.pop(letter["task_id"], None)
    if letters:
        status, answer = daemon.ask("POST", "/api/jobs/dead-letter/requeue", {})
        if status != 200 or answer["count"] != len(letters):
            raise Failure(f"{len(letters)} dead letters were requeued with {status}: {answer}")
        wait_until_done(daemon)
    return len(letters)


def settle_adopted_runs(daemon, patience=300):
    """Runs that workers elsewhere computed come into the history after their jobs' end."""
    def total():
        return daemon.ask("GET", "/api/backtests/history?limit=1")[1]["total"]

    deadline, before = time.monotonic() + patience, -1
    while before != (before := total()) and time.monotonic() < deadline:
        time.sleep(2)


def ends_in_sqlite(state_root):
    """Ended jobs in the history, as pairs of id and state."""
    connection = sqlite3.connect(f"file:{state_root / 'results.sqlite'}?mode=ro", uri=True)
    ends = connection.execute("SELECT job_id, state FROM jobs_history").fetchall()
    connection.close()
    return ends


def states_of(ends):
    """Id to states: one each."""
    states = collections.defaultdict(list)
    for task, state in ends:
        states[task].append(state)
    return states


def judge(daemon, promises, state_root, recorded_ends=None):
    """The counts to print. Failure when something promised was not kept. `recorded_ends`: of a database elsewhere."""
    recorded_ends = recorded_ends or (lambda: ends_in_sqlite(state_root))
    wait_until_done(daemon)
    given_up = requeue_dead_letters(daemon, promises)
    folder = state_root / "runs"
    settle_adopted_runs(daemon)
    folders = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    broken = list(promises.broken)
    jobs = {job["task_id"]: job for job in pages(daemon, "/api/jobs", "jobs")}
    runs = [run["run_id"] for run in pages(daemon, "/api/backtests/history", "history")]
    stored = collections.Counter(runs)
    broken += [f"the run {run} is in the history {count} times" for run, count in stored.items() if count > 1]

    states = collections.Counter()
    for task, stores_run in promises.accepted.items():
        job = jobs.get(task)
        if job is None:
            broken.append(f"the accepted job {task} is gone")
            continue
        state = job["status"]
        states[state] += 1
        if state not in TERMINAL:
            broken.append(f"the job {task} is still {state}")
        if task in promises.ended and promises.ended[task] != state:
            broken.append(f"the job {task} was {promises.ended[task]} and is {state}")
        if task in promises.cancelled and state != "cancelled":
            broken.append(f"the job {task} was answered cancelled and is {state}")
        if state == "cancelled" and task not in promises.cancelled | promises.cancel_lost:
            broken.append(f"the job {task} is cancelled, and nobody asked for it")
        if state == "failed":
            broken.append(f"the job {task} failed: {job.get('error')}")
        if state == "completed" and stores_run:
            status, answer = daemon.ask("GET", f"/api/backtests/status/{task}")
            run = (answer.get("result") or {}).get("run_id") if status == 200 else None
            if run not in stored:
                broken.append(f"the job {task} is completed, but its run {run} is not in the history")
            if run != task and task in stored:
                broken.append(f"the job {task} has the run {run}, and one of its own as well")

    # Of a shared store a daemon hears most ends at once, and all at its next look.
    if (state_root / "jobs.sqlite").exists():
        ended = {task: job["status"] for task, job in jobs.items() if job["status"] in TERMINAL}

        def are_recorded():
            states = states_of(recorded_ends())
            return all(states[task] == [state] for task, state in ended.items())

        wait_until(are_recorded, 60, "each ended job is in the history, once and as it ended", 0.5)

    unheard = set(jobs) - set(promises.accepted)
    if len(unheard) > promises.unanswered:
        broken.append(f"{len(unheard)} jobs were accepted without an answer, but only {promises.unanswered} answers were lost")
    strangers = [run for run in stored if run not in jobs]
    broken += [f"the run {run} belongs to no job" for run in strangers]
    unwanted = sum(1 for run in stored if run in jobs and jobs[run]["status"] != "completed")
    left = [name for name in folders if name not in stored]
    broken += [f"{folder.name}/{name} belongs to no run in the history" for name in left]
    if broken:
        raise Failure(f"{len(broken)} promises broken:\n  " + "\n  ".join(broken[:20]))
    return {"accepted": len(promises.accepted), **dict(sorted(states.items())), "given up once": given_up, "unheard": len(unheard),
            "refused": promises.refused, "runs": len(runs), "runs of cancelled jobs": unwanted, "orphan files": len(left)}
