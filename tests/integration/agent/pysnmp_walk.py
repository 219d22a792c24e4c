"""Walks a subtree by pysnmp, and prints what it got as `snmpwalk -On -Ox --hexOutputLength=0` does.

usage: pysnmp_walk.py ADDRESS PORT OID next|bulk 2c COMMUNITY
       pysnmp_walk.py ADDRESS PORT OID next|bulk 3 USER AUTH_PASSPHRASE PRIV_PASSPHRASE
"""

import sys

from pysnmp.hlapi import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    bulkCmd,
    nextCmd,
    usmAesCfb128Protocol,
    usmHMACSHAAuthProtocol,
)
from pysnmp.proto import rfc1902

# In this order: they are derived from one another.
TYPES = (
    (rfc1902.Counter64, "Counter64"),
    (rfc1902.Counter32, "Counter32"),
    (rfc1902.Gauge32, "Gauge32"),
    (rfc1902.Unsigned32, "Gauge32"),
    (rfc1902.TimeTicks, "Timeticks"),
    (rfc1902.IpAddress, "IpAddress"),
    (rfc1902.OctetString, "Hex-STRING"),
    (rfc1902.Integer32, "INTEGER"),
)
REPETITIONS = 50


def user_of(version, words):
    if version == "2c":
        return CommunityData(words[0], mpModel=1)
    name, auth, priv = words
    return UsmUserData(name, auth, priv, authProtocol=usmHMACSHAAuthProtocol, privProtocol=usmAesCfb128Protocol)


def line(name, value):
    kind = next((text for known, text in TYPES if isinstance(value, known)), type(value).__name__)
    shown = "".join(f"{octet:02X} " for octet in value.asOctets()) if kind == "Hex-STRING" else int(value)
    return f'.{name} = ""' if shown == "" else f".{name} = {kind}: {shown}"


def main():
    address, port, oid, way, version, *words = sys.argv[1:]
    common = (
        SnmpEngine(),
        user_of(version, words),
        UdpTransportTarget((address, int(port)), timeout=2, retries=1),
        ContextData(),
    )
    start = ObjectType(ObjectIdentity(oid))
    options = {"lexicographicMode": False, "lookupMib": False}
    if way == "bulk":
        answers = bulkCmd(*common, 0, REPETITIONS, start, **options)
    else:
        answers = nextCmd(*common, start, **options)
    for error, status, index, bindings in answers:
        if error or status:
            sys.exit(f"pysnmp_walk.py: {error or status.prettyPrint()} at {index}")
        for name, value in bindings:
            print(line(name, value))


if __name__ == "__main__":
    if len(sys.argv) < 7:
        sys.exit(__doc__)
    main()
