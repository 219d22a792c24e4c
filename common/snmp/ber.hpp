// BER as SNMP uses it (RFC 3417, section 8): definite lengths, tags of one octet. Octets are
// std::string, as everywhere.
#pragma once

#include "common/mib/value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galera::snmp::ber {

enum Tag : std::uint8_t {
    integer = 0x02,
    octet_string = 0x04,
    null = 0x05,
    object_identifier = 0x06,
    sequence = 0x30,
    counter32 = 0x41,
    unsigned32 = 0x42,
    counter64 = 0x46,
    no_such_object = 0x80,
    no_such_instance = 0x81,
    end_of_mib_view = 0x82,
    get = 0xA0,
    response = 0xA2,
    report = 0xA8,
};

/// Appends elements; what stands between `begin` and `end` is the content of one.
class Writer {
public:
    void put(std::uint8_t tag, std::string_view content);
    void put(std::int64_t value); // an INTEGER
    void put(const mib::Oid& oid);
    void append(std::string_view elements) { octets_ += elements; }

    [[nodiscard]] std::size_t begin(std::uint8_t tag);
    void end(std::size_t begun);

    [[nodiscard]] const std::string& octets() const { return octets_; }
    [[nodiscard]] std::string take() && { return std::move(octets_); }

private:
    std::string octets_;
};

struct Element {
    std::uint8_t tag;
    std::string_view content; // a part of what the reader was given
};

/// Takes elements off the front. Empty: what stands there is cut off, or not of that kind; then all
/// of it is worthless.
class Reader {
public:
    explicit Reader(std::string_view octets) : rest_{octets} {}

    std::optional<Element> any();
    std::optional<std::string_view> take(std::uint8_t tag);
    std::optional<std::int64_t> integer();

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

// Contents of elements. Empty for what is none, or does not fit.
[[nodiscard]] std::optional<std::int64_t> signed_of(std::string_view content);
[[nodiscard]] std::optional<std::uint64_t> unsigned_of(std::string_view content);
[[nodiscard]] std::optional<mib::Oid> oid_of(std::string_view content);

} // namespace galera::snmp::ber
