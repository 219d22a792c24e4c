// What the local initiator says for the local agent to publish: a lock that dies with its holder,
// and small files beside it.
#pragma once

#include "common/galera/initiator_record.hpp"
#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace galera::node {

using galera::InitiatorPhase;

/// The right to be the initiator of this node: an OFD lock on `run_dir/initiator.lock`.
/// The state is `run_dir/initiator.state`, replaced atomically. Its phase counts only while the
/// lock is held and only if it was written by the holder; its decision outlives the holder.
class InitiatorLock {
public:
    /// Empty while another initiator has it.
    static Result<std::optional<InitiatorLock>> try_take(const std::filesystem::path& run_dir);

    /// The agent looks at the node at once when this changes. `claimed_unix_seconds`: since when
    /// the phase's claim is held; absent in a phase that holds none.
    [[nodiscard]] Result<void>
    publish(InitiatorPhase phase, const std::optional<InitiatorDecision>& decision,
            std::optional<std::int64_t> claimed_unix_seconds = std::nullopt) const;

    /// What the last survey saw, `run_dir/initiator.peers`. A file of its own, that the agent reads
    /// whenever it looks at the node: with the state it would make it look at each survey. No disk
    /// is waited for: the file is worth nothing after a reboot.
    [[nodiscard]] Result<void> publish_peers(const PeersReport& peers, std::uint32_t surveys) const;

    /// What the last survey of the runs before saw, or of this one. Empty: none is known since
    /// `run_dir` was made.
    [[nodiscard]] Result<std::optional<PeersRecord>> last_peers() const;

    /// What is shown after a reboot, which empties `run_dir`: `state_dir/decision`. Durable when it
    /// returns.
    [[nodiscard]] Result<void> keep(const InitiatorDecision& decision,
                                    const std::filesystem::path& state_dir) const;

private:
    InitiatorLock(UniqueFd fd, std::filesystem::path run_dir)
        : fd_{std::move(fd)}, run_dir_{std::move(run_dir)} {}
    [[nodiscard]] Result<std::string> identity() const;

    UniqueFd fd_;
    std::filesystem::path run_dir_;
};

/// What an initiator that runs is at.
struct InitiatorAtWork {
    InitiatorPhase phase{InitiatorPhase::surveying};
    std::optional<std::int64_t> claimed_unix_seconds; // absent: it holds no claim

    bool operator==(const InitiatorAtWork&) const = default;
};

/// Empty: no initiator runs. While one runs whose state cannot be believed: `surveying`.
Result<std::optional<InitiatorAtWork>> read_initiator_at_work(const std::filesystem::path& run_dir);

/// What the last run that has decided anything decided last, whether it still runs or not, with its
/// last line. Empty: none has since `run_dir` was made, or the state is not that of any version
/// like this one.
Result<std::optional<DecisionRecord>> read_published_decision(const std::filesystem::path& run_dir);
/// The same, as it was kept. Empty: none was, or by another version.
Result<std::optional<DecisionRecord>> read_kept_decision(const std::filesystem::path& state_dir);

/// Which of the two to show: of one run what is published, which is rewritten with each line of its
/// log. Of two runs that of the later: a run may have found `run_dir` full, or the configuration
/// may have named another one then.
[[nodiscard]] std::optional<DecisionRecord> last_of(std::optional<DecisionRecord> published,
                                                    std::optional<DecisionRecord> kept);

/// Empty: no survey is known since `run_dir` was made.
Result<std::optional<PeersRecord>> read_peers(const std::filesystem::path& run_dir);

} // namespace galera::node
