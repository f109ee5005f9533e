#!/usr/bin/python3
"""A gateway that is wrong on purpose, over aiosmtpd, so that nothing of it is the project's own.

usage: wrong_gateway.py WAY CERTIFICATE KEY SUBMISSION INCOMING

It listens on two loopback ports and prints them: `submission PORT`, `incoming PORT`; it ends with standard input. On the two ports given a conforming
gateway listens, to which it hands on what it takes. The ways:

hollow  says 250 to everything and hands on nothing
drops   closes the connection at the end of every message
grey    answers 450 to each recipient at the first attempt, and 451 to the message at the second; hands on the third
never   answers 451 to every message, whenever it comes
slow    waits before every answer, and hands everything on
tls     right, but for TLS from the first byte at the incoming point
closed  right, but for a login that hosts need at the incoming point
bare    offers no STARTTLS at the incoming point
narrow  offers no 8BITMIME at the incoming point
old     has no TLS above 1.1 at the incoming point
anonymous  has only suites without a certificate at the incoming point
mutual  wants a certificate of whoever calls its incoming point
dated   right, but hands on over TLS 1.1 at most
garbles  right, but changes a letter of what is signed in each envelope and delivery receipt that it hands on
distrustful  right, but hands on only to hosts whose certificates the machine's authorities vouch for
"""

import asyncio
import hashlib
import logging
import smtplib
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

# It says of every login that some part of it will go.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
# Old versions of TLS are asked for on purpose.
warnings.simplefilter("ignore", DeprecationWarning)

WAY, CERTIFICATE, KEY, *BEHIND = sys.argv[1:]
PAUSE = 0.2


class Wrong:
    """One of the two points; `behind` is the port to hand on to, at which users log in where it is private."""

    def __init__(self, behind, private):
        self.behind = behind
        self.private = private
        self.met = {}

    def authenticate(self, server, session, envelope, mechanism, data):
        if not self.private:
            return AuthResult(success=data.password == b"per-prova", handled=False)
        session.login = data
        return AuthResult(success=True)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        narrow = WAY == "narrow" and not self.private
        return [line for line in responses if not (narrow and line == "250-8BITMIME")]

    async def handle_RCPT(self, server, session, envelope, address, options):
        if WAY == "slow":
            await asyncio.sleep(PAUSE)
        if WAY == "grey":
            attempts = self.met.setdefault((envelope.mail_from, address), 0)
            self.met[(envelope.mail_from, address)] += 1
            if attempts == 0:
                return "450 4.2.0 Greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if WAY == "hollow":
            return "250 OK"
        if WAY == "drops":
            server.transport.abort()
            return "421 Gone"
        if WAY == "never":
            return "451 4.3.0 Come again"
        digest = hashlib.sha256(envelope.original_content).digest()
        if WAY == "grey" and digest not in self.met:
            self.met[digest] = 1
            return "451 4.3.0 Come again"
        if WAY == "slow":
            await asyncio.sleep(PAUSE)
        return await asyncio.to_thread(self.hand_on, session, envelope)

    def hand_on(self, session, envelope):
        try:
            with smtplib.SMTP("127.0.0.1", int(self.behind), local_hostname="wrong.example") as client:
                client.starttls(context=of_client())
                if login := getattr(session, "login", None):
                    client.login(login.login.decode(), login.password.decode())
                client.sendmail(envelope.mail_from, envelope.rcpt_tos, handed_on(envelope.original_content))
        except smtplib.SMTPResponseException as refused:
            return f"{refused.smtp_code} {refused.smtp_error.decode(errors='replace')}".replace("\n", " ")
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            return f"{code} {said.decode(errors='replace')}".replace("\n", " ")
        except OSError as trouble:
            return f"451 4.4.1 {trouble}"
        return "250 OK"


def handed_on(content):
    header = content.partition(b"\r\n\r\n")[0].lower()
    certifies = b"x-trasporto: posta-certificata" in header or b"x-ricevuta: avvenuta-consegna" in header
    return content.replace(b"multipart/mixed", b"multipart/Mixed", 1) if WAY == "garbles" and certifies else content


def context():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE, KEY)
    return tls


def of_client():
    """What the way to the gateway behind is secured with."""
    if WAY == "distrustful":
        return ssl.create_default_context()
    tls = ssl._create_unverified_context()
    if WAY == "dated":
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
        tls.set_ciphers("DEFAULT:@SECLEVEL=0")
    return tls


def of_hosts():
    """What the incoming point secures its channel with."""
    tls = context()
    if WAY == "mutual":
        tls.verify_mode = ssl.CERT_REQUIRED
    if WAY in ("old", "anonymous"):
        tls.minimum_version = ssl.TLSVersion.TLSv1
        tls.maximum_version = ssl.TLSVersion.TLSv1_1 if WAY == "old" else ssl.TLSVersion.TLSv1_2
        tls.set_ciphers("ADH:AECDH:@SECLEVEL=0" if WAY == "anonymous" else "DEFAULT:@SECLEVEL=0")
    return tls


async def main():
    loop = asyncio.get_running_loop()
    servers = []
    for name, behind in zip(("submission", "incoming"), BEHIND):
        private = name == "submission"
        point = Wrong(behind, private)
        implicit = WAY == "tls" and not private
        upgraded = None if not private and WAY in ("tls", "bare") else context() if private else of_hosts()

        def session(point=point, private=private, upgraded=upgraded):
            return SMTP(
                point, hostname="wrong.example", tls_context=upgraded, authenticator=point.authenticate,
                auth_require_tls=upgraded is not None, auth_required=private or WAY == "closed",
                data_size_limit=64 * 1024 * 1024,
            )

        server = await loop.create_server(session, "127.0.0.1", 0, ssl=context() if implicit else None)
        servers.append(server)
        print(name, server.sockets[0].getsockname()[1], flush=True)
    # Whoever started it holds the other end, and holds nothing any more once killed.
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
