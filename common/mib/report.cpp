// The walks over the table that initiators need: what to ask for, a response to a report.
#include "common/mib/columns.hpp"
#include "common/mib/instances.hpp"
#include "common/mib/syntax.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace galera::mib {
namespace {

bool has_syntax(const Value& value, Syntax syntax) {
    return value.index() == static_cast<std::size_t>(syntax);
}

// Whether every report of a snapshot has a value for the object, whatever the node knows.
bool always_answers(const Scalar& scalar) {
    NodeReport knows_nothing;
    knows_nothing.agent.snapshot_id = 1;
    return scalar.encode(knows_nothing).has_value();
}

const Varbind* find(std::span<const Varbind> varbinds, const Oid& instance) {
    const auto found = std::ranges::find(varbinds, instance, &Varbind::oid);
    return found == varbinds.end() ? nullptr : &*found;
}

bool is_absence(const Varbind& varbind, Absence absence) {
    const auto* content = std::get_if<Absence>(&varbind.content);
    return content != nullptr && *content == absence;
}

UnreadableReport garbled(Error error) {
    return {Unreadable::garbled, std::move(error)};
}

constexpr std::array<Arcs, 5> progress_objects{oid::galeraTransfer, oid::galeraIstFirst,
                                               oid::galeraIstCurrent, oid::galeraIstLast,
                                               oid::galeraSstOctets};

// The value of a varbind, of the given syntax; null where it has none and need not.
Result<const Value*> value_of(const Varbind& varbind, Syntax syntax, bool required) {
    if (is_absence(varbind, Absence::no_such_object))
        return failure("galera-agentx there does not know this object: is it of another version?");
    if (is_absence(varbind, Absence::no_such_instance)) {
        if (required)
            return failure("it has no value, and must have one");
        return static_cast<const Value*>(nullptr);
    }
    const auto* value = std::get_if<Value>(&varbind.content);
    if (!has_syntax(*value, syntax))
        return failure("its value has another type than in the MIB");
    return value;
}

Result<void> decode_scalar(const Scalar& scalar, std::span<const Varbind> varbinds,
                           NodeReport& report) {
    const auto* varbind = find(varbinds, instance(scalar.oid, 0));
    if (varbind == nullptr) {
        if (scalar.decides)
            return failure("it is missing in the response");
        return {};
    }
    auto value = value_of(*varbind, scalar.syntax, always_answers(scalar));
    if (!value)
        return failure(std::move(value.error()));
    if (*value == nullptr)
        return {};
    return scalar.decode(**value, report);
}

bool has_value(std::span<const Varbind> varbinds, Arcs oid) {
    const auto* varbind = find(varbinds, instance(oid, 0));
    return varbind != nullptr && std::holds_alternative<Value>(varbind->content);
}

// The objects of the initiator's last decision.
Result<void> check_decision(std::span<const Varbind> varbinds, const NodeReport& report) {
    const auto has = [&varbinds](Arcs oid) { return has_value(varbinds, oid); };
    const std::array<Arcs, 10> parts{oid::galeraInitiatorVerdict,  oid::galeraInitiatorReason,
                                     oid::galeraInitiatorSentence, oid::galeraInitiatorDecided,
                                     oid::galeraInitiatorProof,    oid::galeraInitiatorMissing,
                                     oid::galeraInitiatorStarted,  oid::galeraInitiatorSurveys,
                                     oid::galeraInitiatorAttempts, oid::galeraInitiatorOverrides};
    const bool none = std::ranges::none_of(parts, has) && !has(oid::galeraInitiatorElected);
    if (none)
        return {};
    if (!std::ranges::all_of(parts, has))
        return failure("galeraInitiatorReason: parts of the last decision have no value");
    const auto* verdict = find(varbinds, instance(oid::galeraInitiatorVerdict, 0));
    const auto said = std::get<Integer32>(std::get<Value>(verdict->content)).value;
    if (static_cast<std::int32_t>(row_of(report.initiator.decision->reason).verdict) != said)
        return failure("galeraInitiatorVerdict: " + std::to_string(said) +
                       " contradicts galeraInitiatorReason");
    return {};
}

// Objects that are there together or not at all.
Result<void> check_complete(std::span<const Varbind> varbinds, const NodeReport& report) {
    if (!has_value(varbinds, oid::galeraSnapshotAge))
        return failure("galeraSnapshotAge: it has no value, and must have one");
    const bool says_position =
        report.seqno_state == SeqnoState::known || report.seqno_state == SeqnoState::undefined;
    if (says_position && !has_value(varbinds, oid::galeraPosition))
        return failure("galeraPosition: it has no value, against galeraSeqnoState");
    if (report.node_address && !has_value(varbinds, oid::galeraNodeAddress))
        return failure("galeraNodeAddress: it has no value, against galeraNodeAddressType");
    const auto has = [&varbinds](Arcs oid) { return has_value(varbinds, oid); };
    const std::array<Arcs, 4> view{oid::galeraViewId, oid::galeraViewSeqno, oid::galeraViewHistory,
                                   oid::galeraViewMemberCount};
    if (std::ranges::any_of(view, has) && !std::ranges::all_of(view, has))
        return failure("galeraViewId: parts of the applied view have no value");
    if (report.lineage && !has(oid::galeraLineageEraCount))
        return failure("galeraLineageEraCount: it has no value, against galeraLineageState");
    return check_decision(varbinds, report);
}

// The rows of a table; none if its count has no value.
std::size_t row_count(std::span<const Varbind> varbinds, Arcs count) {
    const auto* varbind = find(varbinds, instance(count, 0));
    if (varbind == nullptr || !std::holds_alternative<Value>(varbind->content))
        return 0;
    return unsigned_integer(std::get<Value>(varbind->content));
}

// Checked before anything else: before the first snapshot most objects rightly have no value.
Result<void> check_snapshot(std::span<const Varbind> varbinds) {
    const auto* varbind = find(varbinds, instance(oid::galeraSnapshotId, 0));
    if (varbind == nullptr)
        return failure("galeraSnapshotId: it is missing in the response");
    auto id = value_of(*varbind, Syntax::unsigned32, true);
    if (!id)
        return failure(id.error().at("galeraSnapshotId"));
    if (unsigned_integer(**id) == 0)
        return failure("galera-agentx there has not looked at its node yet");
    return {};
}

// Whether a response is of the snapshot.
Result<bool> is_of(std::span<const Varbind> varbinds, std::uint32_t snapshot_id) {
    if (auto snapshot = check_snapshot(varbinds); !snapshot)
        return failure(std::move(snapshot.error()));
    const auto* id = find(varbinds, instance(oid::galeraSnapshotId, 0));
    return unsigned_integer(std::get<Value>(id->content)) == snapshot_id;
}

// Tables.

template <typename Row>
std::string name_of_cell(const Column<Row>& column, std::size_t row) {
    return std::string{column.name} + "." + std::to_string(row_index(row));
}

using Cells = std::map<Oid, const Varbind*>;

// The first cell behind so many rows, which must have no value: a table that goes on is another one
// than its count says, and would be read short.
template <typename Row>
Oid cell_behind(std::span<const Column<Row>> columns, std::size_t rows) {
    return instance(columns.front().oid, row_index(rows));
}

template <typename Row>
void add_cells(std::span<const Column<Row>> columns, std::size_t rows, std::vector<Oid>& cells) {
    for (std::size_t row = 0; row < rows; ++row)
        for (const auto& column : columns)
            cells.push_back(instance(column.oid, row_index(row)));
    cells.push_back(cell_behind(columns, rows));
}

template <typename Row>
Result<void> check_end(std::span<const Column<Row>> columns, const Cells& cells, std::size_t rows) {
    const auto found = cells.find(cell_behind(columns, rows));
    if (found != cells.end() && is_absence(*found->second, Absence::no_such_instance))
        return {};
    return failure(name_of_cell(columns.front(), rows) +
                   ": it must be there with no value, since " + "the table has " +
                   std::to_string(rows) + " rows");
}

template <typename Row>
Result<void> decode_cell(const Column<Row>& column, const Cells& cells, std::size_t row,
                         Row& decoded) {
    const auto found = cells.find(instance(column.oid, row_index(row)));
    if (found == cells.end())
        return failure("it is missing in the response");
    auto value = value_of(*found->second, column.syntax, true);
    if (!value)
        return failure(std::move(value.error()));
    return column.decode(**value, decoded);
}

// `blank` is what a row is decoded into; every column writes its part.
template <typename Row>
Result<std::vector<Row>> decode_rows(std::span<const Column<Row>> columns, const Cells& cells,
                                     std::size_t rows, const Row& blank) {
    if (auto end = check_end(columns, cells, rows); !end)
        return failure(std::move(end.error()));
    std::vector<Row> decoded(rows, blank);
    for (std::size_t row = 0; row < rows; ++row)
        for (const auto& column : columns)
            if (auto done = decode_cell(column, cells, row, decoded[row]); !done)
                return failure(done.error().at(name_of_cell(column, row)));
    return decoded;
}

Uuid blank_uuid() {
    return *Uuid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff");
}

Result<std::vector<ViewMember>> decode_members(const Cells& cells, std::size_t members) {
    if (members > view_members_max)
        return failure("galeraViewMemberCount: " + std::to_string(members) + " members, of 1 to " +
                       std::to_string(view_members_max));
    auto view = decode_rows(member_columns(), cells, members,
                            ViewMember{.uuid = blank_uuid(), .name = {}, .incoming_address = {}});
    if (!view)
        return view;
    if (const auto row = row_twice(*view))
        return failure("galeraViewMemberUuid." + std::to_string(row_index(*row)) +
                       ": this member has a row already");
    return view;
}

template <typename Row, typename SeqnoOf>
Result<void> check_order(std::span<const Column<Row>> columns, std::size_t seqnos,
                         const std::vector<Row>& rows, SeqnoOf seqno_of) {
    const auto row = row_out_of_order(rows);
    if (!row)
        return {};
    return failure(name_of_cell(columns[seqnos], *row) + ": " +
                   std::to_string(seqno_of(rows[*row]).value()) + " is not above " +
                   std::to_string(seqno_of(rows[*row - 1]).value()) + ", the one before");
}

Result<Lineage> decode_eras(const Cells& cells, std::size_t eras) {
    if (eras > eras_max)
        return failure("galeraLineageEraCount: " + std::to_string(eras) + " eras, of at most " +
                       std::to_string(eras_max));
    auto lineage = decode_rows(era_columns(), cells, eras,
                               Era{.first = *Seqno::from(0), .name = blank_uuid()});
    if (!lineage)
        return lineage;
    constexpr std::size_t seqnos = 0; // the column
    if (auto order =
            check_order(era_columns(), seqnos, *lineage, [](const Era& era) { return era.first; });
        !order)
        return failure(std::move(order.error()));
    return lineage;
}

Result<ViewLog> decode_views(const Cells& cells, std::size_t views) {
    if (views > views_kept_max)
        return failure("galeraPastViewCount: " + std::to_string(views) + " views, of at most " +
                       std::to_string(views_kept_max));
    auto log = decode_rows(past_view_columns(), cells, views,
                           PastView{.place = {0, *Seqno::from(0)}, .members = 0});
    if (!log)
        return log;
    constexpr std::size_t seqnos = 1; // the column
    if (auto order = check_order(past_view_columns(), seqnos, *log,
                                 [](const PastView& view) { return view.place.seqno; });
        !order)
        return failure(std::move(order.error()));
    return log;
}

} // namespace

Oid snapshot_age_instance() {
    return instance(oid::galeraSnapshotAge, 0);
}

Value snapshot_age_value(std::chrono::milliseconds age) {
    return unsigned_value(age.count());
}

std::vector<Oid> decision_instances() {
    std::vector<Oid> instances;
    for (const auto& scalar : scalars())
        if (scalar.decides)
            instances.push_back(instance(scalar.oid, 0));
    return instances;
}

std::vector<Oid> progress_instances() {
    std::vector<Oid> instances;
    instances.reserve(progress_objects.size());
    for (const auto arcs : progress_objects)
        instances.push_back(instance(arcs, 0));
    return instances;
}

void decode_progress(std::span<const Varbind> varbinds, NodeReport& report) {
    for (const auto& scalar : scalars()) {
        const bool is_progress = std::ranges::any_of(
            progress_objects, [&](Arcs arcs) { return std::ranges::equal(arcs, scalar.oid); });
        if (!is_progress)
            continue;
        auto decoded = report;
        if (decode_scalar(scalar, varbinds, decoded))
            report = std::move(decoded);
    }
}

std::vector<std::vector<Oid>> table_instances(const RowCounts& rows) {
    if (rows == RowCounts{})
        return {};
    std::vector<Oid> cells;
    add_cells(member_columns(), std::min(rows.members, view_members_max), cells);
    add_cells(era_columns(), std::min(rows.eras, eras_max), cells);
    add_cells(past_view_columns(), std::min(rows.views, views_kept_max), cells);
    std::vector<std::vector<Oid>> gets;
    for (auto& cell : cells) {
        if (gets.empty() || gets.back().size() == get_instances_max)
            gets.push_back({instance(oid::galeraSnapshotId, 0)});
        gets.back().push_back(std::move(cell));
    }
    return gets;
}

tl::expected<DecodedReport, UnreadableReport> decode_report(std::span<const Varbind> varbinds) {
    const bool no_agent = std::ranges::all_of(varbinds, [](const Varbind& varbind) {
        return is_absence(varbind, Absence::no_such_object);
    });
    if (no_agent && !varbinds.empty())
        return tl::unexpected(UnreadableReport{
            Unreadable::no_agent,
            Error{"snmpd there shows no object of GALERA-INITIATOR-MIB: galera-agentx is not "
                  "connected to it, or the view that its snmpd.conf grants hides them"}});
    if (auto snapshot = check_snapshot(varbinds); !snapshot)
        return tl::unexpected(garbled(std::move(snapshot.error())));
    DecodedReport decoded{};
    for (const auto& scalar : scalars())
        if (auto done = decode_scalar(scalar, varbinds, decoded.report); !done)
            return tl::unexpected(garbled(done.error().at(std::string{scalar.name})));
    if (auto complete = check_complete(varbinds, decoded.report); !complete)
        return tl::unexpected(garbled(std::move(complete.error())));
    decoded.rows = {.members = row_count(varbinds, oid::galeraViewMemberCount),
                    .eras = row_count(varbinds, oid::galeraLineageEraCount),
                    .views = row_count(varbinds, oid::galeraPastViewCount)};
    return decoded;
}

Result<std::optional<DecodedTables>> decode_tables(std::span<const std::vector<Varbind>> responses,
                                                   const DecodedReport& decoded) {
    if (decoded.rows == RowCounts{})
        return std::optional{DecodedTables{}};
    Cells cells;
    for (const auto& response : responses) {
        const auto same = is_of(response, decoded.report.agent.snapshot_id);
        if (!same)
            return failure(same.error());
        if (!*same)
            return std::optional<DecodedTables>{};
        for (const auto& varbind : response)
            cells.emplace(varbind.oid, &varbind);
    }
    auto members = decode_members(cells, decoded.rows.members);
    if (!members)
        return failure(std::move(members.error()));
    auto eras = decode_eras(cells, decoded.rows.eras);
    if (!eras)
        return failure(std::move(eras.error()));
    auto views = decode_views(cells, decoded.rows.views);
    if (!views)
        return failure(std::move(views.error()));
    return std::optional{DecodedTables{*std::move(members), *std::move(eras), *std::move(views)}};
}

} // namespace galera::mib
