// Prints the value of one scalar of GALERA-INITIATOR-MIB, a number or a text, for the scripts of
// the benchmark, which so need no MIB files.
#include "common/galera/address_text.hpp"
#include "common/galera/text.hpp"
#include "common/snmp/exchange.hpp"
#include "tests/bench/scalar.hpp"

#include <cstdio>
#include <string>

namespace {

using galera::mib::Value;
using galera::mib::Varbind;

struct Text {
    std::string operator()(const galera::mib::OctetString& octets) const { return octets.value; }
    std::string operator()(const auto& number) const { return std::to_string(number.value); }
};

int fail(const std::string& text) {
    std::fprintf(stderr, "bench-value: %s\n", text.c_str());
    return 2;
}

/// Status 1: there is no value.
int print(const galera::snmp::Outcome& outcome) {
    const auto* varbinds = std::get_if<std::vector<Varbind>>(&outcome);
    const auto* value = varbinds == nullptr || varbinds->empty()
                            ? nullptr
                            : std::get_if<Value>(&varbinds->front().content);
    if (value == nullptr)
        return 1;
    std::puts(std::visit(Text{}, *value).c_str());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5)
        return fail("usage: bench-value COMMUNITY ADDRESS PORT SCALAR");
    const auto address = galera::parse_address(argv[2]);
    const auto port = galera::text::number<std::uint16_t>(argv[3]);
    auto instance = galera::bench::instance_of(argv[4]);
    if (!address || !port || !instance)
        return fail(std::string{"no such address, port or scalar: "} + argv[2] + " " + argv[3] +
                    " " + argv[4]);
    galera::snmp::Outcome heard = galera::snmp::NoResponse::timed_out;
    std::vector<galera::snmp::Conversation> conversations;
    conversations.push_back({.agent = *address,
                             .first = {*std::move(instance)},
                             .next =
                                 [&heard](const galera::snmp::Outcome& outcome) {
                                     heard = outcome;
                                     return std::vector<galera::mib::Oid>{};
                                 },
                             .round_trip = {}});
    const std::atomic<bool> cancelled{false};
    const galera::snmp::Access access{.community = argv[1], .port = *port};
    if (const auto asked = galera::snmp::exchange(access, conversations, cancelled); !asked)
        return fail(asked.error().text);
    return print(heard);
}
