"""The processes that the torture runs, starts again and kills: each ended by its own pid, and all of them at the end."""
import http.client
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import time


class Failure(Exception):
    """A promise that was not kept; its text is the sentence to print."""


RESERVED = []


def free_port():
    """For a server that is killed and started again. Nobody else is given the port until this program ends: a socket
    that is bound to it and never listens keeps it, and the server's own may be bound beside it."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    RESERVED.append(reserved)
    return reserved.getsockname()[1]


def wait_until(condition, patience, what, pause=0.02):
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"after {patience:g} s still not: {what}")
        time.sleep(pause)


class Process:
    """A program that can be started again after its end. Its output goes to a file."""

    def __init__(self, words, folder, name):
        self.words, self.folder, self.name = list(map(str, words)), folder, name
        self.child = None

    def start(self):
        with open(self.folder / f"{self.name}.out", "ab") as out:
            self.child = subprocess.Popen(self.words, cwd=self.folder, stdout=out, stderr=out)

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def end(self, number=signal.SIGKILL, patience=30):
        """Exit status, negative when a signal ended it."""
        if self.child is None:
            return 0
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            return self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise Failure(f"{self.name} did not end within {patience} s of signal {number}") from None

    def last_words(self, lines=8):
        path = self.folder / f"{self.name}.out"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


class Daemon(Process):
    def __init__(self, program, folder, settings, name="daemon"):
        self.port = free_port()
        words = [program, "serve", "--http.port", self.port, "--log.file", f"{name}.log"]
        for key, value in settings.items():
            words += [f"--{key}", value]
        super().__init__(words, folder, name)

    def ready(self):
        try:
            return self.ask("GET", "/health", patience=2)[0] in (200, 503)
        except OSError:
            return False

    def start_and_wait(self, patience=30):
        self.start()

        def up():
            if not self.alive():
                raise Failure(f"the daemon ended with status {self.child.returncode}: {self.last_words()}")
            return self.ready()

        wait_until(up, patience, "the daemon answers", 0.005)

    def ask(self, method, target, body=None, patience=30):
        """Status and parsed answer over a connection of its own. OSError when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            return ask_over(connection, method, target, body)
        finally:
            connection.close()


def ask_over(connection, method, target, body=None):
    """OSError when the answer does not come through whole."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    try:
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, {"text": text.decode(errors="replace")}


class Redis(Process):
    """With an append-only file that is synced at every write: what it answered survives its end."""

    def __init__(self, folder, fsync="always"):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        (folder / "redis").mkdir(exist_ok=True)
        super().__init__(["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", folder / "redis",
                          "--save", "", "--appendonly", "yes", "--appendfsync", fsync], folder, "redis")

    def start_and_wait(self):
        self.start()
        wait_until(self.answers, 30, "redis-server answers")

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Postgres(Process):
    """A server of its own. It refuses to run as root: then it is the user postgres, who has to reach its folder."""

    def __init__(self, folder):
        self.port = free_port()
        self.url = f"postgresql://hts@127.0.0.1:{self.port}/postgres"
        self.binaries = postgres_binaries()
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        files = folder / "postgres"
        files.mkdir()
        if self.user:
            shutil.chown(files, "postgres", "postgres")
            folder.chmod(0o711)
        subprocess.run([self.binaries / "initdb", "-A", "trust", "-U", "hts", "--no-sync", "--locale=C.UTF-8", "-D",
                        files / "data"], cwd="/", check=True, capture_output=True, **self.user)
        super().__init__([self.binaries / "postgres", "-D", files / "data", "-p", self.port, "-c",
                          "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={files}", "-c", "fsync=off"],
                         folder, "postgres")

    def start(self):
        with open(self.folder / f"{self.name}.out", "ab") as out:
            self.child = subprocess.Popen(self.words, cwd="/", stdout=out, stderr=out, **self.user)

    def start_and_wait(self):
        self.start()
        wait_until(lambda: subprocess.run([self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p",
                                           str(self.port)]).returncode == 0, 60, "PostgreSQL answers")

    def rows(self, query):
        """Its rows, each a text."""
        done = subprocess.run([self.binaries / "psql", "-X", "-A", "-t", "-d", self.url, "-c", query],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"PostgreSQL does not answer {query}: {done.stderr}")
        return done.stdout.split()


def postgres_binaries():
    """Of the newest version that is installed; None without one, or where it may not run."""
    found = [path.parent for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")
             if all((path.parent / name).exists() for name in ("initdb", "pg_isready", "psql"))]
    if not found or (os.geteuid() == 0 and not any(user.pw_name == "postgres" for user in pwd.getpwall())):
        return None
    return max(found, key=lambda path: [int(part) for part in path.parent.name.split(".")])


class Gate:
    """A listener before a server: open it passes everything on, shut it accepts and never answers."""

    def __init__(self, behind):
        self.behind, self.open = behind, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.kept = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.kept.append(client)
            if not self.open:
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.behind))
            except OSError:
                client.close()
                continue
            self.kept.append(server)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=(source, sink), daemon=True).start()

    def copy(self, source, sink):
        """Bytes that come while it is shut stay where they are."""
        try:
            while data := source.recv(65536):
                while not self.open:
                    time.sleep(0.01)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.close()
            except OSError:
                pass

    def close(self):
        for end in (self.listener, *self.kept):
            end.close()


def write_catalog(program, folder, symbols, days):
    """Daily candles of a walk that goes nowhere, imported as a user would."""
    files = []
    for number, symbol in enumerate(symbols):
        lines, price = ["timestamp,open,high,low,close,volume"], 1000.0 + number
        for day in range(days):
            before, price = price, price * (1.03 if (day * 7919 + number) % 5 < 2 else 0.98)
            volume = 10 + (day * 104729 + number) % 97
            stamp = 1_577_836_800_000 + day * 86_400_000
            lines.append(f"{stamp},{before!r},{max(before, price) * 1.01!r},{min(before, price) * 0.99!r},{price!r},{volume}")
        path = pathlib.Path(folder) / f"{symbol}_1d.csv"
        path.write_text("\n".join(lines) + "\n")
        files.append(str(path))
    done = subprocess.run([program, "import", *files], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"the candles cannot be imported: {done.stderr}")


def end_all(processes):
    for process in processes:
        try:
            process.end(signal.SIGKILL)
        except (Failure, OSError) as error:
            print(f"torture: {error}")


def program_path(root):
    return os.environ.get("HTS_PROGRAM", str(root / "build/release/hts"))
