"""Clients that submit, poll and cancel while the daemon dies under them, and what they were promised."""
import http.client
import random
import threading
import time
import uuid

from processes import ask_over

STATES = {"queued", "running", "completed", "failed", "cancelled"}
TERMINAL = {"completed", "failed", "cancelled"}


class Promises:
    """What the daemon has answered, and what it may have accepted without anybody hearing of it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.accepted = {}    # task id -> True when it stores a run
        self.keys = {}        # idempotency key -> task id
        self.unanswered = 0   # submissions without a key whose answer was lost
        self.cancelled = set()  # an answered cancel
        self.cancel_lost = set()  # asked for, answer lost: may be cancelled
        self.ended = {}       # task id -> what was seen of it when it had ended
        self.broken = []      # sentences
        self.refused = 0      # 503

    def accept(self, task, key, stores_run):
        with self.lock:
            self.accepted[task] = stores_run
            if key is not None and self.keys.setdefault(key, task) != task:
                self.broken.append(f"the idempotency key {key} names two jobs: {self.keys[key]} and {task}")

    def see(self, task, answer):
        """A status that somebody read."""
        state = answer.get("status")
        with self.lock:
            if state not in STATES:
                self.broken.append(f"the job {task} has the state {state!r}")
            elif task in self.ended and self.ended[task] != state:
                self.broken.append(f"the job {task} was {self.ended[task]} and is {state}")
            elif state in TERMINAL:
                self.ended[task] = state

    def missing(self, task):
        with self.lock:
            self.broken.append(f"the accepted job {task} is unknown")

    def some_task(self, dice):
        with self.lock:
            return dice.choice(list(self.accepted)) if self.accepted else None


class Client(threading.Thread):
    """One connection's worth of load, with the patience of a program: it repeats what has a key until it is answered."""

    def __init__(self, daemon, promises, seed, symbols, noops=0.5, pause=0.01):
        super().__init__(daemon=True)
        self.target, self.promises, self.dice = daemon, promises, random.Random(seed)
        self.symbols, self.noops, self.pause = symbols, noops, pause
        self.stopping = threading.Event()
        self.connection = None
        self.backlogged = False

    def run(self):
        while not self.stopping.is_set():
            try:
                self.act()
            except OSError:
                self.disconnect()
            time.sleep(self.dice.uniform(0, 2 * self.pause))
        self.disconnect()

    def disconnect(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def ask(self, method, target, body=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=20)
        return ask_over(self.connection, method, target, body)

    def act(self):
        draw = self.dice.random()
        if draw < 0.05:
            status, page = self.ask("GET", "/api/jobs?state=queued&limit=1")
            self.backlogged = status == 200 and page.get("total", 0) > 300
        elif draw < 0.25:
            self.poll()
        elif draw < 0.32:
            self.cancel()
        elif not self.backlogged:
            self.submit()

    def request(self):
        """Where to send it, the body, and whether a run of its own is stored."""
        if self.dice.random() < self.noops:
            return "/api/jobs", {"kind": "noop", "request": {}}, False
        first = self.dice.randrange(1, 28)
        return "/api/backtests/run-async", {
            "strategy": "volume_long_candle", "symbols": [self.dice.choice(self.symbols)], "timeframe": "1d",
            "start_date": f"2020-01-{first:02}", "end_date": "2020-02-28", "fresh": self.dice.random() < 0.8}, True

    def submit(self):
        target, body, stores_run = self.request()
        key = str(uuid.UUID(int=self.dice.getrandbits(128))) if self.dice.random() < 0.7 else None
        if key is not None:
            body["idempotency_key"] = key
        while True:
            try:
                status, answer = self.ask("POST", target, body)
            except OSError:
                self.disconnect()
                if key is None:
                    with self.promises.lock:
                        self.promises.unanswered += 1
                    return
                if self.stopping.is_set():
                    with self.promises.lock:
                        self.promises.unanswered += 1
                    return
                time.sleep(0.02)
                continue
            if status in (200, 202):
                self.promises.accept(answer["task_id"], key, stores_run)
            elif status in (500, 503):
                with self.promises.lock:
                    self.promises.refused += 1
                    self.promises.unanswered += 1  # the store may have it although its answer was an error
            else:
                with self.promises.lock:
                    self.promises.broken.append(f"a good submission was answered {status}: {answer}")
            return

    def poll(self):
        task = self.promises.some_task(self.dice)
        if task is None:
            return
        status, answer = self.ask("GET", f"/api/backtests/status/{task}")
        if status == 200:
            self.promises.see(task, answer)
        elif status == 404:
            self.promises.missing(task)

    def cancel(self):
        task = self.promises.some_task(self.dice)
        if task is None:
            return
        try:
            status, answer = self.ask("DELETE", f"/api/backtests/tasks/{task}")
        except OSError:
            with self.promises.lock:
                self.promises.cancel_lost.add(task)
            raise
        if status == 200:
            with self.promises.lock:
                self.promises.cancelled.add(task)
        elif status in (500, 503):
            with self.promises.lock:
                self.promises.cancel_lost.add(task)  # the store may have taken it although its answer was an error
        elif status == 404:
            self.promises.missing(task)


class Load:
    """Several clients at once."""

    def __init__(self, daemon, promises, seed, symbols, clients=4, **settings):
        self.clients = [Client(daemon, promises, seed * 1000 + i, symbols, **settings) for i in range(clients)]

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.stopping.set()
        for client in self.clients:
            client.join(60)
