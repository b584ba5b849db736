#!/usr/bin/python3
"""A mail or web server on a free loopback port, for tests of what sends to one.

Prints its port, then keeps each message that it takes as FOLDER/N.json before it answers.
"""
import argparse
import asyncio
import itertools
import json
import os
import ssl
import sys

parser = argparse.ArgumentParser()
parser.add_argument("protocol", choices=["smtp", "http"])
parser.add_argument("folder")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--refuse", action="append", default=[], help="an address that is refused")
parser.add_argument("--status", type=int, default=200, help="of HTTP answers")
parser.add_argument("--silent", action="store_true", help="takes connections and says nothing")
parser.add_argument("--die-in-message", action="store_true", help="closes within the letter")
options = parser.parse_args()
numbers = itertools.count(1)


def keep(message):
    path = os.path.join(options.folder, "%d.json" % next(numbers))
    # Whole, or not there: the test may look at any moment.
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(message, file)
    os.rename(path + ".part", path)


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(options.certificate, options.key)
    return made


def smtp_protocol():
    from aiosmtpd.smtp import SMTP, AuthResult

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
            if address in options.refuse:
                return "550 no such user here"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            keep({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                  "encrypted": session.ssl is not None or options.tls == "implicit",
                  "authenticated": bool(session.authenticated),
                  "text": envelope.content.decode("ascii")})
            return "250 taken"

    class Dying(SMTP):
        async def smtp_DATA(self, arg):
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()

    def authenticate(server, session, envelope, mechanism, data):
        fits = (data.login.decode() == options.user and data.password.decode() == options.password)
        return AuthResult(success=fits, handled=fits)

    kind = Dying if options.die_in_message else SMTP
    return kind(Handler(), hostname="localhost",
                tls_context=context() if options.tls == "starttls" else None,
                require_starttls=options.tls == "starttls",
                authenticator=authenticate if options.user else None,
                auth_required=bool(options.user),
                auth_require_tls=options.tls == "starttls")


async def serve_http(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {}
    for line in lines[1:]:
        if ":" in line:
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    if options.die_in_message:
        writer.transport.abort()
        return
    if options.status < 300:
        keep({"request": lines[0], "headers": headers, "body": body.decode("utf-8")})
    answer = "HTTP/1.1 %d X\r\nContent-Length: 2\r\nLocation: /elsewhere\r\nConnection: close\r\n\r\nok" % options.status
    writer.write(answer.encode())
    await writer.drain()
    writer.close()


async def say_nothing(reader, writer):
    await reader.read()


async def main():
    loop = asyncio.get_running_loop()
    outer = context() if options.tls == "implicit" else None
    if options.silent:
        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    elif options.protocol == "http":
        server = await asyncio.start_server(serve_http, "127.0.0.1", 0, ssl=outer)
    else:
        server = await loop.create_server(smtp_protocol, "127.0.0.1", 0, ssl=outer)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


sys.stderr = open(os.devnull, "w")
asyncio.run(main())
