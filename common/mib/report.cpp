// The walks over the table: a report to bindings, a response to a report.
#include "common/mib/columns.hpp"
#include "common/mib/syntax.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

namespace galera::mib {
namespace {

using Arcs = std::span<const std::uint32_t>;

Oid instance(Arcs oid, std::uint32_t index) {
    Oid result{oid.begin(), oid.end()};
    result.push_back(index);
    return result;
}

std::uint32_t row_index(std::size_t row) {
    return static_cast<std::uint32_t>(row + 1);
}

bool is_below(Arcs group, Arcs oid) {
    return oid.size() > group.size() && std::ranges::equal(group, oid.first(group.size()));
}

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
    return {};
}

std::size_t member_count(std::span<const Varbind> varbinds) {
    const auto* varbind = find(varbinds, instance(oid::galeraViewMemberCount, 0));
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

Result<void> decode_cell(const MemberColumn& column, std::span<const Varbind> varbinds,
                         std::size_t row, ViewMember& member) {
    const auto* varbind = find(varbinds, instance(column.oid, row_index(row)));
    if (varbind == nullptr)
        return failure("it is missing in the response");
    auto value = value_of(*varbind, column.syntax, true);
    if (!value)
        return failure(std::move(value.error()));
    return column.decode(**value, member);
}

} // namespace

std::vector<Binding> encode(const NodeReport& report) {
    std::vector<Binding> bindings;
    for (const auto& scalar : scalars()) {
        if (report.agent.snapshot_id == 0 && !is_below(oid::galeraAgent, scalar.oid))
            continue; // nothing is known yet, not even what has values by default
        if (auto value = scalar.encode(report))
            bindings.push_back({instance(scalar.oid, 0), std::move(*value)});
    }
    const auto* view = publishable_view(report);
    if (view != nullptr && report.agent.snapshot_id != 0)
        for (const auto& column : member_columns())
            for (std::size_t row = 0; row < view->members.size(); ++row)
                if (auto value = column.encode(view->members[row]))
                    bindings.push_back({instance(column.oid, row_index(row)), std::move(*value)});
    std::ranges::sort(bindings, {}, &Binding::oid); // the table lies between scalars
    return bindings;
}

Oid snapshot_age_instance() {
    return instance(oid::galeraSnapshotAge, 0);
}

Value snapshot_age_value(std::chrono::milliseconds age) {
    constexpr std::int64_t age_max = std::numeric_limits<std::uint32_t>::max();
    return Unsigned32{
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(age.count(), 0, age_max))};
}

std::vector<Oid> decision_instances() {
    std::vector<Oid> instances;
    for (const auto& scalar : scalars())
        if (scalar.decides)
            instances.push_back(instance(scalar.oid, 0));
    return instances;
}

std::vector<Oid> member_instances(std::size_t members) {
    std::vector<Oid> instances{instance(oid::galeraSnapshotId, 0)};
    for (std::size_t row = 0; row < std::min(members, view_members_max); ++row)
        for (const auto& column : member_columns())
            instances.push_back(instance(column.oid, row_index(row)));
    return instances;
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
    decoded.view_member_count = member_count(varbinds);
    return decoded;
}

Result<std::optional<std::vector<ViewMember>>>
decode_members(std::span<const Varbind> varbinds, std::uint32_t snapshot_id, std::size_t members) {
    using Members = std::vector<ViewMember>;
    if (members > view_members_max)
        return failure("galeraViewMemberCount: " + std::to_string(members) + " members, of 1 to " +
                       std::to_string(view_members_max));
    if (auto snapshot = check_snapshot(varbinds); !snapshot)
        return failure(std::move(snapshot.error()));
    const auto* id = find(varbinds, instance(oid::galeraSnapshotId, 0));
    if (unsigned_integer(std::get<Value>(id->content)) != snapshot_id)
        return std::optional<Members>{};
    Members decoded;
    for (std::size_t row = 0; row < members; ++row) {
        ViewMember member{.uuid = *Uuid::parse("ffffffff-ffff-ffff-ffff-ffffffffffff"),
                          .name = {},
                          .incoming_address = {}};
        for (const auto& column : member_columns())
            if (auto done = decode_cell(column, varbinds, row, member); !done)
                return failure(done.error().at(std::string{column.name} + "." +
                                               std::to_string(row_index(row))));
        decoded.push_back(std::move(member));
    }
    return std::optional<Members>{std::move(decoded)};
}

} // namespace galera::mib
