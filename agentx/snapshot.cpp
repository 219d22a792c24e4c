#include "agentx/snapshot.hpp"

#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"

#include <algorithm>

namespace galera::agentx {
namespace {

bool is_object(std::span<const std::uint32_t> object, const mib::Oid& oid) {
    return oid.size() >= object.size() && std::equal(object.begin(), object.end(), oid.begin());
}

bool is_instance(const mib::Oid& oid, std::span<const std::uint32_t> scalar) {
    return oid.size() == scalar.size() + 1 && is_object(scalar, oid);
}

bool is_known_object(const mib::Oid& oid) {
    const auto matches = [&oid](const auto& row) { return is_object(row.oid, oid); };
    return std::ranges::any_of(mib::scalars(), matches) ||
           std::ranges::any_of(mib::member_columns(), matches) ||
           std::ranges::any_of(mib::era_columns(), matches) ||
           std::ranges::any_of(mib::past_view_columns(), matches) ||
           std::ranges::any_of(mib::peer_columns(), matches);
}

/// Most values are of the snapshot; these are of the moment of answering.
mib::Value value_now(const Snapshot& snapshot, const mib::Binding& binding, const Moment& now) {
    if (is_instance(binding.oid, oid::galeraSnapshotAge))
        return mib::snapshot_age_value(
            std::chrono::duration_cast<std::chrono::milliseconds>(now.at - snapshot.sampled_at));
    if (is_instance(binding.oid, oid::galeraNotificationsSent))
        return mib::Counter32{now.notifications_sent};
    if (is_instance(binding.oid, oid::galeraNotificationsSuppressed))
        return mib::Counter32{now.notifications_suppressed};
    return binding.value;
}

} // namespace

std::shared_ptr<const Snapshot> no_snapshot_yet(const std::string& version,
                                                std::chrono::milliseconds sample_interval) {
    NodeReport report;
    report.agent.version = version;
    report.agent.sample_interval = sample_interval;
    return make_snapshot(report, {});
}

std::shared_ptr<const Snapshot> make_snapshot(const NodeReport& report,
                                              Clock::time_point sampled_at) {
    return std::make_shared<const Snapshot>(Snapshot{
        .id = report.agent.snapshot_id, .sampled_at = sampled_at, .bindings = mib::encode(report)});
}

const mib::Value* value_of(const Snapshot& snapshot, std::span<const std::uint32_t> scalar) {
    mib::Oid instance{scalar.begin(), scalar.end()};
    instance.push_back(0);
    const auto found =
        std::ranges::lower_bound(snapshot.bindings, instance, {}, &mib::Binding::oid);
    return found != snapshot.bindings.end() && found->oid == instance ? &found->value : nullptr;
}

std::variant<mib::Value, mib::Absence> get(const Snapshot& snapshot, const mib::Oid& instance,
                                           const Moment& now) {
    const auto found =
        std::ranges::lower_bound(snapshot.bindings, instance, {}, &mib::Binding::oid);
    if (found != snapshot.bindings.end() && found->oid == instance)
        return value_now(snapshot, *found, now);
    return is_known_object(instance) ? mib::Absence::no_such_instance
                                     : mib::Absence::no_such_object;
}

std::optional<mib::Binding> get_next(const Snapshot& snapshot, const mib::Oid& oid, bool inclusive,
                                     const Moment& now) {
    const auto& bindings = snapshot.bindings;
    const auto found = inclusive ? std::ranges::lower_bound(bindings, oid, {}, &mib::Binding::oid)
                                 : std::ranges::upper_bound(bindings, oid, {}, &mib::Binding::oid);
    if (found == bindings.end())
        return std::nullopt;
    return mib::Binding{found->oid, value_now(snapshot, *found, now)};
}

} // namespace galera::agentx
