#!/usr/bin/env python3
"""The wire between nodes in network namespaces: a bridge that loses, delays and forges as it is told.

    wire.py SOCKET SEED NODE=INTERFACE..     moves frames between the interfaces until it is killed
    wire.py --tell SOCKET WORD..             tells it what to do, and prints what it says

    rules [RULE..]     from now on these and no others; what was held back is gone
    counts             how many datagrams each rule has touched, in the order of the rules

A rule: FROM>TO,FAULT[=VALUE],WORD[=NUMBER]..   the first rule that a frame fits is its rule

    lose[=PERCENT]     it does not arrive
    delay=MS           it arrives so much later
    twice              it arrives two times
    late               it arrives behind the next one that this rule touches
    cut[=OCTETS]       of its payload only so much arrives, or half; lengths and checksums are right
    forged=KIND        a forgery arrives before it; KINDs: see `forgeries`
    replaced=KIND      a forgery arrives in its place

    all                every frame, not only datagrams from or to the SNMP port
    after=N, first=N   not the first N that fit; only N of them
"""

import heapq
import os
import random
import selectors
import socket
import struct
import sys
import time

SNMP_PORT = 161
ETHERNET = 14
IP_PROTOCOL_TCP = 6
IP_PROTOCOL_UDP = 17
PACKET_IGNORE_OUTGOING = 23
FRAME_OCTETS_MAX = 65536 + ETHERNET


# ---- datagrams -----------------------------------------------------------------------------------


def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Frame:
    """An Ethernet frame. Whatever is changed in it, its lengths and checksums are made right: a
    sender on a virtual interface leaves them to its hardware."""

    def __init__(self, octets):
        self.octets = bytearray(octets)

    def copy(self):
        return Frame(self.octets)

    def destination(self):
        return bytes(self.octets[0:6])

    def source(self):
        return bytes(self.octets[6:12])

    def is_ipv4(self):
        return self.octets[12:14] == b"\x08\x00"

    def ip_header(self):
        return ETHERNET, (self.octets[ETHERNET] & 0x0F) * 4

    def is_whole(self):
        return int.from_bytes(self.octets[ETHERNET + 6 : ETHERNET + 8], "big") & 0x3FFF == 0

    def protocol(self):
        return self.octets[ETHERNET + 9] if self.is_ipv4() and self.is_whole() else None

    def transport(self):
        start, length = self.ip_header()
        return start + length

    def ports(self):
        return struct.unpack_from("!2H", self.octets, self.transport())

    def is_snmp(self):
        return self.protocol() == IP_PROTOCOL_UDP and SNMP_PORT in self.ports()

    def payload(self):
        begin = self.transport()
        length = struct.unpack_from("!H", self.octets, begin + 4)[0]
        return bytes(self.octets[begin + 8 : begin + length])

    def with_payload(self, payload):
        made = Frame(self.octets[: self.transport() + 8] + payload)
        start = ETHERNET
        struct.pack_into("!H", made.octets, start + 2, len(made.octets) - start)
        struct.pack_into("!H", made.octets, made.transport() + 4, 8 + len(payload))
        return made

    def with_source(self, address=None, port=None):
        made = self.copy()
        if address is not None:
            made.octets[ETHERNET + 12 : ETHERNET + 16] = address
        if port is not None:
            struct.pack_into("!H", made.octets, made.transport(), port)
        return made

    def finished(self):
        if self.protocol() not in (IP_PROTOCOL_TCP, IP_PROTOCOL_UDP):
            return bytes(self.octets)
        start, header = self.ip_header()
        struct.pack_into("!H", self.octets, start + 10, 0)
        struct.pack_into("!H", self.octets, start + 10, checksum(bytes(self.octets[start : start + header])))
        begin = start + header
        end = start + struct.unpack_from("!H", self.octets, start + 2)[0]
        place = begin + (6 if self.protocol() == IP_PROTOCOL_UDP else 16)
        struct.pack_into("!H", self.octets, place, 0)
        pseudo = bytes(self.octets[start + 12 : start + 20]) + struct.pack("!BBH", 0, self.protocol(), end - begin)
        struct.pack_into("!H", self.octets, place, checksum(pseudo + bytes(self.octets[begin:end])) or 0xFFFF)
        return bytes(self.octets)


# ---- forgeries -----------------------------------------------------------------------------------


def element(message, at):
    """Of a BER element: where its content begins and ends."""
    length = message[at + 1]
    begin = at + 2
    if length & 0x80:
        octets = length & 0x7F
        length = int.from_bytes(message[begin : begin + octets], "big")
        begin += octets
    return begin, begin + length


def elements(message, at, count):
    """The places of so many elements from there on, one behind the other."""
    places = []
    for _ in range(count):
        begin, end = element(message, at)
        places.append((at, begin, end))
        at = end
    return places


def changed(message, place, value=0x5A):
    return message[:place] + bytes([message[place] ^ value]) + message[place + 1 :]


def number_place(message):
    """The last octet of the request's number: of the PDU by v2c, of the message by v3, since the PDU
    is encrypted."""
    version, second = elements(message, element(message, 0)[0], 2)
    if message[version[1]] == 3:
        return element(message, second[1])[1] - 1
    pdu = element(message, second[2])[0]
    return element(message, pdu)[1] - 1


# From a datagram, what arrives in its name.
forgeries = {
    # the number of another request
    "number": lambda frame: frame.with_payload(changed(frame.payload(), number_place(frame.payload()))),
    # its last octet altered: by v2c a value, by v3 what is encrypted
    "value": lambda frame: frame.with_payload(changed(frame.payload(), len(frame.payload()) - 1, 0x01)),
    # from another port, and from another host
    "port": lambda frame: frame.with_source(port=SNMP_PORT + 1),
    "host": lambda frame: frame.with_source(address=bytes([10, 77, 0, 99])),
    # no SNMP at all
    "noise": lambda frame: frame.with_payload(bytes(random.randrange(256) for _ in range(64))),
    "empty": lambda frame: frame.with_payload(b""),
}


# ---- rules ---------------------------------------------------------------------------------------


class Rule:
    faults = ("lose", "delay", "twice", "late", "cut", "forged", "replaced")

    def __init__(self, text):
        way, *words = text.split(",")
        self.way = tuple(way.split(">"))
        self.fault = self.value = None
        self.all = False
        self.after, self.first = 0, None
        self.touched = 0
        self.held = None
        for word in words:
            name, _, value = word.partition("=")
            if name in Rule.faults:
                self.fault, self.value = name, value
            elif name == "all":
                self.all = True
            elif name == "after":
                self.after = int(value)
            elif name == "first":
                self.first = int(value)
            else:
                raise ValueError(f"{text}: {name}?")
        if self.fault is None or len(self.way) != 2:
            raise ValueError(f"{text}: no fault or no way")

    def fits(self, way, frame):
        return way == self.way and (self.all or frame.is_snmp())

    def passes(self):
        """Whether this frame is one of those that the rule leaves alone; counts it."""
        if self.after > 0:
            self.after -= 1
            return True
        if self.first is not None and self.touched >= self.first:
            return True
        if self.fault == "lose" and self.value and random.uniform(0, 100) >= float(self.value):
            return True
        self.touched += 1
        return False

    def outcome(self, frame):
        """What arrives: pairs of a delay in seconds and a frame."""
        if self.passes():
            return [(0, frame)]
        if self.fault == "delay":
            return [(int(self.value) / 1000, frame)]
        if self.fault == "twice":
            return [(0, frame), (0, frame.copy())]
        if self.fault == "late":
            return self.swapped(frame)
        if self.fault == "cut":
            payload = frame.payload()
            return [(0, frame.with_payload(payload[: int(self.value or len(payload) // 2)]))]
        if self.fault == "forged":
            return [(0, forgeries[self.value](frame)), (0, frame)]
        if self.fault == "replaced":
            return [(0, forgeries[self.value](frame))]
        return []

    def swapped(self, frame):
        held, self.held = self.held, None
        if held is None:
            self.held = frame
            return []
        return [(0, frame), (0, held)]


class Wire:
    def __init__(self, control, ports):
        self.selector = selectors.DefaultSelector()
        self.sockets = {}
        self.where = {}  # hardware address -> node
        self.rules = []
        self.waiting = []  # (due, number, node, frame)
        self.number = 0
        for node, interface in ports.items():
            self.sockets[node] = opened(interface)
            self.selector.register(self.sockets[node], selectors.EVENT_READ, node)
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control.bind(control)
        self.control.listen()
        self.selector.register(self.control, selectors.EVENT_READ, None)

    def run(self):
        while True:
            wait = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            for key, _ in self.selector.select(wait):
                if key.data is None:
                    self.be_told()
                else:
                    self.take(key.data, Frame(key.fileobj.recv(FRAME_OCTETS_MAX)))
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, node, frame = heapq.heappop(self.waiting)
                self.put(node, frame)

    def take(self, source, frame):
        self.where[frame.source()] = source
        known = self.where.get(frame.destination())
        for target in [known] if known else self.sockets:
            if target != source:
                self.carry(source, target, frame.copy())

    def carry(self, source, target, frame):
        rule = next((each for each in self.rules if each.fits((source, target), frame)), None)
        for delay, each in rule.outcome(frame) if rule else [(0, frame)]:
            if delay == 0:
                self.put(target, each)
            else:
                self.number += 1
                heapq.heappush(self.waiting, (time.monotonic() + delay, self.number, target, each))

    def put(self, node, frame):
        self.sockets[node].send(frame.finished())

    def be_told(self):
        connection, _ = self.control.accept()
        with connection:
            command, *words = connection.recv(65536).decode().split()
            try:
                connection.send((self.obey(command, words) + "\n").encode())
            except ValueError as error:
                connection.send(f"error: {error}\n".encode())

    def obey(self, command, words):
        if command == "rules":
            self.rules = [Rule(word) for word in words]
            self.waiting = []
            return "ok"
        if command == "counts":
            return " ".join(str(rule.touched) for rule in self.rules)
        raise ValueError(f"{command}?")


def opened(interface):
    opening = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    opening.setsockopt(263, PACKET_IGNORE_OUTGOING, 1)  # SOL_PACKET
    opening.bind((interface, 0))
    return opening


def tell(control, words):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(control)
        connection.send(" ".join(words).encode())
        said = connection.recv(65536).decode()
    print(said, end="")
    return 1 if said.startswith("error") else 0


if __name__ == "__main__":
    if sys.argv[1] == "--tell":
        sys.exit(tell(sys.argv[2], sys.argv[3:]))
    random.seed(int(sys.argv[2]))
    if os.path.exists(sys.argv[1]):
        os.unlink(sys.argv[1])
    Wire(sys.argv[1], dict(word.split("=") for word in sys.argv[3:])).run()
