// NodeReport <-> varbinds: one table of the MIB's objects for both ways.
#pragma once

#include "common/mib/value.hpp"
#include "common/model/node_report.hpp"
#include "common/model/result.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace galera::mib {

/// The ASN.1 type of an object on the wire; the order is that of the alternatives of Value.
enum class Syntax : std::uint8_t { integer32, unsigned32, counter64, octet_string };

/// A scalar object and its two ways. `encode` is empty where the node does not know: the agent
/// answers noSuchInstance. `decode` gets only values of the right syntax and fails on one that the
/// MIB does not allow; scalars are decoded in the order of the table.
struct Scalar {
    std::string_view name;
    std::span<const std::uint32_t> oid; // without the instance 0
    Syntax syntax;
    bool decides; // part of the GET that a decision is made from
    std::optional<Value> (*encode)(const NodeReport& report);
    Result<void> (*decode)(const Value& value, NodeReport& report);
};

/// All scalars, in the order of their OIDs.
[[nodiscard]] std::span<const Scalar> scalars();

/// A column of galeraViewMemberTable, indexed 1, 2, .. in the order of the members.
struct MemberColumn {
    std::string_view name;
    std::span<const std::uint32_t> oid; // without the index
    Syntax syntax;
    std::optional<Value> (*encode)(const ViewMember& member);
    Result<void> (*decode)(const Value& value, ViewMember& member);
};

[[nodiscard]] std::span<const MemberColumn> member_columns();

/// The applied view, if the table can hold it; else nothing of it is published, rather than a part.
[[nodiscard]] const View* publishable_view(const NodeReport& report);

/// Every instance that the report has a value for, in the order of the OIDs. Of a report without
/// a snapshot id, the agent group only: nothing else is known yet. Texts are cut to what the MIB
/// allows.
[[nodiscard]] std::vector<Binding> encode(const NodeReport& report);

/// The instance whose value depends on the moment of answering: galeraSnapshotAge.0.
[[nodiscard]] Oid snapshot_age_instance();
[[nodiscard]] Value snapshot_age_value(std::chrono::milliseconds age);

/// The instances of the GET that a decision is made from: all scalars that decide.
[[nodiscard]] std::vector<Oid> decision_instances();

/// The instances of the second GET: the snapshot id, and every cell of the member table of a view
/// with so many members.
[[nodiscard]] std::vector<Oid> member_instances(std::size_t members);

/// What a response to `decision_instances` says.
struct DecodedReport {
    NodeReport report;                // its applied view still without members
    std::size_t view_member_count{0}; // 0: no applied view
};

/// Why a response is not a report. The difference matters: silence has kinds.
enum class Unreadable : std::uint8_t {
    no_agent, // every object of ours is noSuchObject
    garbled,  // a value that the MIB does not allow, a missing one that must be there
};
struct UnreadableReport {
    Unreadable kind{Unreadable::garbled};
    Error error;
};

[[nodiscard]] tl::expected<DecodedReport, UnreadableReport>
decode_report(std::span<const Varbind> varbinds);

/// The members from a response to `member_instances`. Empty if the snapshot id is another one: the
/// table belongs to another moment and must be asked for again, together with the report.
Result<std::optional<std::vector<ViewMember>>>
decode_members(std::span<const Varbind> varbinds, std::uint32_t snapshot_id, std::size_t members);

} // namespace galera::mib
