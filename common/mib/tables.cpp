// The tables of the MIB: each column with its type and its two ways.
#include "common/mib/columns.hpp"
#include "common/mib/syntax.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace galera::mib {
namespace {

Value encode_member_uuid(const ViewMember& member) {
    return OctetString{member.uuid.text()};
}
Result<void> decode_member_uuid(const Value& value, ViewMember& member) {
    auto uuid = decode_uuid(value);
    if (!uuid)
        return failure(std::move(uuid.error()));
    member.uuid = *uuid;
    return {};
}
Value encode_member_name(const ViewMember& member) {
    return OctetString{member.name};
}
Result<void> decode_member_name(const Value& value, ViewMember& member) {
    return decode_text(value, member.name);
}
Value encode_member_address(const ViewMember& member) {
    return OctetString{member.incoming_address};
}
Result<void> decode_member_address(const Value& value, ViewMember& member) {
    return decode_text(value, member.incoming_address);
}

const std::array member_table{
    MemberColumn{"galeraViewMemberUuid", oid::galeraViewMemberUuid, Syntax::octet_string,
                 encode_member_uuid, decode_member_uuid},
    MemberColumn{"galeraViewMemberName", oid::galeraViewMemberName, Syntax::octet_string,
                 encode_member_name, decode_member_name},
    MemberColumn{"galeraViewMemberAddress", oid::galeraViewMemberAddress, Syntax::octet_string,
                 encode_member_address, decode_member_address},
};

Value encode_era_seqno(const Era& era) {
    return Counter64{static_cast<std::uint64_t>(era.first.value())};
}
Result<void> decode_era_seqno(const Value& value, Era& era) {
    auto seqno = decode_seqno(value);
    if (!seqno)
        return failure(std::move(seqno.error()));
    era.first = *seqno;
    return {};
}
Value encode_era_name(const Era& era) {
    return OctetString{era.name.text()};
}
Result<void> decode_era_name(const Value& value, Era& era) {
    auto uuid = decode_uuid(value);
    if (!uuid)
        return failure(std::move(uuid.error()));
    era.name = *uuid;
    return {};
}

const std::array era_table{
    EraColumn{"galeraLineageEraSeqno", oid::galeraLineageEraSeqno, Syntax::counter64,
              encode_era_seqno, decode_era_seqno},
    EraColumn{"galeraLineageEraName", oid::galeraLineageEraName, Syntax::octet_string,
              encode_era_name, decode_era_name},
};

Value encode_past_id(const PastView& view) {
    return Counter64{view.place.id};
}
Result<void> decode_past_id(const Value& value, PastView& view) {
    view.place.id = counter(value);
    return {};
}
Value encode_past_seqno(const PastView& view) {
    return Counter64{static_cast<std::uint64_t>(view.place.seqno.value())};
}
Result<void> decode_past_seqno(const Value& value, PastView& view) {
    auto seqno = decode_seqno(value);
    if (!seqno)
        return failure(std::move(seqno.error()));
    view.place.seqno = *seqno;
    return {};
}
Value encode_past_members(const PastView& view) {
    std::string digest;
    for (unsigned shift = 64; shift > 0; shift -= 8)
        digest += static_cast<char>((view.members >> (shift - 8)) & 0xFFU);
    return OctetString{digest};
}
Result<void> decode_past_members(const Value& value, PastView& view) {
    constexpr std::size_t digest_bytes = 8;
    if (octets(value).size() != digest_bytes)
        return failure("a digest of " + std::to_string(octets(value).size()) + " octets, not " +
                       std::to_string(digest_bytes));
    view.members = 0;
    for (const char octet : octets(value))
        view.members = (view.members << 8U) | static_cast<unsigned char>(octet);
    return {};
}

const std::array past_view_table{
    PastViewColumn{"galeraPastViewId", oid::galeraPastViewId, Syntax::counter64, encode_past_id,
                   decode_past_id},
    PastViewColumn{"galeraPastViewSeqno", oid::galeraPastViewSeqno, Syntax::counter64,
                   encode_past_seqno, decode_past_seqno},
    PastViewColumn{"galeraPastViewMembers", oid::galeraPastViewMembers, Syntax::octet_string,
                   encode_past_members, decode_past_members},
};

} // namespace

const View* publishable_view(const NodeReport& report) {
    if (!report.applied_view || report.applied_view->members.empty() ||
        report.applied_view->members.size() > view_members_max)
        return nullptr;
    const auto fits = [](const ViewMember& member) {
        return member.name.size() <= text_bytes_max &&
               member.incoming_address.size() <= text_bytes_max;
    };
    const auto& members = report.applied_view->members;
    return std::ranges::all_of(members, fits) && !row_twice(members) ? &*report.applied_view
                                                                     : nullptr;
}

const Lineage* publishable_lineage(const NodeReport& report) {
    if (!report.lineage || report.lineage->size() > eras_max || row_out_of_order(*report.lineage))
        return nullptr;
    return &*report.lineage;
}

ViewLog publishable_views(const NodeReport& report) {
    const bool fits = report.views.size() <= views_kept_max && !row_out_of_order(report.views);
    return fits ? report.views : ViewLog{};
}

std::span<const MemberColumn> member_columns() {
    return member_table;
}

std::span<const EraColumn> era_columns() {
    return era_table;
}

std::span<const PastViewColumn> past_view_columns() {
    return past_view_table;
}

} // namespace galera::mib
