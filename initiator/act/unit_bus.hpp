// What systemd says of a unit and does with it, over D-Bus. Each call returns when systemd has
// answered, within seconds; none waits for a job.
#pragma once

#include "common/model/result.hpp"
#include "initiator/act/unit_state.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

struct sd_bus;

namespace galera::act {

class UnitBus {
public:
    /// The system bus; where there is none yet, as early in a boot, systemd's own socket.
    static Result<UnitBus> connect();

    Result<UnitState> state_of(const std::string& unit);
    /// Reads all units anew (daemon-reload).
    Result<void> reload();
    /// Forgets that it failed, and how often it was started.
    Result<void> reset_failed(const std::string& unit);
    /// Queues a start, unless that conflicts with a job that is queued; the job's path.
    Result<std::string> start(const std::string& unit);
    Result<void> stop(const std::string& unit);
    /// How a job has ended that was queued here: "done", "failed", "canceled", "timeout",
    /// "dependency", "skipped". Empty: not yet.
    std::optional<std::string> result_of(const std::string& job);

private:
    struct Closer {
        void operator()(sd_bus* bus) const;
    };
    explicit UnitBus(sd_bus* bus) : bus_{bus} {}
    Result<void> follow_jobs();
    Result<void> call(const char* method, const std::string& unit, const char* mode,
                      std::string* job);
    using JobResults = std::map<std::string, std::string>;
    std::unique_ptr<JobResults> ended_jobs_{std::make_unique<JobResults>()}; // stays where it is
    std::unique_ptr<sd_bus, Closer> bus_; // goes first: it calls back
};

} // namespace galera::act
