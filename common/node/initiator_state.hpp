// What the local initiator says of itself, for the local agent to publish: a lock that dies with
// its holder, and a small state file beside it.
#pragma once

#include "common/model/initiator_report.hpp"
#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <filesystem>
#include <optional>

namespace galera::node {

using galera::InitiatorPhase;

/// The right to be the initiator of this node: an OFD lock on `run_dir/initiator.lock`.
/// The state is `run_dir/initiator.state`, replaced atomically. Its phase counts only while the
/// lock is held and only if it was written by the holder; its decision outlives the holder.
class InitiatorLock {
public:
    /// Empty while another initiator has it.
    static Result<std::optional<InitiatorLock>> try_take(const std::filesystem::path& run_dir);

    /// The sentence is made one line, and cut where it is longer than any that is meant.
    Result<void> publish(InitiatorPhase phase,
                         const std::optional<InitiatorDecision>& decision) const;

private:
    InitiatorLock(UniqueFd fd, std::filesystem::path run_dir)
        : fd_{std::move(fd)}, run_dir_{std::move(run_dir)} {}
    UniqueFd fd_;
    std::filesystem::path run_dir_;
};

/// Empty: no initiator runs. While one runs whose state cannot be believed: `surveying`.
Result<std::optional<InitiatorPhase>> read_initiator_phase(const std::filesystem::path& run_dir);

/// What the last run that has decided anything decided last, whether it still runs or not. Empty:
/// none has since the directory was made, or the state is not that of any version like this one.
Result<std::optional<InitiatorDecision>> read_last_decision(const std::filesystem::path& run_dir);

} // namespace galera::node
