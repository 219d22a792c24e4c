"""Writes the Zabbix template galera-initiator.yaml to stdout.

usage: template.py FILE     FILE: what `smidump -f xml GALERA-INITIATOR-MIB` wrote

An item for each object of the MIB but for those of LEFT_OUT, and an item prototype for each column
of the table of peers. What a node does not know has no instance in SNMP: enumerations are 0 then,
which their value maps show, and everything else gets no new value.
"""

import hashlib
import pathlib
import re
import sys
import uuid

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import mib  # noqa: E402
from triggers import PEER_TRIGGERS, TRIGGERS  # noqa: E402

TEMPLATE = "Galera node by SNMP"
PEERS = "galeraPeerTable"
NO_VALUE = 0

LEFT_OUT = {
    "galeraSnapshotTime": "galeraSnapshotAge tells without the clocks",
    "galeraPosition": "another text with each transaction; galeraStateUuid and galeraSeqno have it",
    "galeraSavedPosition": "another text with each transaction",
    "galeraPeerPosition": "another text with each transaction; galeraPeerSeqno has it",
    "galeraNodeAddressType": "goes with the next",
    "galeraNodeAddress": "octets; Zabbix has an address of the host",
    "galeraViewMemberUuid": "rows that are others in each view",
    "galeraViewMemberName": "rows that are others in each view",
    "galeraViewMemberAddress": "rows that are others in each view",
    "galeraLineageEraSeqno": "only initiators compare it",
    "galeraLineageEraName": "only initiators compare it",
    "galeraPastViewId": "only initiators compare it",
    "galeraPastViewSeqno": "only initiators compare it",
    "galeraPastViewMembers": "only initiators compare it",
    "galeraPeersSurveyed": "octets; Zabbix does not read DateAndTime",
    "galeraPeerLastSeen": "octets; Zabbix does not read DateAndTime",
    "galeraInitiatorDecided": "octets; Zabbix does not read DateAndTime",
    "galeraInitiatorStarted": "octets; Zabbix does not read DateAndTime",
    "galeraInitiatorClaimed": "octets; Zabbix does not read DateAndTime",
}

# Those that have an instance also before the first snapshot: where they have none, there is no agent.
ALWAYS_THERE = {
    "galeraAgentVersion",
    "galeraSnapshotId",
    "galeraCollectorState",
    "galeraLastError",
    "galeraSampleInterval",
    "galeraNotificationsSent",
    "galeraNotificationsSuppressed",
}

MACROS = {
    "{$GALERA.INTERVAL}": ("30s", "How often a node is asked."),
    "{$GALERA.ARBITRATORS}": ("0", "How many garbd the cluster has: they are members without data."),
    "{$GALERA.GROUP}": ("Galera", "The host group with the nodes of this cluster, and no others."),
    "{$GALERA.PAUSED.MAX}": ("10", "Per cent of the time that flow control may take."),
    "{$GALERA.NOT.SYNCED.TIME}": ("10m", "How long a node may take to become Synced."),
    "{$GALERA.WAIT.TIME}": ("15m", "How long an initiator may wait for other nodes."),
}

HEAD = """\
# Galera nodes for Zabbix 6.0 and later. Made by packaging/nms/generate from GALERA-INITIATOR-MIB.
#
# To load it: Configuration, Templates, Import; then link "Galera node by SNMP" to the host of each
# node, which needs an SNMP interface. Put the nodes of a cluster into a host group of their own and
# name it in the macro {$GALERA.GROUP}, or "Galera"; set {$GALERA.ARBITRATORS} if there are any.
"""

ADDRESS_OF_INDEX = """\
// The index of a peer is its InetAddressType, the number of octets, and the octets.
return JSON.stringify(JSON.parse(value).map(function (row) {
    var octets = row['{#SNMPINDEX}'].split('.').slice(2);
    if (octets.length === 4) {
        row['{#ADDRESS}'] = octets.join('.');
    } else {
        var groups = [];
        for (var i = 0; i + 1 < octets.length; i += 2) {
            groups.push((octets[i] * 256 + octets[i + 1] * 1).toString(16));
        }
        row['{#ADDRESS}'] = groups.join(':');
    }
    return row;
}));
"""


def fixed_uuid(*words):
    """The same for the same words: an import then changes what was imported before."""
    digest = hashlib.md5("\n".join((TEMPLATE, *words)).encode(), usedforsecurity=False).digest()
    return uuid.UUID(bytes=digest, version=4).hex


def title(name):
    """galeraBfAborts: 'BF aborts'."""
    if name == "galeraFlowControlPausedNs":
        return "Flow control: time paused"
    words = re.findall(r"[A-Z][a-z0-9]*", re.sub("^galera(Peer(?!s|Count))?", "", name))
    upper = {"Id", "Uuid", "Bf", "Ist", "Sst", "Evs"}
    words = [word.upper() if word in upper else word.lower() for word in words]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def value_map_name(each):
    return each.syntax or each.name


def is_counter(each):
    """By its type itself: a textual convention of Counter64 is a plain value here."""
    return each.syntax in ("Counter32", "Counter64")


def step(kind, *parameters, **more):
    return {"type": kind, "parameters": list(parameters) or [""], **more}


def absence(each):
    if each.name in ALWAYS_THERE:
        return []
    if each.labels:
        return [step("CHECK_NOT_SUPPORTED", error_handler="CUSTOM_VALUE", error_handler_params=str(NO_VALUE))]
    return [step("CHECK_NOT_SUPPORTED", error_handler="DISCARD_VALUE")]


def value(each):
    """What depends on the type: value_type, units, trends, value map; and the steps after absence."""
    if each.labels:
        return {"valuemap": {"name": value_map_name(each)}}, []
    if each.base == "OctetString":
        kind = "TEXT" if each.syntax == "GaleraSentence" else "CHAR"
        return {"value_type": kind, "trends": "0"}, [step("DISCARD_UNCHANGED_HEARTBEAT", "1h")]
    scale, units = {
        "milliseconds": ("0.001", "s"),
        "microseconds": ("0.000001", "s"),
        "nanoseconds": ("0.0000001", "%"),  # of a second, by the change in a second
        "seconds": ("", "uptime"),
        "octets": ("", "B"),
    }.get(each.units, ("", ""))
    if each.syntax == "GaleraThousandths":
        scale = "0.001"
    steps = [step("CHANGE_PER_SECOND")] if is_counter(each) else []
    steps += [step("MULTIPLIER", scale)] if scale else []
    shown = {"value_type": "FLOAT"} if steps else {}
    if units:
        shown["units"] = "Bps" if units == "B" and is_counter(each) else units
    return shown, steps


def item(each):
    peer = each.table == PEERS
    shown, steps = value(each)
    made = {
        "uuid": fixed_uuid("item", each.name),
        "name": f"Peer {{#ADDRESS}} ({{#NAME}}): {title(each.name).lower()}" if peer else title(each.name),
        "type": "SNMP_AGENT",
        "snmp_oid": each.oid + (".{#SNMPINDEX}" if peer else ".0"),
        "key": each.name + ("[{#SNMPINDEX}]" if peer else ""),
        "delay": "{$GALERA.INTERVAL}",
        "history": "7d",
        **shown,
        "description": each.description,
    }
    if absence(each) + steps:
        made["preprocessing"] = absence(each) + steps
    made["tags"] = [{"tag": "component", "value": each.group.removeprefix("galera").lower()}]
    return made


def calculated(key, name, formula, description, **more):
    return {
        "uuid": fixed_uuid("item", key),
        "name": name,
        "type": "CALCULATED",
        "key": key,
        "delay": "{$GALERA.INTERVAL}",
        "history": "7d",
        **more,
        "params": formula,
        "description": description,
        "tags": [{"tag": "component", "value": "replication"}],
    }


def own_items():
    """Those that are not objects of the MIB."""
    return [
        {
            "uuid": fixed_uuid("item", "available"),
            "name": "SNMP daemon: available",
            "type": "INTERNAL",
            "key": "zabbix[host,snmp,available]",
            "delay": "{$GALERA.INTERVAL}",
            "history": "7d",
            "description": "Whether the node's SNMP daemon answers: no(0), yes(1), not known yet(2).",
            "tags": [{"tag": "component", "value": "agent"}],
        },
        calculated(
            "galera.furthest",
            "Seqno of the furthest node",
            'max(last_foreach(/*/galeraSeqno?[group="{$GALERA.GROUP}"]))',
            "The highest galeraSeqno of the nodes in the host group {$GALERA.GROUP}.",
        ),
        calculated(
            "galera.behind",
            "Write sets behind",
            "last(//galera.furthest,#1:now-1m)-last(//galeraSeqno)",
            "How far this node is behind where the furthest was a minute ago; negative if it is not.",
            value_type="FLOAT",
        ),
    ]


def trigger(spec):
    name, priority, expression, what_to_do, after = spec
    made = {
        "uuid": fixed_uuid("trigger", name),
        "expression": resolved(expression),
        "name": name,
        "priority": priority,
        "description": what_to_do,
    }
    if after:
        by_name = {each[0]: each for each in TRIGGERS}
        made["dependencies"] = [{"name": each, "expression": resolved(by_name[each][2])} for each in after]
    made["tags"] = [{"tag": "scope", "value": "availability" if priority != "WARNING" else "notice"}]
    return made


def resolved(expression):
    return " ".join(expression.split()).replace("//", f"/{TEMPLATE}/")


def value_maps(objects):
    maps = {value_map_name(each): each.labels for each in objects if each.labels}
    return [
        {
            "uuid": fixed_uuid("valuemap", name),
            "name": name,
            "mappings": [
                {"value": str(number), "newvalue": label}
                for number, label in [(NO_VALUE, "no value"), *sorted(labels.items())]
            ],
        }
        for name, labels in maps.items()
    ]


def discovery(columns, name_oid):
    return {
        "uuid": fixed_uuid("discovery"),
        "name": "Nodes of the roster",
        "type": "SNMP_AGENT",
        "snmp_oid": f"discovery[{{#NAME}},{name_oid}]",
        "key": "galeraPeers",
        "delay": "10m",
        "description": "The rows of galeraPeerTable, by their index, the node's address.",
        "item_prototypes": [item(each) for each in columns],
        "trigger_prototypes": [trigger(each) for each in PEER_TRIGGERS],
        "preprocessing": [step("JAVASCRIPT", ADDRESS_OF_INDEX)],
    }


def template(objects):
    taken = [each for each in objects if each.readable and each.name not in LEFT_OUT]
    others = [each.name for each in taken if each.table not in ("", PEERS)]
    unknown = set(LEFT_OUT) - {each.name for each in objects}
    if others or unknown:
        sys.exit(f"template.py: say in LEFT_OUT what to do with {others}; not in the MIB: {sorted(unknown)}")
    scalars = [each for each in taken if not each.table]
    columns = [each for each in taken if each.table]
    name_oid = next(each.oid for each in columns if each.name == "galeraPeerName")
    return {
        "zabbix_export": {
            "version": "6.0",
            # The group that Zabbix comes with has this UUID.
            "groups": [{"uuid": "748ad4d098d447d492bb935c907f652f", "name": "Templates/Databases"}],
            "templates": [
                {
                    "uuid": fixed_uuid("template"),
                    "template": TEMPLATE,
                    "name": TEMPLATE,
                    "description": "A node of a Galera cluster as galera-agentx shows it: GALERA-INITIATOR-MIB.",
                    "groups": [{"name": "Templates/Databases"}],
                    "items": [item(each) for each in scalars] + own_items(),
                    "discovery_rules": [discovery(columns, name_oid)],
                    "macros": [
                        {"macro": name, "value": text, "description": about} for name, (text, about) in MACROS.items()
                    ],
                    "valuemaps": value_maps(taken),
                }
            ],
            "triggers": [trigger(each) for each in TRIGGERS],
        }
    }


class Writer(yaml.SafeDumper):
    """Texts of several lines as such."""


Writer.add_representer(
    str,
    lambda writer, text: writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = yaml.dump(template(mib.read(sys.argv[1])), Dumper=Writer, sort_keys=False, width=100, allow_unicode=True)
    sys.stdout.write(HEAD + text)


if __name__ == "__main__":
    main()
