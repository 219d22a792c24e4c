#include "initiator/survey/legacy.hpp"

#include "common/galera/text.hpp"
#include "common/model/words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace galera::survey {

namespace {

constexpr std::string_view status_name = "galeraStatus";
constexpr std::string_view seqno_name = "galeraSeqno";

/// nsExtendOutput1Line is indexed by the name of the line in snmpd.conf, its length in front.
mib::Oid first_line_of(std::string_view name) {
    mib::Oid oid{1, 3, 6, 1, 4, 1, 8072, 1, 3, 2, 3, 1, 1};
    oid.push_back(static_cast<std::uint32_t>(name.size()));
    for (const char letter : name)
        oid.push_back(static_cast<std::uint8_t>(letter));
    return oid;
}

/// Empty: it has no text.
std::string_view text_at(const std::vector<mib::Varbind>& varbinds, const mib::Oid& oid) {
    const auto found = std::ranges::find(varbinds, oid, &mib::Varbind::oid);
    const auto* const value =
        found == varbinds.end() ? nullptr : std::get_if<mib::Value>(&found->content);
    const auto* const text = value ? std::get_if<mib::OctetString>(value) : nullptr;
    return text ? std::string_view{text->value} : std::string_view{};
}

} // namespace

std::vector<mib::Oid> legacy_instances() {
    return {first_line_of(status_name), first_line_of(seqno_name)};
}

std::optional<NodeStatus> legacy_status(std::string_view line) {
    constexpr std::array words{NodeStatus::bootstrapping, NodeStatus::running,
                               NodeStatus::initiating, NodeStatus::locked, NodeStatus::stopped};
    const auto found =
        std::ranges::find(words, line, [](NodeStatus status) { return word_of(status); });
    return found == words.end() ? std::nullopt : std::optional{*found};
}

std::optional<Seqno> legacy_seqno(std::string_view line) {
    const auto value = text::number<std::int64_t>(line);
    return value ? Seqno::from(*value) : std::nullopt;
}

std::optional<LegacyReport> decode_legacy(const std::vector<mib::Varbind>& varbinds) {
    const LegacyReport report{.status =
                                  legacy_status(text_at(varbinds, first_line_of(status_name))),
                              .seqno = legacy_seqno(text_at(varbinds, first_line_of(seqno_name)))};
    return report.status || report.seqno ? std::optional{report} : std::nullopt;
}

} // namespace galera::survey
