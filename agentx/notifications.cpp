#include "agentx/notifications.hpp"

#include "common/model/reason.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace galera::agentx {
namespace {

using Object = std::span<const std::uint32_t>;

bool refuses(const Snapshot& snapshot) {
    const auto* const verdict = value_of(snapshot, oid::galeraInitiatorVerdict);
    return verdict != nullptr &&
           *verdict == mib::Value{mib::Integer32{static_cast<std::int32_t>(VerdictKind::refuse)}};
}

bool always(const Snapshot& /*snapshot*/) {
    return true;
}
bool does_not_refuse(const Snapshot& snapshot) {
    return !refuses(snapshot);
}

} // namespace

/// A NOTIFICATION-TYPE of the MIB. There is something to tell if the first of the watched objects
/// has a value and `tells`.
struct NotificationPolicy::Kind {
    NotificationKind kind;
    Object oid;
    std::vector<Object> objects; // as in the MIB
    std::vector<Object> watched;
    bool (*tells)(const Snapshot& snapshot);
};

const std::array<NotificationPolicy::Kind, notification_kinds>& NotificationPolicy::kinds() {
    using namespace oid;
    static const std::array<Kind, notification_kinds> table{{
        {NotificationKind::status_changed,
         galeraStatusChanged,
         {galeraNodeName, galeraClusterName, galeraStatus, galeraServerState},
         {galeraStatus, galeraServerState},
         always},
        {NotificationKind::cluster_status_changed,
         galeraClusterStatusChanged,
         {galeraNodeName, galeraClusterName, galeraClusterStatus, galeraNodeState},
         {galeraClusterStatus},
         always},
        {NotificationKind::cluster_size_changed,
         galeraClusterSizeChanged,
         {galeraNodeName, galeraClusterName, galeraClusterSize},
         {galeraClusterSize},
         always},
        {NotificationKind::initiator_decision,
         galeraInitiatorDecision,
         {galeraNodeName, galeraClusterName, galeraInitiatorVerdict, galeraInitiatorReason,
          galeraInitiatorSentence},
         {galeraInitiatorVerdict, galeraInitiatorReason, galeraInitiatorElected},
         does_not_refuse},
        {NotificationKind::initiator_refusal,
         galeraInitiatorRefusal,
         {galeraNodeName, galeraClusterName, galeraInitiatorVerdict, galeraInitiatorReason,
          galeraInitiatorSentence},
         {galeraInitiatorVerdict, galeraInitiatorReason},
         refuses},
        {NotificationKind::collector_failed,
         galeraCollectorFailed,
         {galeraNodeName, galeraClusterName, galeraCollectorState, galeraLastError},
         {galeraCollectorState},
         always},
    }};
    return table;
}

std::optional<NotificationPolicy::State> NotificationPolicy::state_of(const Kind& kind,
                                                                      const Snapshot& snapshot) {
    State state;
    for (const auto object : kind.watched) {
        const auto* const value = value_of(snapshot, object);
        state.push_back(value != nullptr ? std::optional{*value} : std::nullopt);
    }
    if (!state.front() || !kind.tells(snapshot))
        return std::nullopt;
    return state;
}

Notification NotificationPolicy::notification_of(const Kind& kind, const Snapshot& snapshot) {
    Notification notification{
        .kind = kind.kind, .oid = {kind.oid.begin(), kind.oid.end()}, .bindings = {}};
    for (const auto object : kind.objects)
        if (const auto* const value = value_of(snapshot, object)) {
            mib::Oid instance{object.begin(), object.end()};
            instance.push_back(0);
            notification.bindings.push_back({std::move(instance), *value});
        }
    return notification;
}

NotificationPolicy::Line& NotificationPolicy::line_of(NotificationKind kind) {
    return lines_.at(static_cast<std::size_t>(kind));
}

void NotificationPolicy::set_interval(std::chrono::milliseconds interval) {
    const std::lock_guard hold{mutex_};
    interval_ = interval;
}

void NotificationPolicy::observe(const std::shared_ptr<const Snapshot>& snapshot) {
    const std::lock_guard hold{mutex_};
    for (const auto& kind : kinds()) {
        auto& line = line_of(kind.kind);
        auto state = state_of(kind, *snapshot);
        if (first_)
            line.told = line.expected = std::move(state);
        else
            observe(line, std::move(state), snapshot);
    }
    first_ = false;
}

void NotificationPolicy::observe(Line& line, std::optional<State> state,
                                 const std::shared_ptr<const Snapshot>& snapshot) {
    if (line.held ? state == line.held->state : state == line.expected)
        return;
    if (line.held) {
        ++counts_.suppressed;
        line.held.reset();
    }
    if (!state)
        line.told = line.expected = std::nullopt;
    else if (state != line.expected)
        line.held = Seen{*std::move(state), snapshot};
    else
        ++counts_.suppressed; // back at what is told: that is not told either
}

std::vector<Notification> NotificationPolicy::due(Clock::time_point now) {
    const std::lock_guard hold{mutex_};
    std::vector<Notification> notifications;
    for (const auto& kind : kinds()) {
        auto& line = line_of(kind.kind);
        if (!line.held || line.under_way || now < line.not_before)
            continue;
        line.under_way = std::exchange(line.held, std::nullopt);
        line.expected = line.under_way->state;
        line.not_before = now + interval_;
        notifications.push_back(notification_of(kind, *line.under_way->snapshot));
    }
    return notifications;
}

std::optional<Clock::time_point> NotificationPolicy::next_due() const {
    const std::lock_guard hold{mutex_};
    std::optional<Clock::time_point> next;
    for (const auto& line : lines_)
        if (line.held && !line.under_way)
            next = std::min(next.value_or(line.not_before), line.not_before);
    return next;
}

void NotificationPolicy::confirmed(NotificationKind kind) {
    const std::lock_guard hold{mutex_};
    auto& line = line_of(kind);
    if (!line.under_way)
        return;
    ++counts_.sent;
    line.told = line.expected;
    line.under_way.reset();
}

void NotificationPolicy::lost(NotificationKind kind) {
    const std::lock_guard hold{mutex_};
    auto& line = line_of(kind);
    if (!line.under_way)
        return;
    auto seen = *std::exchange(line.under_way, std::nullopt);
    const bool still_true = !line.held && line.expected == seen.state;
    line.expected = line.told;
    if (still_true) {
        line.held = std::move(seen);
        return;
    }
    ++counts_.suppressed;
    if (line.held && line.held->state == line.expected) { // back at what was told before
        ++counts_.suppressed;
        line.held.reset();
    }
}

NotificationPolicy::Counts NotificationPolicy::counts() const {
    const std::lock_guard hold{mutex_};
    return counts_;
}

} // namespace galera::agentx
