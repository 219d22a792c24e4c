// The applied view, the lineage and the past views, without their rows: galeraView.
#include "common/mib/scalar_patterns.hpp"
#include "mibs/oids.hpp"

#include <array>

namespace galera::mib {
namespace {

// The view that is being decoded: its objects arrive one by one, the id first.
View& decoded_view(NodeReport& report) {
    static const auto any_history = *Uuid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff");
    if (!report.applied_view)
        report.applied_view =
            View{.history = any_history, .id = 0, .seqno = *Seqno::from(0), .members = {}};
    return *report.applied_view;
}

std::optional<Value> encode_view_id(const NodeReport& report) {
    const auto* view = publishable_view(report);
    return view != nullptr ? std::optional<Value>{Counter64{view->id}} : std::nullopt;
}
Result<void> decode_view_id(const Value& value, NodeReport& report) {
    decoded_view(report).id = counter(value);
    return {};
}

std::optional<Value> encode_view_seqno(const NodeReport& report) {
    const auto* view = publishable_view(report);
    if (view == nullptr)
        return std::nullopt;
    return Counter64{static_cast<std::uint64_t>(view->seqno.value())};
}
Result<void> decode_view_seqno(const Value& value, NodeReport& report) {
    auto seqno = decode_seqno(value);
    if (!seqno)
        return failure(std::move(seqno.error()));
    decoded_view(report).seqno = *seqno;
    return {};
}

std::optional<Value> encode_view_history(const NodeReport& report) {
    const auto* view = publishable_view(report);
    return view != nullptr ? std::optional<Value>{OctetString{view->history.text()}} : std::nullopt;
}
Result<void> decode_view_history(const Value& value, NodeReport& report) {
    auto uuid = decode_uuid(value);
    if (!uuid)
        return failure(std::move(uuid.error()));
    decoded_view(report).history = *uuid;
    return {};
}

std::optional<Value> encode_view_member_count(const NodeReport& report) {
    const auto* view = publishable_view(report);
    if (view == nullptr)
        return std::nullopt;
    return Unsigned32{static_cast<std::uint32_t>(view->members.size())};
}
Result<void> decode_view_member_count(const Value& value, NodeReport&) {
    if (unsigned_integer(value) < 1 || unsigned_integer(value) > view_members_max)
        return failure(std::to_string(unsigned_integer(value)) + " members, of 1 to " +
                       std::to_string(view_members_max));
    return {};
}

std::optional<Value> encode_lineage_state(const NodeReport& report) {
    const auto state =
        publishable_lineage(report) != nullptr ? LineageState::known : LineageState::unknown;
    return Integer32{static_cast<std::int32_t>(state)};
}
Result<void> decode_lineage_state(const Value& value, NodeReport& report) {
    const auto number = integer(value);
    if (number != static_cast<std::int32_t>(LineageState::known) &&
        number != static_cast<std::int32_t>(LineageState::unknown))
        return failure(std::to_string(number) + " is none of its values");
    report.lineage.reset();
    if (number == static_cast<std::int32_t>(LineageState::known))
        report.lineage.emplace();
    return {};
}

std::optional<Value> encode_era_count(const NodeReport& report) {
    const auto* lineage = publishable_lineage(report);
    if (lineage == nullptr)
        return std::nullopt;
    return Unsigned32{static_cast<std::uint32_t>(lineage->size())};
}
Result<void> decode_era_count(const Value& value, NodeReport& report) {
    if (!report.lineage) // decoded before: its OID is lower
        return failure("it has a value, against galeraLineageState");
    if (unsigned_integer(value) > eras_max)
        return failure(std::to_string(unsigned_integer(value)) + " eras, of at most " +
                       std::to_string(eras_max));
    return {};
}

std::optional<Value> encode_past_view_count(const NodeReport& report) {
    return Unsigned32{static_cast<std::uint32_t>(publishable_views(report).size())};
}
Result<void> decode_past_view_count(const Value& value, NodeReport&) {
    if (unsigned_integer(value) > views_kept_max)
        return failure(std::to_string(unsigned_integer(value)) + " views, of at most " +
                       std::to_string(views_kept_max));
    return {};
}

const std::array table{
    Scalar{"galeraViewId", oid::galeraViewId, Syntax::counter64, true, encode_view_id,
           decode_view_id},
    Scalar{"galeraViewSeqno", oid::galeraViewSeqno, Syntax::counter64, true, encode_view_seqno,
           decode_view_seqno},
    Scalar{"galeraViewHistory", oid::galeraViewHistory, Syntax::octet_string, true,
           encode_view_history, decode_view_history},
    Scalar{"galeraViewMemberCount", oid::galeraViewMemberCount, Syntax::unsigned32, true,
           encode_view_member_count, decode_view_member_count},
    Scalar{"galeraLineageState", oid::galeraLineageState, Syntax::integer32, true,
           encode_lineage_state, decode_lineage_state},
    Scalar{"galeraLineageEraCount", oid::galeraLineageEraCount, Syntax::unsigned32, true,
           encode_era_count, decode_era_count},
    Scalar{"galeraPastViewCount", oid::galeraPastViewCount, Syntax::unsigned32, true,
           encode_past_view_count, decode_past_view_count},
};

} // namespace

std::span<const Scalar> view_scalars() {
    return table;
}

} // namespace galera::mib
