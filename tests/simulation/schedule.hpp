// What is to happen next, in virtual time. Of two events at one moment the one that was planned
// first comes first, so that a history is the same each time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace galera::simulation {

/// Milliseconds since the history began.
using Time = std::int64_t;

enum class Kind : std::uint8_t {
    tick,          // write sets are written, delivered and applied; states are transferred
    regroup,       // `who`: a component notices who is gone and who has come
    connect,       // a started server looks for its peers
    sample,        // an agent looks at its node
    answer,        // the moment at which `other` answers the survey of `who`
    seen,          // a survey is complete
    step_done,     // a step of an initiator's loop is done
    take_ground,   // an initiator has recovered the position once more
    launch,        // an initiator starts the server
    fault,         // something breaks
    mend,          // what `other` names is mended at `who`
    start_service, // the init system or an operator calls the initiator
    heal,          // all faults end
};

struct Event {
    Time at;
    std::uint64_t order;
    Kind kind;
    int who;
    int other;
    unsigned life; // of whom it concerns: an event for an earlier life is void
};

class Schedule {
public:
    void add(Time at, Kind kind, int who = 0, int other = 0, unsigned life = 0) {
        heap_.push_back({at, order_++, kind, who, other, life});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    Event take() {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const auto event = heap_.back();
        heap_.pop_back();
        return event;
    }

private:
    static bool later(const Event& left, const Event& right) {
        return left.at != right.at ? left.at > right.at : left.order > right.order;
    }
    std::vector<Event> heap_;
    std::uint64_t order_{0};
};

} // namespace galera::simulation
