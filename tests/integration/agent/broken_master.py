#!/usr/bin/env python3
"""Plays an AgentX master that is broken or means harm, on a Unix socket.

  broken_master.py SOCKET CASE [SEED]    plays one case, and says on the last line what it saw
  broken_master.py --list                the cases

A case ends once it has been played, however often the agent had to connect for it. The status is 0
if the agent did what the case expects of it, which is mostly: to take no harm.
"""

import os
import random
import socket
import struct
import sys
import time

OPEN, CLOSE, REGISTER, UNREGISTER, GET, GETNEXT, GETBULK = range(1, 8)
TESTSET, COMMITSET, UNDOSET, CLEANUPSET, NOTIFY, PING = range(8, 14)
ADD_CAPS, RESPONSE = 16, 18
CONTEXT, BIG_ENDIAN = 0x08, 0x10

MIB = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 4567)
VERSION = MIB + (1, 1, 1, 0)
BEHIND = MIB + (2,)
SESSION = 77
PATIENCE = 20  # seconds, for whatever the agent is to do


class Gone(Exception):
    """The agent has closed the connection."""


def oid(arcs, include=0, prefix=True):
    if not arcs:
        return bytes(4)
    if prefix and arcs[:4] == (1, 3, 6, 1) and len(arcs) > 4 and arcs[4] < 256:
        return struct.pack(f">BBBB{len(arcs) - 5}I", len(arcs) - 5, arcs[4], include, 0, *arcs[5:])
    return struct.pack(f">BBBB{len(arcs)}I", len(arcs), 0, include, 0, *arcs)


def octets(text):
    return struct.pack(">I", len(text)) + text + bytes(-len(text) % 4)


def header(kind, packet, length, session=SESSION, transaction=1, flags=BIG_ENDIAN, version=1):
    return struct.pack(">BBBBIIII", version, kind, flags, 0, session, transaction, packet, length)


def pdu(kind, packet, payload=b"", **fields):
    return header(kind, packet, len(payload), **fields) + payload


def little(kind, packet, payload):
    """In the other byte order; `payload` must be so already."""
    return struct.pack("<BBBBIIII", 1, kind, 0, 0, SESSION, 1, packet, len(payload)) + payload


def search(start, end=BEHIND, include=1):
    return oid(start, include) + oid(end)


def response(packet, error=0, index=0, rest=b"", **fields):
    return pdu(RESPONSE, packet, struct.pack(">IHH", 100, error, index) + rest, **fields)


class Agent:
    """A connection that the agent has opened."""

    def __init__(self, connection):
        self.connection = connection
        self.buffer = b""

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise Gone from error

    def read(self):
        """The next PDU: kind, packet id, payload."""
        while True:
            if len(self.buffer) >= 20:
                order = ">" if self.buffer[2] & BIG_ENDIAN else "<"
                packet, length = struct.unpack(order + "II", self.buffer[12:20])
                if len(self.buffer) >= 20 + length:
                    whole, self.buffer = self.buffer[: 20 + length], self.buffer[20 + length :]
                    return whole[1], packet, whole[20:]
            try:
                data = self.connection.recv(65536)
            except socket.timeout:
                raise
            except OSError as error:
                raise Gone from error
            if not data:
                raise Gone
            self.buffer += data

    def answer_until(self, wanted, error=0):
        """Answers what the agent asks until it asks for `wanted`: its packet id, unanswered."""
        while True:
            kind, packet, _ = self.read()
            if kind == wanted:
                return packet
            if kind not in (RESPONSE, CLOSE):
                self.send(response(packet, error))

    def open(self):
        """A session as it should be, with all that the agent has to register."""
        self.send(response(self.answer_until(ADD_CAPS)))

    def response_to(self, packet, order=">"):
        """The response to our request: error and the rest."""
        while True:
            kind, number, payload = self.read()
            if kind == RESPONSE and number == packet:
                return struct.unpack(order + "H", payload[4:6])[0], payload[8:]
            if kind != RESPONSE:
                self.send(response(number))

    def drain(self):
        """Answers everything until the agent closes."""
        try:
            while True:
                kind, packet, _ = self.read()
                if kind != RESPONSE:
                    self.send(response(packet))
        except Gone:
            return

    def answers(self):
        """Whether it answers a proper GET with a version."""
        self.send(pdu(GET, 4711, search(VERSION)))
        error, rest = self.response_to(4711)
        return error == 0 and len(rest) > 8 and rest[1] == 4

    def close(self):
        self.connection.close()


class Master:
    def __init__(self, path):
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(50)
        self.listener.settimeout(PATIENCE)

    def accept(self):
        os.chmod(self.path, 0o666)  # which the agent sees, so that it need not wait for its interval
        connection, _ = self.listener.accept()
        connection.settimeout(PATIENCE)
        return Agent(connection)

    def opened(self):
        agent = self.accept()
        agent.open()
        return agent


def survives(master):
    """The agent connects, opens a session and answers."""
    agent = master.opened()
    fine = agent.answers()
    agent.close()
    return fine


# ---- the cases: each takes a Master and a Random, and gives what it saw, or raises ----------------

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def harm(master, *messages):
    """Sends each message into an open session of its own, and sees whether the agent lives."""
    for message in messages:
        agent = master.opened()
        try:
            agent.send(message)
            agent.send(pdu(GET, 9, search(VERSION)))
            agent.connection.shutdown(socket.SHUT_WR)
            agent.drain()
        except (Gone, OSError):
            pass
        agent.close()


@case
def proper(master, _):
    """The control: a master that does nothing wrong is served."""
    agent = master.opened()
    assert agent.answers()
    agent.send(pdu(GETNEXT, 5, search(MIB, include=0) + search(VERSION, include=0)))
    error, rest = agent.response_to(5)
    assert error == 0 and len(rest) > 16
    agent.close()


@case
def byte_by_byte(master, _):
    """A proper master whose messages come in pieces of one octet."""
    agent = master.opened()
    for octet in pdu(GET, 6, search(VERSION)):
        agent.send(bytes([octet]))
    assert agent.response_to(6)[0] == 0
    agent.close()


@case
def many_in_one(master, _):
    """A proper master that sends a hundred requests at once."""
    agent = master.opened()
    agent.send(b"".join(pdu(GET, 100 + i, search(VERSION)) for i in range(100)))
    for i in range(100):
        assert agent.response_to(100 + i)[0] == 0
    agent.close()


@case
def other_byte_order(master, _):
    """The octets of integers may come in the other order."""
    agent = master.opened()
    arcs = struct.pack(f"<BBBB{len(VERSION) - 5}I", len(VERSION) - 5, 4, 1, 0, *VERSION[5:])
    agent.send(little(GET, 7, arcs + bytes(4)))
    error, rest = agent.response_to(7, order="<")
    assert error == 0 and len(rest) > 8
    agent.close()


@case
def garbage(master, random_):
    for size in (1, 19, 20, 21, 1000, 70000, 300000):
        agent = master.accept()
        try:
            agent.send(random_.randbytes(size))
            agent.drain()
        except (Gone, OSError):
            pass
        agent.close()


@case
def garbage_in_session(master, random_):
    harm(master, *(random_.randbytes(size) for size in (1, 19, 20, 21, 1000, 70000)))


@case
def cut_header(master, _):
    whole = pdu(GET, 8, search(VERSION))
    for length in range(1, len(whole), 7):
        agent = master.opened()
        agent.send(whole[:length])
        agent.close()


@case
def wrong_length(master, _):
    payload = search(VERSION)
    harm(master, *(header(GET, 8, length) + payload
                   for length in (0, 1, 3, len(payload) - 1, len(payload) + 4, len(payload) - 4)))


@case
def huge_length(master, _):
    harm(master, *(header(kind, 8, length)
                   for kind in (GET, RESPONSE, TESTSET)
                   for length in (0xFFFFFFFF, 0xFFFFFFEC, 0x7FFFFFFF, 0x80000000, 65537, 65516)))


@case
def responses_to_nothing(master, _):
    agent = master.accept()
    agent.send(b"".join(response(packet) for packet in range(500)))
    agent.open()
    agent.send(b"".join(response(packet, error=5) for packet in range(500)))
    assert agent.answers()
    agent.close()


@case
def long_oids(master, _):
    for arcs in (MIB + (1,) * 118, MIB + (1,) * 119, MIB + (1,) * 120):
        harm(master, *(pdu(kind, 8, search(arcs) + search(arcs, arcs)) for kind in (GET, GETNEXT)))
    longest = bytes([255, 4, 1, 0]) + struct.pack(">255I", *((0xFFFFFFFF,) * 255))
    harm(master, *(pdu(kind, 8, longest + longest) for kind in (GET, GETNEXT, GETBULK)))
    harm(master, pdu(GETNEXT, 8, bytes([130, 0, 1, 0]) + struct.pack(">130I", *(MIB * 13)) + oid(BEHIND)))


@case
def short_oids(master, _):
    harm(master, *(pdu(kind, 8, payload) for kind in (GET, GETNEXT)
                   for payload in (b"", bytes(4), bytes(8), bytes(800), bytes([1, 0, 0, 0]),
                                   oid((1,)) + bytes(4), bytes([0, 4, 0, 0]) + bytes(4),
                                   bytes([255, 0, 0, 0]) + bytes(8), bytes([0, 255, 0, 0]) * 2)))


@case
def reversed_ranges(master, _):
    agent = master.opened()
    agent.send(pdu(GETNEXT, 8, search(BEHIND, MIB) + search(VERSION, VERSION) + search(VERSION, (1,))))
    agent.response_to(8)
    assert agent.answers()
    agent.close()


@case
def foreign_sessions(master, _):
    agent = master.opened()
    for session in (0, SESSION + 1, 0xFFFFFFFF):
        agent.send(pdu(GET, 8, search(VERSION), session=session))
        agent.response_to(8)
    assert agent.answers()
    agent.close()


@case
def closes_at_each_stage(master, _):
    master.accept().close()
    for stage in (OPEN, REGISTER, ADD_CAPS, PING):
        for answered in (False, True):
            agent = master.accept()
            packet = agent.answer_until(stage)
            if answered:
                agent.send(response(packet))
            agent.close()


@case
def closes_in_the_middle(master, _):
    whole = response(0, rest=bytes(40))
    for stage in (OPEN, REGISTER, ADD_CAPS, PING):
        agent = master.accept()
        packet = agent.answer_until(stage)
        agent.send(whole[:12] + struct.pack(">I", packet) + whole[16:30])
        agent.close()


@case
def closes_politely(master, _):
    """An agentx-Close-PDU for every reason, and the socket stays open."""
    for reason in (0, 1, 2, 3, 4, 5, 6, 255):
        agent = master.opened()
        agent.send(pdu(CLOSE, 8, bytes([reason, 0, 0, 0])))
        agent.drain()
        agent.close()


@case
def drips(master, _):
    """A message that comes an octet at a time and never ends, whoever waits for an answer."""
    for stage in (OPEN, REGISTER, PING):
        agent = master.accept()
        packet = agent.answer_until(stage)
        whole = response(packet, rest=bytes(40000))
        try:
            for octet in whole:
                agent.send(bytes([octet]))
                time.sleep(0.05)  # the pace of this master
        except Gone:
            pass
        else:
            raise AssertionError("the agent has waited for the whole message")
        agent.close()


@case
def refuses_open(master, _):
    for error in (5, 256, 257, 263, 264, 266, 268, 65535):
        agent = master.accept()
        agent.send(response(agent.answer_until(OPEN), error))
        agent.drain()
        agent.close()


@case
def refuses_everything_else(master, _):
    for error in (5, 263, 264, 266, 268):
        agent = master.accept()
        agent.send(response(agent.answer_until(OPEN)))
        try:
            agent.answer_until(PING, error)
        except Gone:
            pass
        agent.close()


@case
def refuses_pings(master, _):
    for _ in range(3):
        agent = master.accept()
        agent.send(response(agent.answer_until(PING), 257))
        agent.drain()
        agent.close()


@case
def never_answers(master, _):
    agent = master.accept()
    try:
        while True:
            agent.read()
    except Gone:
        agent.close()


@case
def stops_answering(master, _):
    for stage in (REGISTER, PING):
        agent = master.accept()
        agent.answer_until(stage)
        try:
            while True:
                agent.read()
        except Gone:
            agent.close()


@case
def requests_as_answers(master, _):
    """A request under the number of the one that the agent waits for."""
    for stage in (OPEN, REGISTER, ADD_CAPS, PING):
        for kind, payload in ((GET, search(VERSION)), (GETNEXT, search(VERSION)),
                              (TESTSET, b""), (CLOSE, bytes(4)), (PING, b""), (OPEN, b"")):
            agent = master.accept()
            packet = agent.answer_until(stage)
            try:
                agent.send(pdu(kind, packet, payload))
                agent.connection.shutdown(socket.SHUT_WR)
                agent.drain()
            except (Gone, OSError):
                pass
            agent.close()


@case
def strange_responses(master, random_):
    """Responses to what the agent asks, with varbinds that it has no use for, or half a payload."""
    tails = [bytes(3), b"\x00\x04\x00\x00" + bytes(4) + octets(bytes(5000)),
             b"\x00\x06\x00\x00" + bytes(4) + bytes([255, 0, 0, 0]) + bytes(1020),
             b"\x00\x44\x00\x00" + bytes(4) + octets(b"\x9f\x78\x04abcd"),
             b"\x00\x44\x00\x00" + bytes(4) + octets(b"\x9f\x79\x08abcdefgh"),
             b"\x00\x46\x00\x00" + bytes(4) + bytes(8), b"\x00\xff\x00\x00" + bytes(8),
             b"\x00\x04\x00\x00" + bytes(4) + struct.pack(">I", 0xFFFFFFFF),
             b"\x00\x02\x00\x00" + bytes(4) + bytes(2)]
    for stage in (OPEN, REGISTER, ADD_CAPS, PING):
        for tail in tails:
            agent = master.accept()
            agent.send(response(agent.answer_until(stage), rest=tail))
            agent.connection.shutdown(socket.SHUT_WR)
            try:
                agent.drain()
            except (Gone, OSError):
                pass
            agent.close()
        agent = master.accept()
        agent.send(pdu(RESPONSE, agent.answer_until(stage), bytes(random_.randrange(8))))
        agent.close()


@case
def contexts(master, _):
    """Contexts, with zeros in them, beyond the payload, and where there should be none."""
    harm(master, *(pdu(kind, 8, octets(name) + search(VERSION), flags=BIG_ENDIAN | CONTEXT)
                   for kind in (GET, GETNEXT, TESTSET)
                   for name in (b"", b"other", b"a" + bytes(4000), b"x" * 60000)),
         pdu(GET, 8, struct.pack(">I", 0xFFFFFFFF), flags=BIG_ENDIAN | CONTEXT),
         pdu(GET, 8, b"", flags=BIG_ENDIAN | CONTEXT), pdu(GET, 8, search(VERSION), flags=0xFF))


@case
def sets(master, _):
    """Sets, in and out of order; the object is read-only."""
    value = b"\x00\x04\x00\x00" + oid(VERSION) + octets(b"x")
    agent = master.opened()
    agent.send(pdu(TESTSET, 8, value))
    assert agent.response_to(8)[0] != 0
    for kind in (COMMITSET, UNDOSET, CLEANUPSET, CLEANUPSET):
        agent.send(pdu(kind, 9))
    assert agent.answers()
    agent.close()
    types = (0, 2, 4, 5, 6, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0x81, 0x82, 0xFF)
    harm(master, pdu(TESTSET, 8), *(pdu(TESTSET, 8, struct.pack(">HH", kind, 0) + oid(VERSION) + tail)
                                    for kind in types for tail in (b"", bytes(4), bytes(8), octets(b"x" * 99))))
    for _ in range(20):  # and gone before it is answered
        agent = master.opened()
        agent.send(pdu(TESTSET, 8, value) + pdu(GET, 9, search(VERSION)))
        agent.close()


@case
def bulk(master, _):
    """More repetitions than memory holds."""
    agent = master.opened()
    agent.send(pdu(GETBULK, 8, struct.pack(">HH", 0, 65535) + search(MIB) * 1000))
    agent.response_to(8)
    agent.send(pdu(GETBULK, 9, struct.pack(">HH", 65535, 0) + search(MIB)))
    agent.response_to(9)
    assert agent.answers()
    agent.close()


@case
def largest_requests(master, _):
    """As many ranges as a message holds."""
    agent = master.opened()
    agent.send(pdu(GET, 8, bytes(8) * 8000))
    agent.response_to(8)
    agent.send(pdu(GETNEXT, 9, search(VERSION) * 900))
    agent.response_to(9)
    assert agent.answers()
    agent.close()


@case
def flood(master, _):
    """Requests without end, and nobody reads the answers."""
    agent = master.opened()
    requests = pdu(GETNEXT, 8, search(MIB) * 20) * 50
    try:
        for _ in range(2000):
            agent.send(requests)
    except Gone:
        pass
    agent.close()


@case
def flood_of_connections(master, _):
    for _ in range(30):
        master.accept().close()


@case
def every_kind(master, _):
    harm(master, *(pdu(kind, 8) for kind in range(0, 256, 5)))
    harm(master, *(pdu(kind, 8) for kind in range(0, 20)))
    harm(master, *(pdu(kind, 8, bytes(40)) for kind in range(0, 20)))
    harm(master, *(pdu(GET, 8, search(VERSION), version=version) for version in (0, 2, 127, 255)))
    harm(master, *(pdu(GET, 8, search(VERSION), flags=flags) for flags in range(0, 256, 9)))


@case
def mutations(master, random_):
    """Proper messages with some octets changed, many in one session."""
    seeds = [pdu(GET, 8, search(VERSION)), pdu(GETNEXT, 8, search(MIB) * 3), response(8, rest=bytes(30)),
             pdu(TESTSET, 8, b"\x00\x04\x00\x00" + oid(VERSION) + octets(b"x")), pdu(CLEANUPSET, 8)]
    agent = master.opened()
    for _ in range(3000):
        message = bytearray(random_.choice(seeds))
        for _ in range(random_.choice((1, 1, 2, 5))):
            message[random_.randrange(len(message))] = random_.choice((0, 1, 4, 127, 128, 255, random_.randrange(256)))
        try:
            agent.send(message)
        except (Gone, socket.timeout):
            agent.close()
            agent = master.opened()
    agent.close()


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(CASES))
        return 0
    path, name = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    master = Master(path)
    try:
        CASES[name](master, random.Random(seed))
        if not survives(master):
            print(f"{name}: the agent does not answer afterwards (seed {seed})")
            return 1
    except (AssertionError, Gone, socket.timeout) as error:
        print(f"{name}: {type(error).__name__} {error} (seed {seed})")
        return 1
    finally:
        os.unlink(path)
    print(f"{name}: fine")
    return 0


if __name__ == "__main__":
    sys.exit(main())
