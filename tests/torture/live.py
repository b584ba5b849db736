"""A session of paper trading that is killed all the time beside one that nobody disturbs: the same in the end."""
import collections
import datetime
import http.server
import json
import pathlib
import random
import threading
import time

from processes import Daemon, Failure, end_all, wait_until

SYMBOLS = ("BTCUSDT", "ETHUSDT")
FIRST_MINUTE = 28_800_000  # minutes since 1970, in 2024
SPEED = 100
MINUTES_A_KILL = 1.5  # of the market, at that speed: what a life of the daemon lasts on average, and its start


class Receiver:
    """Takes the daemon's alerts, and counts how often each came."""

    def __init__(self):
        self.times, self.alerts, self.lock = collections.Counter(), {}, threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.lock:
                    for alert in body["alerts"]:
                        receiver.times[alert["id"]] += 1
                        receiver.alerts[alert["id"]] = alert
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def told(self):
        """What the alerts of fills say, each id once: signals and positions, whenever they were sent."""
        with self.lock:
            return sorted((alert["kind"], alert["subject"], alert["text"]) for alert in self.alerts.values()
                          if alert["kind"] in ("signal", "position_opened", "position_closed"))

    def most(self):
        with self.lock:
            return max(self.times.values(), default=0)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def write_recording(path, minutes, seed):
    """Trades of two symbols, four a minute each, of a walk that turns often; frames as Binance sends them."""
    dice = random.Random(seed)
    price, number = {symbol: 50_000.0 / (1 + i) for i, symbol in enumerate(SYMBOLS)}, 0
    with open(path, "w", encoding="ascii") as out:
        for minute in range(minutes):
            for part in range(4):
                for symbol in SYMBOLS:
                    number += 1
                    price[symbol] *= 1 + dice.uniform(-0.002, 0.002)
                    at = (FIRST_MINUTE + minute) * 60_000 + part * 15_000 + dice.randrange(10_000)
                    trade = {"e": "trade", "E": at + 1, "s": symbol, "t": number, "p": f"{price[symbol]:.8f}",
                             "q": f"{dice.uniform(0.001, 2):.8f}", "T": at, "m": part % 2 == 0, "M": True}
                    frame = json.dumps({"stream": f"{symbol.lower()}@trade", "data": trade}, separators=(",", ":"))
                    out.write(f"{at * 1_000_000} {frame}\n")


def minutes_up_to(clock):
    """Of the recording, from its beginning."""
    moment = datetime.datetime.fromisoformat(clock.replace("Z", "+00:00"))
    return int(moment.timestamp()) // 60 - FIRST_MINUTE


def without_id(item):
    """Ids of positions are those of their session."""
    return {key: value for key, value in item.items() if key not in ("position_id", "trade_id", "id")}


class Session:
    """A daemon on the recording, with a receiver of its alerts."""

    def __init__(self, options, folder, name, speed):
        self.receiver = Receiver()
        (folder / "key").write_text("a key of the tests\n")
        self.daemon = Daemon(options.program, folder, {
            "data.root": f"{name}-data", "state.root": f"{name}-state", "feed.source": "replay:recording",
            "feed.speed": speed, "notify.webhook_url": f"http://127.0.0.1:{self.receiver.port}/",
            "notify.webhook_key_file": folder / "key", "notify.batch_seconds": 0, "notify.repeat_seconds": 0,
            "notify.messages_per_minute": 600, "notify.burst": 1000}, name)

    def begin(self):
        slots = [{"strategy_name": "sma_cross", "params": {"fast": 3, "slow": 8}, "timeframe": "1m"},
                 {"strategy_name": "rsi_reversal", "timeframe": "3m"}]
        wanted = {"symbols": list(SYMBOLS), "timeframe": "1m", "strategies": {symbol: slots for symbol in SYMBOLS},
                  "portfolio": {"cash": 1_000_000}}

        def is_begun():
            status, answer = self.daemon.ask("POST", "/api/simulation/start", wanted)
            if status not in (200, 503):  # 503 while the books are read
                raise Failure(f"the session was answered {status}: {answer}")
            return status == 200

        wait_until(is_begun, 60, "the session begins", 0.1)

    def expect(self, method, target, body=None):
        status, answer = self.daemon.ask(method, target, body)
        if status != 200:
            raise Failure(f"{method} {target} was answered {status}: {answer}")
        return answer

    def up_to(self):
        try:
            status, answer = self.daemon.ask("GET", "/api/simulation/status", patience=5)
        except OSError:
            return None
        return answer.get("up_to") if status == 200 else None

    def wait_for_the_end(self, last, patience):
        """Until the last bar is booked and every alert is gone."""
        def is_over():
            if not self.daemon.alive():
                raise Failure(f"the daemon ended by itself: {self.daemon.last_words()}")
            return self.up_to() == last

        wait_until(is_over, patience, f"the session reaches {last}", 0.1)
        wait_until(lambda: self.metric("hts_alerts_waiting") == 0, 60, "every alert is sent", 0.1)

    def metric(self, name):
        text = self.daemon.ask("GET", "/metrics")[1].get("text", "")
        for line in text.splitlines():
            if line.startswith(name + " ") or line.startswith(name + "{"):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def books(self):
        """Everything that must not depend on who was killed when."""
        status = self.expect("GET", "/api/simulation/status")
        books = {key: status[key] for key in ("cash", "equity", "total_realized_pnl", "total_unrealized_pnl",
                                              "total_fees", "fills", "up_to")}
        books["positions"] = [without_id(position)
                              for position in self.expect("GET", "/api/simulation/positions")["positions"]]
        trades, offset = [], 0
        while True:
            page = self.expect("GET", f"/api/simulation/history?limit=200&offset={offset}")
            trades += [without_id(trade) for trade in page["trades"]]
            offset += len(page["trades"])
            if not page["trades"] or offset >= page["total"]:
                break
        books["trades"] = trades
        return books

    def close(self):
        end_all([self.daemon])
        self.receiver.close()


def live_kills(options, folder):
    """kill -9 of the daemon during a replay at 100 times the market's speed."""
    folder = pathlib.Path(folder)
    dice = random.Random(options.seed)
    wanted = options.kills if not options.seconds else max(3, int(options.seconds * SPEED / 60 / MINUTES_A_KILL))
    write_recording(folder / "recording", int(wanted * MINUTES_A_KILL) + 30, options.seed)
    calm = Session(options, folder, "calm", 0)
    killed = Session(options, folder, "killed", SPEED)
    counts = {"kills": 0, "kills during the start": 0}
    try:
        calm.daemon.start_and_wait()
        calm.begin()
        seen = []

        def stands_still():
            seen.append(calm.up_to())
            return len(seen) > 20 and seen[-1] is not None and len(set(seen[-20:])) == 1

        wait_until(stands_still, 300, "the recording is over", 0.1)
        calm.wait_for_the_end(seen[-1], 60)

        killed.daemon.start_and_wait()
        killed.begin()
        while counts["kills"] < wanted:
            is_early = dice.random() < 0.2
            if not is_early:
                wait_until(killed.daemon.ready, 60, "the daemon answers", 0.01)
            time.sleep(dice.uniform(0, 0.05) if is_early else dice.uniform(0, 2.0))
            counts["kills"] += 1
            counts["kills during the start"] += is_early and counts["kills"] > 1
            killed.daemon.end()
            if killed.daemon.child.returncode != -9:
                raise Failure(f"the daemon ended with status {killed.daemon.child.returncode} before its kill: "
                              f"{killed.daemon.last_words()}")
            killed.daemon.start()
        # Before the first minute has closed it is null.
        wait_until(lambda: killed.up_to() is not None, 60, "a minute has closed")
        counts["minutes between kills"] = minutes_up_to(killed.up_to())
        if counts["minutes between kills"] < wanted // 20:
            raise Failure(f"in {wanted} lives only {counts['minutes between kills']} minutes closed: they were too short to prove anything")
        killed.wait_for_the_end(seen[-1], 120 + wanted)
        left, right = calm.books(), killed.books()
        for key, value in left.items():
            if value != right[key]:
                raise Failure(f"{key} differs: undisturbed {str(value)[:400]}, killed {str(right[key])[:400]}")
        parity = killed.expect("GET", "/api/simulation/parity")
        if not parity["is_equal"]:
            raise Failure(f"the session run again is another one: {parity}")
        wait_until(lambda: calm.receiver.told() == killed.receiver.told(), 30, "both were told the same")
        if killed.receiver.most() > 2:
            raise Failure(f"an alert was delivered {killed.receiver.most()} times")
        counts["minutes"], counts["trades"] = minutes_up_to(left["up_to"]), len(left["trades"])
        counts["alerts"] = len(killed.receiver.alerts)
        counts["alerts delivered twice"] = sum(times == 2 for times in killed.receiver.times.values())
    finally:
        calm.close()
        killed.close()
    return counts
