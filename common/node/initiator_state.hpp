// What the local initiator says of itself, for the local agent to publish: a lock that dies with
// its holder, and a small state file beside it.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace galera::node {

enum class InitiatorPhase : std::uint8_t {
    surveying = 1,     // no claim
    claiming = 2,      // holds a claim to bootstrap: `locked`
    bootstrapping = 3, // acts on it
    joining = 4,       // starts the server as a joiner
};

struct InitiatorState {
    InitiatorPhase phase{InitiatorPhase::surveying};
    std::string verdict; // the line of the log, for people; empty: none yet

    bool operator==(const InitiatorState&) const = default;
};

/// The right to be the initiator of this node: an OFD lock on `run_dir/initiator.lock`.
/// The state is `run_dir/initiator.state`, replaced atomically; it counts only while the lock is
/// held and only if it was written by the holder.
class InitiatorLock {
public:
    /// Empty while another initiator has it.
    static Result<std::optional<InitiatorLock>> try_take(const std::filesystem::path& run_dir);

    Result<void> publish(const InitiatorState& state) const;

private:
    InitiatorLock(UniqueFd fd, std::filesystem::path run_dir)
        : fd_{std::move(fd)}, run_dir_{std::move(run_dir)} {}
    UniqueFd fd_;
    std::filesystem::path run_dir_;
};

/// Empty: no initiator runs. While one runs but its state cannot be believed: `surveying`.
Result<std::optional<InitiatorState>> read_initiator_state(const std::filesystem::path& run_dir);

} // namespace galera::node
