// Which notifications are to be sent, and when: one for each change that the MIB has one for, of
// each kind at most one in an interval, and none lost unseen.
#pragma once

#include "agentx/snapshot.hpp"
#include "common/mib/value.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace galera::agentx {

/// The NOTIFICATION-TYPEs of the MIB, in its order.
enum class NotificationKind : std::uint8_t {
    status_changed,
    cluster_status_changed,
    cluster_size_changed,
    initiator_decision,
    initiator_refusal,
    collector_failed,
};
inline constexpr std::size_t notification_kinds = 6;

struct Notification {
    NotificationKind kind{NotificationKind::status_changed};
    mib::Oid oid;                       // of the NOTIFICATION-TYPE
    std::vector<mib::Binding> bindings; // the OBJECTS of the MIB, all of one snapshot
};

/// Follows the snapshots and the notifications that were sent of them. What a kind tells of is its
/// state; the state of the first snapshot is taken for known. A change that may not be sent yet is
/// held, and only the latest is; when it may be sent, it is sent if it still differs from what was
/// told last. A state about which there is nothing to tell (no size while the server does not
/// answer) makes the next one news.
///
/// May be called from any thread.
class NotificationPolicy {
public:
    explicit NotificationPolicy(std::chrono::milliseconds interval) : interval_{interval} {}

    /// From the next notification on.
    void set_interval(std::chrono::milliseconds interval);

    /// Each snapshot, in its order, so that no change goes by.
    void observe(const std::shared_ptr<const Snapshot>& snapshot);

    /// What is to be sent now, given that snmpd is there. They are under way until `confirmed` or
    /// `lost` is called; of one kind no other is given meanwhile.
    [[nodiscard]] std::vector<Notification> due(Clock::time_point now);
    /// When `due` will have something. Empty: not before something else happens.
    [[nodiscard]] std::optional<Clock::time_point> next_due() const;

    /// snmpd has taken it.
    void confirmed(NotificationKind kind);
    /// It has not, or nobody knows: it is told again, if it is still true.
    void lost(NotificationKind kind);

    /// Of the changes that were news. Each is in one of these, held, or under way.
    struct Counts {
        std::uint32_t sent{0};       // confirmed
        std::uint32_t suppressed{0}; // not told, nor ever to be: others came after or undid them
    };
    [[nodiscard]] Counts counts() const;

private:
    /// The values of the objects that the kind watches; absent ones, too, are values.
    using State = std::vector<std::optional<mib::Value>>;
    struct Seen {
        State state;
        std::shared_ptr<const Snapshot> snapshot;
    };
    struct Line {
        std::optional<State> told;     // confirmed, or never news
        std::optional<State> expected; // what will have been told once that under way is confirmed
        std::optional<Seen> under_way;
        std::optional<Seen> held;
        Clock::time_point not_before;
    };
    struct Kind;
    static const std::array<Kind, notification_kinds>& kinds();
    static std::optional<State> state_of(const Kind& kind, const Snapshot& snapshot);
    static Notification notification_of(const Kind& kind, const Snapshot& snapshot);

    void observe(Line& line, std::optional<State> state,
                 const std::shared_ptr<const Snapshot>& snapshot);
    Line& line_of(NotificationKind kind);

    mutable std::mutex mutex_; // held for some comparisons
    std::chrono::milliseconds interval_;
    bool first_{true};
    std::array<Line, notification_kinds> lines_;
    Counts counts_;
};

} // namespace galera::agentx
