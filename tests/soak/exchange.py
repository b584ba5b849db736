"""An exchange on the loopback interface that speaks Upbit's stream at the load that it is told, and counts what it sent."""
import base64
import hashlib
import json
import random
import re
import socket
import struct
import threading
import time

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# Of sixteen messages: trades, tickers and the exchange's own candles, about as Upbit mixes them.
PATTERN = ("trade", "ticker", "trade", "trade", "candle", "trade", "ticker", "trade",
           "trade", "ticker", "trade", "trade", "candle", "trade", "ticker", "trade")
BEAT = 0.01  # seconds between two writes
MINUTE = 60_000


class Market:
    """A symbol: its price walks by whole ticks, its volumes are whole hundred-millionths, so sums are exact."""

    def __init__(self, code, dice):
        self.code, self.dice = code, dice
        self.price, self.number, self.last = dice.randrange(1_000, 100_000), 0, 0
        self.open_time = 0
        self.open = self.high = self.low = self.price
        self.volume, self.finished = 0, None

    def trade(self, now):
        # Numbers rise with time, as Upbit's do.
        self.number = max(self.number + 1, now * 1_000)
        minute = now - now % MINUTE
        is_new = minute != self.open_time
        if is_new:
            # What the exchange says last of a minute has all of its trades.
            self.finished = self.candle_text(now) if self.open_time else None
        self.price = max(100, self.price + self.dice.choice((-3, -1, 0, 1, 3)))
        quantity = self.dice.randrange(1, 500_000_000)
        if is_new:
            self.open_time, self.volume = minute, 0
            self.open = self.high = self.low = self.price
        self.high, self.low = max(self.high, self.price), min(self.low, self.price)
        self.volume += quantity
        return (f'{{"ty":"trade","cd":"{self.code}","tms":{now},"td":"2026-01-01","ttm":"00:00:00","ttms":{now},'
                f'"tp":{self.price}.0,"tv":{quantity / 1e8:.8f},"ab":"{"BID" if quantity & 1 else "ASK"}","pcp":1000.0,"c":"RISE",'
                f'"cp":1.0,"sid":{self.number},"bap":{self.price + 1}.0,"bas":1.5,"bbp":{self.price - 1}.0,"bbs":0.5,"st":"REALTIME"}}')

    def ticker(self, now):
        return (f'{{"ty":"ticker","cd":"{self.code}","op":1000.0,"hp":{self.high}.0,"lp":{self.low}.0,"tp":{self.price}.0,'
                f'"pcp":1000.0,"c":"RISE","scp":1.0,"scr":0.0012,"atv24h":1234.5,"atp24h":1.2E9,"ttms":{now},"tms":{now},'
                f'"st":"REALTIME"}}')

    def candle(self, now):
        if not self.open_time:
            return self.ticker(now)
        if self.finished:
            finished, self.finished = self.finished, None
            return finished
        return self.candle_text(now)

    def candle_text(self, now):
        clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.open_time / 1000))
        return (f'{{"ty":"candle.1m","cd":"{self.code}","cdttmu":"{clock}","op":{self.open}.0,"hp":{self.high}.0,'
                f'"lp":{self.low}.0,"tp":{self.price}.0,"catv":{self.volume / 1e8:.8f},"catp":1.0,"tms":{now},"st":"REALTIME"}}')


class Stream:
    """One WebSocket with its subscription. Reads answer pings; writes come from the exchange's one thread."""

    def __init__(self, connection, rest, markets):
        self.connection, self.rest, self.markets = connection, rest, markets
        self.lock, self.is_open = threading.Lock(), True

    def send(self, data):
        try:
            with self.lock:
                self.connection.sendall(data)
        except OSError:
            self.is_open = False
        return self.is_open

    def message(self):
        """Opcode and payload of the client's next frame; None when it has gone."""
        head = self.take(2)
        length = head[1] & 0x7F
        if length == 126:
            length = struct.unpack(">H", self.take(2))[0]
        mask = self.take(4)
        return head[0] & 0xF, bytes(byte ^ mask[i % 4] for i, byte in enumerate(self.take(length)))

    def take(self, count):
        while len(self.rest) < count:
            got = self.connection.recv(65536)
            if not got:
                raise OSError("gone")
            self.rest += got
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def serve(self):
        try:
            while True:
                opcode, payload = self.message()
                if opcode == 9:
                    self.send(bytes((0x8A, len(payload))) + payload)
                elif opcode == 8:
                    break
        except OSError:
            pass
        self.is_open = False


def frame(text):
    """Upbit's messages are binary."""
    data = text.encode()
    head = bytes((0x82, len(data))) if len(data) < 126 else struct.pack(">BBH", 0x82, 126, len(data))
    return head + data


class Exchange:
    """Takes every stream. `start(rate)` sends so many messages a second over all that are subscribed, evenly, until
    `stop()`; then it may start again."""

    def __init__(self, codes, seed):
        dice = random.Random(seed)
        self.markets = {code: Market(code, dice) for code in codes}
        self.sent = {"trade": 0, "ticker": 0, "candle": 0}
        self.streams, self.lost_streams = [], 0
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.sender = None
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        rest = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in rest:
                    try:
                        got = connection.recv(65536)
                    except OSError:
                        return
                    if not got:
                        return
                    rest += got
                head, rest = rest.split(b"\r\n\r\n", 1)
                key = re.search(rb"(?im)^sec-websocket-key: *(\S+)", head)
                if key:
                    break
                # The past: nothing was traded before.
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]")
            accepted = base64.b64encode(hashlib.sha1(key.group(1) + GUID).digest())
            connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n")
            stream = Stream(connection, rest, [])
            try:
                codes = next(part["codes"] for part in json.loads(stream.message()[1]) if part.get("type") == "trade")
            except (OSError, StopIteration, ValueError):
                return
            stream.markets = [self.markets[code] for code in codes]
            with self.lock:
                self.streams.append(stream)
            stream.serve()
            with self.lock:
                self.streams.remove(stream)
                self.lost_streams += not self.stopping.is_set()

    def subscribed(self):
        with self.lock:
            return sum(len(stream.markets) for stream in self.streams)

    def start(self, rate):
        self.stopping.clear()
        self.sender = threading.Thread(target=self.send, args=(rate,), daemon=True)
        self.sender.start()

    def send(self, rate):
        began, owed, turn = time.monotonic(), 0.0, 0
        while not self.stopping.wait(BEAT):
            now = time.monotonic()
            # What could not be sent because the other side did not read is not made up for.
            owed = min(owed + rate * (now - began), rate)
            began = now
            due, owed = int(owed), owed % 1
            stamp = time.time_ns() // 1_000_000
            with self.lock:
                streams = list(self.streams)
            places = [(stream, market) for stream in streams for market in stream.markets]
            parts, counts = {}, {}
            for _ in range(due if places else 0):
                stream, market = places[turn % len(places)]
                kind = PATTERN[(turn + turn // len(places)) % len(PATTERN)]
                turn += 1
                parts.setdefault(stream, []).append(frame(getattr(market, kind)(stamp)))
                counts.setdefault(stream, []).append(kind)
            for stream, frames in parts.items():
                if stream.send(b"".join(frames)):
                    for kind in self.sent:
                        self.sent[kind] += counts[stream].count(kind)

    def stop(self):
        """Of sending; the streams stay."""
        self.stopping.set()
        if self.sender:
            self.sender.join()

    def close(self):
        self.stop()
        self.listener.close()
        with self.lock:
            for stream in self.streams:
                stream.connection.close()
