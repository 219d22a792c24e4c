"""What must hold between the files of packaging/nms and GALERA-INITIATOR-MIB, whoever wrote them.

usage: check.py NMS MIB     NMS: packaging/nms; MIB: what `smidump -f xml GALERA-INITIATOR-MIB` wrote
"""

import pathlib
import re
import sys

import yaml

NMS = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(NMS))
import mib  # noqa: E402

OBJECTS = {each.name: each for each in mib.read(sys.argv[2])}
READABLE = {name: each for name, each in OBJECTS.items() if each.readable}
findings = []


def claim(holds, text):
    if not holds:
        findings.append(text)


# ---- Prometheus ----------------------------------------------------------------------------------


def expected_types(each):
    """By the MIB alone: what its type may become."""
    if each.labels:
        return {"EnumAsStateSet", "EnumAsInfo"}
    if each.syntax in ("Counter32", "Counter64"):
        return {"counter"}
    if each.syntax in ("DateAndTime", "InetAddress"):
        return {each.syntax}
    return {"DisplayString"} if each.base == "OctetString" else {"gauge"}


def check_module():
    module = yaml.safe_load((NMS / "prometheus/snmp.yml").read_text())["galera_initiator"]
    overrides = yaml.safe_load((NMS / "prometheus/generator.yml").read_text())
    overrides = overrides["modules"]["galera_initiator"]["overrides"]
    ignored = {name for name, override in overrides.items() if override.get("ignore")}
    metrics = {each["name"]: each for each in module["metrics"]}
    claim(set(overrides) <= set(OBJECTS), f"generator.yml: no objects: {set(overrides) - set(OBJECTS)}")
    claim(
        set(metrics) == set(READABLE) - ignored,
        f"snmp.yml: its metrics are not the MIB's objects: {set(metrics) ^ (set(READABLE) - ignored)}",
    )
    for name in set(metrics) & set(OBJECTS):
        each, metric = OBJECTS[name], metrics[name]
        claim(metric["oid"] == each.oid, f"snmp.yml: {name} has the OID {metric['oid']}")
        claim(metric["type"] in expected_types(each), f"snmp.yml: {name} is a {metric['type']}")
        claim(metric.get("enum_values", {}) == each.labels, f"snmp.yml: {name} has other labels")
        if each.table == "galeraPeerTable":
            indexes = [(index["labelname"], index["type"]) for index in metric["indexes"]]
            lookups = [lookup["labelname"] for lookup in metric["lookups"]]
            claim(indexes == [("galeraPeerAddress", "InetAddress")], f"snmp.yml: {name}: {indexes}")
            claim(lookups == ["galeraPeerName"], f"snmp.yml: {name}: {lookups}")
    return metrics


def check_alerts(metrics):
    text = (NMS / "prometheus/alerts.yml").read_text()
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    stories = (pathlib.Path(__file__).parent / "alerts_test.yml").read_text()
    for rule in rules:
        if "alert" not in rule:
            continue
        name = rule["alert"]
        claim(rule["labels"]["severity"] in ("critical", "warning"), f"alerts.yml: {name} has no severity")
        claim(all(rule["annotations"].get(part) for part in ("summary", "description")), f"alerts.yml: {name}")
        claim(re.search(rf"\b{name}\b", stories), f"alerts_test.yml: no story of {name}")
    infos = {name for name, metric in metrics.items() if metric["type"] == "EnumAsInfo"}
    for name in set(re.findall(r"\bgalera[A-Z]\w*", text)):
        claim(name in metrics and name not in infos, f"alerts.yml: there is no metric {name}")
    for name, label in re.findall(r'\b(galera\w+)\{\1=~?"([^"]*)"', text + stories):
        if metrics.get(name, {}).get("type") == "EnumAsStateSet":
            unknown = set(label.split("|")) - set(OBJECTS[name].labels.values())
            claim(not unknown, f"alerts.yml: {name} is never {unknown}")


# ---- Zabbix --------------------------------------------------------------------------------------


def check_template():
    export = yaml.safe_load((NMS / "zabbix/galera-initiator.yaml").read_text())["zabbix_export"]
    template = export["templates"][0]
    rule = template["discovery_rules"][0]
    items = template["items"] + rule["item_prototypes"]
    keys = {each["key"] for each in items}
    maps = {
        each["name"]: {int(one["value"]): one["newvalue"] for one in each["mappings"]} for each in template["valuemaps"]
    }
    claim(len(keys) == len(items), "zabbix: a key is there twice")
    for each in items:
        if each["type"] != "SNMP_AGENT":
            continue
        name = each["key"].partition("[")[0]
        suffix = ".{#SNMPINDEX}" if OBJECTS[name].table else ".0"
        claim(each["snmp_oid"] == OBJECTS[name].oid + suffix, f"zabbix: {name} has the OID {each['snmp_oid']}")
        labels = {0: "no value", **OBJECTS[name].labels} if OBJECTS[name].labels else None
        claim(labels == maps.get(each.get("valuemap", {}).get("name")), f"zabbix: {name} has other labels")
    triggers = export["triggers"] + rule["trigger_prototypes"]
    for trigger in triggers:
        for key in re.findall(r"/Galera node by SNMP/([\w.]+(?:\[[^]]*\])?)", trigger["expression"]):
            claim(key in keys, f"zabbix: '{trigger['name']}' asks for {key}")
        claim("//" not in trigger["expression"] and trigger["description"], f"zabbix: '{trigger['name']}'")
    uuids = re.findall(r"uuid: '?([0-9a-f]+)", (NMS / "zabbix/galera-initiator.yaml").read_text())
    claim(len(uuids) == len(set(uuids)), "zabbix: a UUID is there twice")
    claim(all(re.fullmatch("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}", each) for each in uuids), "zabbix: UUIDs")


# ---- Icinga and Nagios ---------------------------------------------------------------------------


def check_commands():
    """Both files have the same checks, of objects that are there, with labels that are the MIB's."""
    root = OBJECTS["galeraStatus"].oid.rsplit(".", 2)[0]
    conf = (NMS / "icinga/galera-initiator.conf").read_text()
    cfg = (NMS / "icinga/galera-initiator.cfg").read_text()
    claim(f'GaleraObjects = ".{root}"' in conf, "icinga: another root")
    checks = {}
    for name, body in re.findall(r'^  "([\w-]+)" = \{\n(.*?)^  \}', conf, re.S | re.M):
        words = dict(re.findall(r"^    (\w+) = (.*)$", body, re.M))
        words["oid"] = words["oid"].replace('GaleraObjects + "', f'".{root}').replace('" + "', "")
        checks[name.replace("-", "_")] = {key: value.strip('"') for key, value in words.items()}
    commands = dict(re.findall(r"command_name +check_galera_(\w+)\n +command_line +(.*)", cfg))
    claim(len(checks) >= 6 and set(checks) == set(commands), f"icinga and nagios: {set(checks) ^ set(commands)}")
    macros = {"$galera_age_warn$": "$ARG2$", "$galera_age_crit$": "$ARG3$", "$galera_nodes$:": "$ARG2$:"}
    for name, check in checks.items():
        options = dict(re.findall(r" (-[olwcu]) (\S+)", commands.get(name, "").rpartition("check_snmp")[2]))
        wanted = {"-" + key[0]: macros.get(check[key], check[key]) for key in check if key not in ("notes", "unknown")}
        claim(options == wanted, f"{name}: nagios has {options}, icinga {wanted}")
        claim(("negate" in commands.get(name, "")) == ("unknown" in check), f"{name}: one hides UNKNOWN")
        objects = [each for each in OBJECTS.values() if f".{each.oid}.0" in check["oid"].split(",")]
        claim(len(objects) == len(check["oid"].split(",")), f"{name}: {check['oid']} are no scalars")
        for each in objects:
            labels = ", ".join(f"{label}({number})" for number, label in sorted(each.labels.items()))
            meaning = f"{each.name}: {labels}" if labels else each.name
            claim(meaning in check["notes"], f"{name}: its notes lack '{meaning}'")
            claim(f"# {check['notes']}" in cfg, f"{name}: nagios says otherwise what the numbers mean")


def main():
    check_alerts(check_module())
    check_template()
    check_commands()
    for each in findings:
        print(each)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
