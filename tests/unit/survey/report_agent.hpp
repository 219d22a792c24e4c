// For tests: an SNMP agent of the test's own, which answers GETs from a report. It speaks as much
// BER (ITU-T X.690) as SNMPv2c needs for that.
#pragma once

#include "common/mib/columns.hpp"
#include "tests/unit/snmp/loopback.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace galera::loopback {

enum Tag : std::uint8_t {
    integer = 0x02,
    octet_string = 0x04,
    object_identifier = 0x06,
    sequence = 0x30,
    counter32 = 0x41,
    unsigned32 = 0x42,
    counter64 = 0x46,
    no_such_instance = 0x81,
    response = 0xA2,
};

inline Bytes tagged(Tag tag, const Bytes& content) {
    constexpr std::size_t short_form_max = 0x7F;
    Bytes made;
    made.reserve(content.size() + 4);
    made.push_back(tag);
    if (content.size() > short_form_max) {
        made.push_back(0x82);
        made.push_back(static_cast<std::uint8_t>(content.size() >> 8U));
    }
    made.push_back(static_cast<std::uint8_t>(content.size() & 0xFFU));
    std::ranges::copy(content, std::back_inserter(made));
    return made;
}

inline Bytes joined(const std::vector<Bytes>& parts) {
    Bytes made;
    for (const auto& part : parts)
        made.insert(made.end(), part.begin(), part.end());
    return made;
}

/// Big-endian, one octet more than needed at times, which BER's readers do not mind.
inline Bytes number(std::uint64_t value, unsigned octets) {
    Bytes made;
    for (unsigned left = octets; left > 0; --left)
        made.push_back(static_cast<std::uint8_t>(left > 8 ? 0 : value >> (8 * (left - 1))));
    return made;
}

inline Bytes encoded(const mib::Value& value) {
    struct {
        Bytes operator()(mib::Integer32 of) const {
            return tagged(integer, number(static_cast<std::uint32_t>(of.value), 4));
        }
        Bytes operator()(mib::Unsigned32 of) const {
            return tagged(unsigned32, number(of.value, 5));
        }
        Bytes operator()(mib::Counter32 of) const { return tagged(counter32, number(of.value, 5)); }
        Bytes operator()(mib::Counter64 of) const { return tagged(counter64, number(of.value, 9)); }
        Bytes operator()(const mib::OctetString& of) const {
            return tagged(octet_string, Bytes(of.value.begin(), of.value.end()));
        }
    } constexpr encode;
    return std::visit(encode, value);
}

struct Element {
    std::uint8_t tag;
    std::span<const std::uint8_t> content;
};

/// Takes one element off the front.
inline Element take(std::span<const std::uint8_t>& from) {
    const auto tag = from[0];
    std::size_t length = from[1];
    std::size_t begin = 2;
    if (length > 0x80) {
        begin += length - 0x80;
        length = 0;
        for (std::size_t place = 2; place < begin; ++place)
            length = length << 8U | from[place];
    }
    const auto content = from.subspan(begin, length);
    from = from.subspan(begin + length);
    return {tag, content};
}

inline mib::Oid decoded_oid(std::span<const std::uint8_t> content) {
    mib::Oid made{content[0] / 40U, content[0] % 40U};
    std::uint32_t arc = 0;
    for (const auto octet : content.subspan(1)) {
        arc = arc << 7U | (octet & 0x7FU);
        if ((octet & 0x80U) == 0)
            made.push_back(std::exchange(arc, 0));
    }
    return made;
}

using Bindings = std::vector<mib::Binding>;

/// The response to a GET: the bindings' values, noSuchInstance for what they do not have.
inline Bytes respond(const Bytes& request, const Bindings& bindings) {
    std::span<const std::uint8_t> rest{request};
    auto message = take(rest).content;
    take(message); // version
    const auto community = take(message).content;
    auto pdu = take(message).content;
    const auto request_id = take(pdu).content;
    take(pdu); // error-status
    take(pdu); // error-index
    auto asked = take(pdu).content;
    std::vector<Bytes> varbinds;
    while (!asked.empty()) {
        auto varbind = take(asked).content;
        const auto name = take(varbind).content;
        const auto found = std::ranges::find(bindings, decoded_oid(name), &mib::Binding::oid);
        varbinds.push_back(
            tagged(sequence, joined({tagged(object_identifier, Bytes(name.begin(), name.end())),
                                     found == bindings.end() ? Bytes{no_such_instance, 0}
                                                             : encoded(found->value)})));
    }
    const auto none = tagged(integer, {0});
    const auto body =
        tagged(response, joined({tagged(integer, Bytes(request_id.begin(), request_id.end())), none,
                                 none, tagged(sequence, joined(varbinds))}));
    return tagged(sequence,
                  joined({tagged(integer, {1}),
                          tagged(octet_string, Bytes(community.begin(), community.end())), body}));
}

/// Answers the n-th GET, counted from 1, from the bindings that `bindings(n)` gives.
inline UdpPeer::AnswerWith answering(std::function<Bindings(int)> bindings) {
    return [bindings = std::move(bindings)](const Bytes& request, int count) {
        return std::vector<Bytes>{respond(request, bindings(count))};
    };
}

} // namespace galera::loopback
