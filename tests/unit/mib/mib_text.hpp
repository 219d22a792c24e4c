// Reads what the tests want to know from the text of GALERA-INITIATOR-MIB: its objects, their
// types and their enumerations, with its own textual conventions resolved. Not a parser of SMI: it
// knows how this one file is laid out.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace galera::mib {

struct MibObject {
    std::string name;
    std::string syntax;                // "INTEGER", "Counter64", "OCTET STRING", "TruthValue"
    std::map<int, std::string> labels; // of an enumeration
    std::string access;                // "read-only"
    std::string parent;                // "galeraNode"
};

inline std::string mib_text() {
    const std::filesystem::path path{SOURCE_TREE "/mibs/GALERA-INITIATOR-MIB.txt"};
    std::ifstream file{path};
    if (!file)
        throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// "known(1), undefined(2)"
inline std::map<int, std::string> mib_labels(const std::string& text) {
    static const std::regex label{R"((\w+)\((\d+)\))"};
    std::map<int, std::string> labels;
    for (std::sregex_iterator each{text.begin(), text.end(), label}, end; each != end; ++each)
        labels[std::stoi((*each)[2])] = (*each)[1];
    return labels;
}

/// What a TEXTUAL-CONVENTION stands for.
struct MibConvention {
    std::string syntax;
    std::map<int, std::string> labels;
};

inline std::map<std::string, MibConvention> mib_conventions(const std::string& text) {
    static const std::regex convention{R"(\n(\w+) ::= TEXTUAL-CONVENTION[^"]*)"
                                       R"((?:"[^"]*"\s+STATUS\s+\w+\s+DESCRIPTION\s+)?"[^"]*"\s+)"
                                       R"(SYNTAX\s+(OCTET STRING|\w+)(?:\s*(\{[^}]*\}))?)"};
    std::map<std::string, MibConvention> conventions;
    for (std::sregex_iterator found{text.begin(), text.end(), convention}, end; found != end;
         ++found)
        conventions[(*found)[1]] = {(*found)[2], mib_labels((*found)[3])};
    return conventions;
}

/// Every OBJECT-TYPE, in the order of the file.
inline std::vector<MibObject> mib_objects() {
    static const std::regex object{
        R"(\n(\w+) OBJECT-TYPE\s+SYNTAX\s+([\w-]+)( OF \w+|[^{}"]*?)(\{[^}]*\})?\s*)"
        R"((?:UNITS\s+"[^"]*"\s+)?MAX-ACCESS\s+([\w-]+)[^"]*"[^"]*"[^:]*::= \{ (\w+) \d+ \})"};
    const std::string text = mib_text();
    const auto conventions = mib_conventions(text);
    std::vector<MibObject> objects;
    for (std::sregex_iterator found{text.begin(), text.end(), object}, end; found != end; ++found) {
        MibObject read{(*found)[1], (*found)[2], mib_labels((*found)[4]), (*found)[5], (*found)[6]};
        if (const auto known = conventions.find(read.syntax); known != conventions.end()) {
            read.syntax = known->second.syntax;
            read.labels = known->second.labels;
        }
        objects.push_back(std::move(read));
    }
    return objects;
}

/// What an SNMP walk may meet: objects with values.
inline std::vector<MibObject> readable_objects() {
    auto objects = mib_objects();
    std::erase_if(objects, [](const MibObject& object) { return object.access != "read-only"; });
    return objects;
}

/// SMI's labels have no underscores: "primary_up" is primaryUp there.
inline std::string label_of(std::string_view word) {
    std::string label;
    bool capital = false;
    for (const char c : word) {
        if (c != '_')
            label += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        capital = c == '_';
    }
    return label;
}

} // namespace galera::mib
