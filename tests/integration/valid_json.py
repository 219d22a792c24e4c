#!/usr/bin/python3
"""Holds what a program printed with --json against the schema.

  valid_json.py SCHEMA DEFINITION.. <OUTPUT

Every document must be of one of these definitions. Prints how many there were of each. The schema
itself must be one, forbid keys that it does not document, want all that it does, and document each.
"""

import collections
import json
import sys

import jsonschema


def documents(text):
    decoder = json.JSONDecoder()
    at = 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def check_objects(part, place):
    """Every object of the schema names its keys, and has no others."""
    if isinstance(part, list):
        for number, item in enumerate(part):
            check_objects(item, f"{place}[{number}]")
    if not isinstance(part, dict):
        return
    if part.get("type") == "object":
        if part.get("additionalProperties") is not False:
            sys.exit(f"{place}: allows keys that it does not document")
        if sorted(part["required"]) != sorted(part["properties"]):
            sys.exit(f"{place}: a key may be left out, or is not there")
    for name, item in part.items():
        check_objects(item, f"{place}.{name}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    check_objects(schema, "schema")
    validators = {
        name: jsonschema.Draft7Validator({**schema["definitions"][name], "definitions": schema["definitions"]})
        for name in sys.argv[2:]
    }
    counts = collections.Counter()
    for document in documents(sys.stdin.read()):
        errors = {name: list(validator.iter_errors(document)) for name, validator in validators.items()}
        kinds = [name for name, found in errors.items() if not found]
        if not kinds:
            for name, found in errors.items():
                for error in found:
                    print(f"no {name}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
            sys.exit(1)
        counts[kinds[0]] += 1
    if not counts:
        sys.exit("nothing was printed")
    print(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
