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
enum class Syntax : std::uint8_t { integer32, unsigned32, counter32, counter64, octet_string };

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

/// A column of a table, and its two ways. Each row has a value in every column.
template <typename Row>
struct Column {
    std::string_view name;
    std::span<const std::uint32_t> oid; // without the index
    Syntax syntax{Syntax::integer32};
    Value (*encode)(const Row& row){nullptr};
    Result<void> (*decode)(const Value& value, Row& row){nullptr};
};
using MemberColumn = Column<ViewMember>;
using EraColumn = Column<Era>;
using PastViewColumn = Column<PastView>;

/// Those of galeraViewMemberTable, indexed 1, 2, .. in the order of the members.
[[nodiscard]] std::span<const MemberColumn> member_columns();
/// Those of galeraLineageTable, indexed 1, 2, .. oldest first.
[[nodiscard]] std::span<const EraColumn> era_columns();
/// Those of galeraPastViewTable, indexed 1, 2, .. oldest first.
[[nodiscard]] std::span<const PastViewColumn> past_view_columns();

/// A column of galeraPeerTable, indexed by the node's address. Empty where a row has no value: a
/// hole. It has one way only: no program of ours reads what another node's initiator saw, since
/// each initiator asks the nodes themselves.
struct PeerColumn {
    std::string_view name;
    std::span<const std::uint32_t> oid; // without the index
    Syntax syntax;
    std::optional<Value> (*encode)(const PeerReport& peer);
};
[[nodiscard]] std::span<const PeerColumn> peer_columns();

/// The applied view, if the table can hold it: every row whole, every member once. Else nothing of
/// it is published, rather than a part.
[[nodiscard]] const View* publishable_view(const NodeReport& report);
/// The lineage, if the table can hold it and its first seqnos rise; else it is published as
/// unknown.
[[nodiscard]] const Lineage* publishable_lineage(const NodeReport& report);
/// The past views, if the table can hold them and their seqnos rise; else none.
[[nodiscard]] ViewLog publishable_views(const NodeReport& report);

/// galeraLineageState. The report says the same by having a lineage or not.
enum class LineageState : std::uint8_t { known = 1, unknown = 2 };

/// Every instance that the report has a value for, in the order of the OIDs. Of a report without
/// a snapshot id, the agent group only: nothing else is known yet. Texts are cut to what the MIB
/// allows.
[[nodiscard]] std::vector<Binding> encode(const NodeReport& report);

/// The instance whose value depends on the moment of answering: galeraSnapshotAge.0.
[[nodiscard]] Oid snapshot_age_instance();
[[nodiscard]] Value snapshot_age_value(std::chrono::milliseconds age);

/// The instances of the GET that a decision is made from: all scalars that decide.
[[nodiscard]] std::vector<Oid> decision_instances();

/// The GET of how far a node has come that is receiving state. No decision rests on it.
[[nodiscard]] std::vector<Oid> progress_instances();
/// What a response to it says. What cannot be read is as good as not said.
void decode_progress(std::span<const Varbind> varbinds, NodeReport& report);

/// More than this in one GET, and a response may outgrow what an agent sends.
inline constexpr std::size_t get_instances_max = 60;

/// How many rows the tables of a report have.
struct RowCounts {
    std::size_t members{0}; // 0: no applied view; at most view_members_max
    std::size_t eras{0};    // 0: none, or unknown; at most eras_max
    std::size_t views{0};   // at most views_kept_max

    bool operator==(const RowCounts&) const = default;
};

/// The GETs that follow, each with the snapshot id and at most `get_instances_max` instances: every
/// cell of the tables of so many rows, and the cell behind the last row of each, which shows that
/// the table ends there. None if all tables are empty.
[[nodiscard]] std::vector<std::vector<Oid>> table_instances(const RowCounts& rows);

/// What a response to `decision_instances` says.
struct DecodedReport {
    NodeReport report; // its applied view, its lineage and its past views still without their rows
    RowCounts rows;
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

/// The rows that complete a report.
struct DecodedTables {
    std::vector<ViewMember> members;
    Lineage eras;
    ViewLog views;
};

/// The tables of the `decoded` report from the responses to all of its `table_instances`. Empty if
/// one of them is of another snapshot than the report: they belong to another moment, and must be
/// asked for again, together with the report.
Result<std::optional<DecodedTables>> decode_tables(std::span<const std::vector<Varbind>> responses,
                                                   const DecodedReport& decoded);

} // namespace galera::mib
