// What travels in a varbind: an object identifier and a typed value. Nothing of net-snmp.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace galera::mib {

using Oid = std::vector<std::uint32_t>;

struct Integer32 {
    std::int32_t value{0};
    bool operator==(const Integer32&) const = default;
};
/// Unsigned32 and Gauge32, which are one type on the wire.
struct Unsigned32 {
    std::uint32_t value{0};
    bool operator==(const Unsigned32&) const = default;
};
struct Counter32 {
    std::uint32_t value{0};
    bool operator==(const Counter32&) const = default;
};
struct Counter64 {
    std::uint64_t value{0};
    bool operator==(const Counter64&) const = default;
};
struct OctetString {
    std::string value;
    bool operator==(const OctetString&) const = default;
};

using Value = std::variant<Integer32, Unsigned32, Counter32, Counter64, OctetString>;

/// A varbind with a value.
struct Binding {
    Oid oid;
    Value value;

    bool operator==(const Binding&) const = default;
};

/// Why a varbind of a response has no value (RFC 3416, section 4.2.1).
enum class Absence : std::uint8_t {
    no_such_object,   // the agent does not know the object: the subagent is absent
    no_such_instance, // it knows the object and has no value for it
};

/// A varbind of a response.
struct Varbind {
    Oid oid;
    std::variant<Value, Absence> content;
};

} // namespace galera::mib
