#include "common/snmp/pdu.hpp"

#include "common/snmp/ber.hpp"

#include <limits>

namespace galera::snmp {

namespace {

using Content = std::variant<mib::Value, mib::Absence>;

template <typename Kind>
std::optional<Content> unsigned_content(std::string_view octets) {
    const auto value = ber::unsigned_of(octets);
    if (!value || *value > std::numeric_limits<decltype(Kind::value)>::max())
        return std::nullopt;
    return Content{mib::Value{Kind{static_cast<decltype(Kind::value)>(*value)}}};
}

std::optional<Content> integer_content(std::string_view octets) {
    const auto value = ber::signed_of(octets);
    if (!value || *value < std::numeric_limits<std::int32_t>::min() ||
        *value > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    return Content{mib::Value{mib::Integer32{static_cast<std::int32_t>(*value)}}};
}

std::optional<Content> content_of(const ber::Element& element) {
    switch (element.tag) {
    case ber::integer:
        return integer_content(element.content);
    case ber::unsigned32:
        return unsigned_content<mib::Unsigned32>(element.content);
    case ber::counter32:
        return unsigned_content<mib::Counter32>(element.content);
    case ber::counter64:
        return unsigned_content<mib::Counter64>(element.content);
    case ber::octet_string:
        return Content{mib::Value{mib::OctetString{std::string{element.content}}}};
    case ber::no_such_object:
        return Content{mib::Absence::no_such_object};
    case ber::no_such_instance:
        return Content{mib::Absence::no_such_instance};
    default:
        return std::nullopt;
    }
}

std::optional<HeardVarbind> decode_varbind(std::string_view octets) {
    ber::Reader reader{octets};
    const auto name = reader.take(ber::object_identifier);
    const auto value = reader.any();
    if (!name || !value || !reader.at_end())
        return std::nullopt;
    auto oid = ber::oid_of(*name);
    if (!oid)
        return std::nullopt;
    return HeardVarbind{*std::move(oid), content_of(*value)};
}

std::optional<std::vector<HeardVarbind>> decode_varbinds(std::string_view octets) {
    std::vector<HeardVarbind> varbinds;
    ber::Reader reader{octets};
    while (!reader.at_end()) {
        const auto element = reader.take(ber::sequence);
        auto varbind = element ? decode_varbind(*element) : std::nullopt;
        if (!varbind)
            return std::nullopt;
        varbinds.push_back(*std::move(varbind));
    }
    return varbinds;
}

} // namespace

std::string encode_get(std::int32_t request_id, const std::vector<mib::Oid>& instances) {
    ber::Writer writer;
    const auto pdu = writer.begin(ber::get);
    writer.put(request_id);
    writer.put(0); // error-status
    writer.put(0); // error-index
    const auto varbinds = writer.begin(ber::sequence);
    for (const auto& instance : instances) {
        const auto varbind = writer.begin(ber::sequence);
        writer.put(instance);
        writer.put(ber::null, {});
        writer.end(varbind);
    }
    writer.end(varbinds);
    writer.end(pdu);
    return std::move(writer).take();
}

std::optional<HeardPdu> decode_pdu(std::string_view octets) {
    ber::Reader outer{octets};
    const auto element = outer.any();
    if (!element || !outer.at_end())
        return std::nullopt;
    ber::Reader inner{element->content};
    const auto request_id = inner.integer();
    const auto error_status = request_id ? inner.integer() : std::nullopt;
    const auto error_index = error_status ? inner.integer() : std::nullopt;
    const auto list = error_index ? inner.take(ber::sequence) : std::nullopt;
    auto varbinds = list && inner.at_end() ? decode_varbinds(*list) : std::nullopt;
    if (!varbinds)
        return std::nullopt;
    return HeardPdu{element->tag, *request_id, *error_status, *std::move(varbinds)};
}

} // namespace galera::snmp
