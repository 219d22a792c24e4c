// Reads addresses with the rules of Galera's own URI parser (galerautils, gu_uri.cpp), and refuses
// what that would only find out later, or never.
#include "common/galera/address_text.hpp"

#include "common/galera/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

namespace galera {

namespace {

using text::quoted;

constexpr std::array<std::uint8_t, 12> ipv4_mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

Address with_text(Address address) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const int family = address.family == Address::Family::ipv4 ? AF_INET : AF_INET6;
    address.text = inet_ntop(family, address.octets.data(), buffer.data(), buffer.size());
    return address;
}

/// "::ffff:10.0.0.1" is the node 10.0.0.1, not another one.
Address unmapped(const Address& address) {
    if (!std::equal(ipv4_mapped_prefix.begin(), ipv4_mapped_prefix.end(), address.octets.begin()))
        return address;
    Address ipv4;
    std::copy(address.octets.begin() + ipv4_mapped_prefix.size(), address.octets.end(),
              ipv4.octets.begin());
    return ipv4;
}

bool is_host_character(char c) {
    const char letter = text::lower(c);
    return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
}

/// Resolvers read "10.1" as 10.0.0.1 and cannot read "10.0.0.256"; neither is a name.
bool is_broken_address(std::string_view host) {
    return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<HostPort> with_port(std::string_view host, std::optional<std::string_view> port) {
    HostPort result{std::string{host}, std::nullopt};
    if (!port)
        return result;
    result.port = text::number<std::uint16_t>(*port);
    if (!result.port || *result.port == 0)
        return failure("port " + quoted(*port) + " is not a number from 1 to 65535");
    return result;
}

Result<HostPort> bracketed(std::string_view text) {
    const auto close = text.find(']');
    if (close == std::string_view::npos)
        return failure("address " + quoted(text) + " lacks its ']'");
    const auto host = text.substr(1, close - 1);
    const auto address = parse_address(host);
    if (!address || host.find(':') == std::string_view::npos)
        return failure("address " + quoted(text) + " has no IPv6 address in its brackets");
    const auto rest = text.substr(close + 1);
    if (rest.empty())
        return with_port(host, std::nullopt);
    if (rest.front() != ':')
        return failure("address " + quoted(text) + " goes on behind its ']' without a port");
    return with_port(host, rest.substr(1));
}

Result<std::map<std::string, std::string, std::less<>>> uri_options(std::string_view query) {
    std::map<std::string, std::string, std::less<>> options;
    if (query.empty())
        return options;
    for (const auto part : text::split(query, '&')) {
        const auto halves = text::split(part, '=');
        if (halves.size() != 2 || halves[0].empty() || halves[1].empty())
            return failure("option " + quoted(part) + " behind '?' is not of the form name=value");
        options.emplace(halves[0], halves[1]); // the first one counts, as for Galera
    }
    return options;
}

} // namespace

std::optional<Address> parse_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos)
        return std::nullopt;
    const std::string terminated{text};
    Address address;
    if (inet_pton(AF_INET, terminated.c_str(), address.octets.data()) == 1)
        return with_text(address);
    address.octets = {};
    address.family = Address::Family::ipv6;
    if (inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1)
        return with_text(unmapped(address));
    return std::nullopt;
}

Result<HostPort> parse_host_port(std::string_view text) {
    if (text.starts_with('['))
        return bracketed(text);
    if (std::ranges::count(text, ':') > 1) {
        if (!parse_address(text))
            return failure("address " + quoted(text) +
                           " is not an IPv6 address; one with a port needs brackets");
        return with_port(text, std::nullopt);
    }
    const auto colon = text.find(':');
    const auto host = text.substr(0, colon);
    constexpr std::size_t name_bytes_max = 253; // RFC 1035
    if (host.empty() || host.size() > name_bytes_max)
        return failure("address " + quoted(text) + " names no host");
    if (!std::ranges::all_of(host, is_host_character))
        return failure("host " + quoted(host) + " is neither a name nor an address");
    if (!parse_address(host) && is_broken_address(host))
        return failure("host " + quoted(host) + " is not an IPv4 address");
    if (colon == std::string_view::npos)
        return with_port(host, std::nullopt);
    return with_port(host, text.substr(colon + 1));
}

Result<ClusterAddress> parse_cluster_address(std::string_view text) {
    constexpr std::string_view scheme = "gcomm://";
    text = text::trimmed(text);
    if (!text.starts_with(scheme))
        return failure("wsrep_cluster_address " + quoted(text) + " does not begin with gcomm://");
    text.remove_prefix(scheme.size());
    const auto question = text.find('?');

    ClusterAddress result;
    if (question != std::string_view::npos) {
        auto options = uri_options(text::trimmed(text.substr(question + 1)));
        if (!options)
            return failure(options.error().at("wsrep_cluster_address"));
        result.options = *std::move(options);
    }
    auto list = text::trimmed(text.substr(0, question));
    if (list.empty())
        return result;
    if (list.ends_with(',')) // templates leave one behind the last host; Galera does not mind
        list.remove_suffix(1);
    for (const auto part : text::split(list, ',')) {
        auto host = parse_host_port(text::trimmed(part));
        if (!host)
            return failure(host.error().at("wsrep_cluster_address"));
        result.hosts.push_back(*std::move(host));
    }
    return result;
}

} // namespace galera
