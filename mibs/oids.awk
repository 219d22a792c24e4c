# Writes a C++ header with the object identifiers of a MIB module: one constant for each OBJECT
# IDENTIFIER, OBJECT-TYPE, MODULE-IDENTITY and NOTIFICATION-TYPE, in the order of the file, and a
# list of them all with their names. POSIX awk:  awk -f oids.awk MODULE.txt > oids.hpp
#
# It reads as much of SMIv2 as the module needs and fails on everything else.

{
    sub(/\r$/, "")
    line = $0
    while (line != "") {
        if (quoted) {
            end = index(line, "\"")
            if (end == 0)
                break
            line = substr(line, end + 1)
            quoted = 0
            add("\"\"")
        } else if (match(line, /^[ \t]+/)) {
            line = substr(line, RLENGTH + 1)
        } else if (line ~ /^--/) {
            break
        } else if (line ~ /^"/) {
            line = substr(line, 2)
            quoted = FNR
        } else if (line ~ /^::=/) {
            add("::=")
            line = substr(line, 4)
        } else if (line ~ /^\.\./) {
            add("..")
            line = substr(line, 3)
        } else if (match(line, /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*/) || match(line, /^-?[0-9]+/)) {
            add(substr(line, 1, RLENGTH))
            line = substr(line, RLENGTH + 1)
        } else if (line ~ /^[{}(),;|]/) {
            add(substr(line, 1, 1))
            line = substr(line, 2)
        } else {
            fail(FNR, "cannot read '" line "'")
        }
    }
}

END {
    if (failed)
        exit 1
    if (quoted)
        fail(quoted, "the quotation mark is never closed")
    oid["enterprises"] = "1 3 6 1 4 1"
    read_module()
    resolve_all()
    write_header()
}

function fail(at, text) {
    print FILENAME ":" at ": " text | "cat 1>&2"
    close("cat 1>&2")
    failed = 1
    exit 1
}

function add(text) {
    token[++tokens] = text
    token_line[tokens] = FNR
}

function take() {
    if (position > tokens)
        fail(FNR + 0, "the module ends in the middle of a definition")
    return token[position++]
}

function expect(text,    found) {
    found = take()
    if (found != text)
        fail(token_line[position - 1], "'" found "' where '" text "' was expected")
}

function read_module() {
    position = 2
    expect("DEFINITIONS")
    expect("::=")
    expect("BEGIN")
    if (token[position] == "IMPORTS")
        while (take() != ";")
            ;
    while (token[position] != "END")
        read_definition()
    if (position != tokens)
        fail(token_line[position + 1], "'" token[position + 1] "' behind END")
}

function read_definition(    name, keyword) {
    name = take()
    keyword = take()
    if (name !~ /^[A-Za-z][A-Za-z0-9]*$/)
        fail(token_line[position - 2], "'" name "' is no name of a definition")
    if (keyword == "::=") {
        read_type(name)
    } else if (keyword == "OBJECT") {
        expect("IDENTIFIER")
        expect("::=")
        read_identifier(name, 1)
    } else if (keyword == "OBJECT-TYPE" || keyword == "MODULE-IDENTITY" ||
               keyword == "NOTIFICATION-TYPE") {
        skip_clauses(name)
        read_identifier(name, 1)
    } else if (keyword == "OBJECT-GROUP" || keyword == "NOTIFICATION-GROUP" ||
               keyword == "MODULE-COMPLIANCE") {
        skip_clauses(name)
        read_identifier(name, 0)
    } else {
        fail(token_line[position - 1], "'" name "': does not know what a '" keyword "' is")
    }
}

# To behind the "::=" of the definition. The clauses between do not matter here.
function skip_clauses(name,    start, found) {
    start = token_line[position - 2]
    do {
        found = take()
        if (found == "END" || found ~ /^[A-Z]+-(TYPE|IDENTITY|GROUP|COMPLIANCE|CONVENTION)$/)
            fail(start, "'" name "' has no '::='")
    } while (found != "::=")
}

# A TEXTUAL-CONVENTION or the SEQUENCE of a table's row: nothing of it becomes an identifier.
function read_type(name,    found) {
    found = take()
    if (found == "TEXTUAL-CONVENTION") {
        while ((found = take()) != "SYNTAX")
            if (found == "::=" || found == "END")
                fail(token_line[position - 1], "'" name "' has no SYNTAX")
        if (take() == "OCTET")
            expect("STRING")
        if (token[position] == "(")
            skip_group("(", ")")
        else if (token[position] == "{")
            skip_group("{", "}")
    } else if (found == "SEQUENCE") {
        skip_group("{", "}")
    } else {
        fail(token_line[position - 1], "'" name "': does not know the type '" found "'")
    }
}

function skip_group(open, close_,    depth, found) {
    expect(open)
    depth = 1
    while (depth > 0) {
        found = take()
        if (found == open)
            depth++
        else if (found == close_)
            depth--
    }
}

# { parent 1 name(2) }
function read_identifier(name, wanted,    found, arcs, at) {
    at = token_line[position]
    if (name in parent)
        fail(at, "'" name "' is defined twice")
    expect("{")
    parent[name] = take()
    if (parent[name] !~ /^[a-z][A-Za-z0-9]*$/)
        fail(at, "'" name "' begins with '" parent[name] "', which is no name of a parent")
    while ((found = take()) != "}") {
        if (found ~ /^[a-z]/) {
            expect("(")
            found = take()
            expect(")")
        }
        if (found !~ /^[0-9]+$/ || found + 0 > 4294967295)
            fail(at, "'" name "': '" found "' is no part of an object identifier")
        arcs = arcs " " found
    }
    if (arcs == "")
        fail(at, "'" name "' has no number of its own")
    below[name] = arcs
    defined_at[name] = at
    names[++count] = name
    published[count] = wanted
}

function resolve_all(    i, other) {
    for (i = 1; i <= count; i++) {
        resolve(names[i], 0)
        other = oid[names[i]]
        if (other in owner)
            fail(defined_at[names[i]], "'" names[i] "' has the object identifier of '" owner[other] "'")
        owner[other] = names[i]
    }
}

function resolve(name, depth) {
    if (name in oid)
        return
    if (depth > count)
        fail(defined_at[name], "'" name "' is its own parent")
    if (!(parent[name] in oid) && !(parent[name] in parent))
        fail(defined_at[name], "'" name "': does not know the parent '" parent[name] "'")
    resolve(parent[name], depth + 1)
    oid[name] = oid[parent[name]] below[name]
}

function write_header(    i, n, arcs, text, total) {
    print "// The object identifiers of " token[1] ". Generated by mibs/oids.awk; do not edit."
    print "#pragma once"
    print ""
    print "#include <array>"
    print "#include <cstdint>"
    print "#include <span>"
    print "#include <string_view>"
    print ""
    print "namespace galera::oid {"
    print ""
    for (i = 1; i <= count; i++) {
        if (!published[i])
            continue
        total++
        n = split(oid[names[i]], arcs, " ")
        text = oid[names[i]]
        gsub(/ /, ", ", text)
        print "inline constexpr std::array<std::uint32_t, " n "> " names[i] "{" text "};"
    }
    print ""
    print "/// An identifier of the module and its name there."
    print "struct Named {"
    print "    std::string_view name;"
    print "    std::span<const std::uint32_t> oid;"
    print "};"
    print ""
    print "/// All of them, in the order of the module."
    print "inline constexpr std::array<Named, " total + 0 "> named{{"
    for (i = 1; i <= count; i++)
        if (published[i])
            print "    {\"" names[i] "\", " names[i] "},"
    print "}};"
    print ""
    print "} // namespace galera::oid"
}
