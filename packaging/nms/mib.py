"""The objects of a MIB module, from what `smidump -f xml` writes of it."""

import sys
from dataclasses import dataclass
from xml.etree import ElementTree

# Labels of the enumerations that the module takes from others; smidump does not write those out.
IMPORTED_LABELS = {
    "TruthValue": {1: "true", 2: "false"},
    "InetAddressType": {1: "ipv4", 2: "ipv6"},
}


@dataclass(frozen=True)
class Object:
    """A scalar or column.

    syntax: the name of its type or textual convention, "" for an enumeration of its own;
    base: what goes over the wire, such as Counter64, OctetString, Enumeration;
    labels: of an enumeration, by number; units: "" if it has none;
    group: the name above it in the tree, above its table for a column; table: its name, "" for a
    scalar; readable: false for indexes.
    """

    name: str
    oid: str
    syntax: str
    base: str
    labels: dict
    units: str
    description: str
    group: str
    table: str
    readable: bool


def read(path):
    """The objects in the order of the module."""
    root = ElementTree.parse(path).getroot()
    types = {each.get("name"): each for each in root.iter("typedef") if each.get("name")}
    names = {each.get("oid"): each.get("name") for each in root.find("nodes").iter("node")}
    found = []
    for node in root.find("nodes"):
        group = names.get(node.get("oid").rpartition(".")[0])
        if node.tag == "scalar":
            found.append(_object(node, group, "", types))
        elif node.tag == "table":
            found.extend(_object(each, group, node.get("name"), types) for each in node.iter("column"))
    return found


def _object(node, group, table, types):
    syntax, base, labels = _syntax(node.find("syntax")[0], types)
    units = node.find("units")
    return Object(
        name=node.get("name"),
        oid=node.get("oid"),
        syntax=syntax,
        base=base,
        labels=labels,
        units="" if units is None else units.text.strip(),
        description=_text(node.find("description")),
        group=group,
        table=table,
        readable=node.find("access").text == "readonly",
    )


def _syntax(element, types):
    """Of <type>, a name, or <typedef>, a type that has none but maybe a parent."""
    if element.tag == "type":
        name = element.get("name")
        if name in types:
            return (name, *_definition(types[name]))
        if name in IMPORTED_LABELS:
            return name, "Enumeration", IMPORTED_LABELS[name]
        return name, _base(name), {}
    parent = element.find("parent")
    name = "" if parent is None else parent.get("name")
    return (name, *_definition(element))


def _definition(typedef):
    labels = {int(each.get("number")): each.get("name") for each in typedef.iter("namednumber")}
    parent = typedef.find("parent")
    if labels or parent is None:
        return typedef.get("basetype"), labels
    return _base(parent.get("name")), {}


def _base(name):
    texts = {"SnmpAdminString", "DateAndTime", "InetAddress"}
    return "OctetString" if name in texts else name


def _text(element):
    return "\n".join(line.strip() for line in element.text.strip().splitlines())


def main():
    """For shells: NAME OID BASE TABLE, a line for each object that can be read; TABLE - for a scalar."""
    for each in read(sys.argv[1]):
        if each.readable:
            print(each.name, each.oid, each.base, each.table or "-")


if __name__ == "__main__":
    main()
