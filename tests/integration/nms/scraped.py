"""Compares what snmp_exporter made of a node with what snmpwalk saw of it, before and after.

usage: scraped.py SNMP_YML BEFORE METRICS AFTER

BEFORE and AFTER: `snmpwalk -On -Ox --hexOutputLength=0`. An object that had one value in both must have
it in METRICS, as SNMP_YML says; and there is no metric of an object that has no value. The age is left
out: it is another at each moment.
"""

import datetime
import re
import sys

import yaml


def walk(path):
    found = {}
    for line in open(path, encoding="ascii"):
        oid, value = line.rstrip("\n").split(" = ", 1)
        found[oid.lstrip(".")] = value
    return found


def octets(text):
    return b"" if text == '""' else bytes.fromhex(text.partition(": ")[2].replace(" ", ""))


def samples(path):
    """(name, value of each label by name): value."""
    found = {}
    for line in open(path, encoding="utf-8"):
        match = re.fullmatch(r"(galera\w+)(?:\{(.*)\})? (\S+)\n", line)
        if match:
            labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")
            labels = {name: value.replace('\\"', '"').replace("\\\\", "\\") for name, value in labels}
            found[match[1], frozenset(labels.items())] = float(match[3])
    return found


def date(text):
    raw = octets(text)
    when = datetime.datetime(raw[0] * 256 + raw[1], *raw[2:7], tzinfo=datetime.timezone.utc)
    return when.timestamp()


def expected(metric, text):
    """[(name, label or None, value)]"""
    name, kind = metric["name"], metric["type"]
    if kind in ("gauge", "counter"):
        return [(name, None, float(text.partition(": ")[2]))]
    if kind == "DateAndTime":
        return [(name, None, date(text))]
    if kind == "InetAddress":
        return [(name, ".".join(str(octet) for octet in octets(text)), 1.0)]
    if kind.startswith("EnumAs"):
        number, labels = int(text.partition(": ")[2]), metric["enum_values"]
        if kind == "EnumAsInfo":
            return [(name + "_info", labels[number], 1.0)]
        return [(name, label, float(number == each)) for each, label in labels.items()]
    return [(name, octets(text).decode(), 1.0)]


def main():
    metrics = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))["galera_initiator"]["metrics"]
    before, after = walk(sys.argv[2]), walk(sys.argv[4])
    seen = samples(sys.argv[3])
    findings, names = [], set()
    for metric in metrics:
        for oid in set(before) | set(after):
            if not oid.startswith(metric["oid"] + "."):
                continue
            names |= {metric["name"], metric["name"] + "_info"}
            if before.get(oid) != after.get(oid) or metric["name"] == "galeraSnapshotAge":
                continue
            for name, label, value in expected(metric, before[oid]):
                wanted = value if label is None else (metric["name"], label)
                rows = {
                    key: each
                    for key, each in seen.items()
                    if key[0] == name and (label is None or (metric["name"], label) in key[1])
                }
                if value not in rows.values():
                    findings.append(f"{name} should be {wanted} {value} ({oid}: {before[oid]}), is {rows}")
    findings += [f"{name} has a value in no walk" for name in {key[0] for key in seen} - names]
    for each in findings:
        print(each)
    if not seen:
        findings.append("")
        print("there is no metric at all")
    print(f"{len(seen)} samples of {len({key[0] for key in seen})} metrics")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
