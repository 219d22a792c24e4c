// The control flow of `start`, without I/O: it is told what was seen and says what to do next.
// The program executes its steps on the real world, the tests and the simulation on theirs.
#pragma once

#include "common/config/exit_status.hpp"
#include "common/model/result.hpp"
#include "common/node/initiator_state.hpp"
#include "initiator/decision/decide.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace galera::run {

// What the world is to do next.

/// Take a survey; answer with Seen.
struct Look {};
/// Let the local agent show the phase; answer with Done.
struct Publish {
    node::InitiatorPhase phase;
};
/// Start the server as the verdict says, if the ground is still as the verdict saw it; answer with
/// StartOutcome.
struct Start {
    decision::Verdict verdict;
};
/// Make the component of the server that runs a Primary one, if the ground is still as the verdict
/// saw it; answer with StartOutcome.
struct Restore {
    decision::Verdict verdict;
};
/// Stop the server that was started; answer with Done.
struct Stop {};
/// Record the lineage of what the local node holds at this view, which others have told; answer
/// with Done.
struct Adopt {
    View view;
    Lineage lineage;
};
/// Let some time pass; answer with Done.
struct Pause {
    std::chrono::milliseconds time;
};
/// The end.
struct End {
    ExitStatus status;
};
using Step = std::variant<Look, Publish, Start, Restore, Stop, Adopt, Pause, End>;

// What the world answers.

/// The server that this run has started.
enum class OwnServer : std::uint8_t { none, up, ended };

struct Seen {
    decision::Survey survey;
    OwnServer own_server{OwnServer::none};
    /// From the beginning of the run to the beginning of this survey.
    std::chrono::milliseconds since_begin{0};
};
enum class StartOutcome : std::uint8_t {
    started,
    ground_changed, // somebody else is at the data directory, or it holds another position
    failed,
};
struct Done {};
using Answer = std::variant<Done, Seen, StartOutcome>;

struct LoopOptions {
    decision::Rules rules;
    std::chrono::milliseconds poll_interval{1000}; // where nothing changes
    std::chrono::milliseconds wait_timeout{0};     // zero: for ever
};

/// One run of `start`. The claim's two steps are here: publish `locked`, see it through the local
/// agent, survey again, and only if the verdict stands and no rival claims, act.
class Loop {
public:
    explicit Loop(LoopOptions options);

    /// The first step.
    [[nodiscard]] static Step begin() { return Look{}; }
    /// The step after the answer to the last one.
    [[nodiscard]] Step next(const Answer& answer);

    /// The verdict of the last survey; empty while the local report is older than the run.
    [[nodiscard]] const std::optional<decision::Verdict>& verdict() const { return verdict_; }
    /// Whether the server has been started, or told to be Primary, and is on its way to membership.
    [[nodiscard]] bool starting() const { return stage_ == Stage::starting; }
    /// Whom a node that could join lets join first, as an index in the last survey; empty: nobody.
    [[nodiscard]] const std::optional<std::size_t>& first() const { return first_; }

private:
    enum class Stage : std::uint8_t {
        surveying,  // no claim
        claimed,    // `locked` is published and not yet seen through the local agent
        confirming, // it was seen: the next survey decides
        starting,   // the server has been started, or told to be Primary
    };

    Step after(const Seen& seen);
    Step after(Done done);
    Step after(StartOutcome outcome);

    [[nodiscard]] bool is_out_of_date(const Seen& seen) const;
    Step after_survey(const Seen& seen);
    bool lets_another_first(const Seen& seen);
    Step after_claim(const Seen& seen);
    Step after_confirmation(const Seen& seen);
    Step watch_start(const Seen& seen);
    Step watch_restoration(const Seen& seen);
    Step settle(const Seen& seen);
    std::optional<Step> learn(const Seen& seen, const Step& then);
    [[nodiscard]] bool is_timed_out(const Seen& seen) const;
    [[nodiscard]] Pause short_pause(const Seen& seen) const;
    Step wait_on(const Seen& seen);
    Step withdraw();
    Step publish(node::InitiatorPhase phase, Step then);

    LoopOptions options_;
    Stage stage_{Stage::surveying};
    node::InitiatorPhase published_{node::InitiatorPhase::surveying};
    std::optional<decision::Verdict> verdict_;
    std::optional<decision::Verdict> claimed_verdict_;
    std::optional<decision::Verdict> acting_on_;
    std::optional<Step> then_;                // the step after the one that is being done
    std::chrono::milliseconds changed_at_{0}; // since the begin, when the verdict became another
    std::optional<std::size_t> first_;
    std::chrono::milliseconds let_for_{0};            // so long have others been let join first
    std::optional<std::chrono::milliseconds> let_at_; // the last time, since the begin
    unsigned stranded_surveys_{0};
    unsigned unrestored_surveys_{0};
    unsigned unsettled_surveys_{0};
    std::optional<Lineage> learnt_; // and given to the world to record
};

/// Whom a joiner lets join first. Where two servers connect to a group at one moment, the group
/// forms a view with one of them, and Galera lets the other wait for six seconds (measured in
/// Galera 26.4). That is a node whose server runs and is not in the group yet; else one before this
/// node in the survey whose initiator has still to start it. Empty: nobody.
[[nodiscard]] std::optional<std::size_t> joins_first(const decision::Survey& survey,
                                                     const decision::Rules& rules);

/// Whether a joiner has nobody left to join: its server runs outside a Primary component, every
/// other node has answered, and none is in one or can be feeding it.
[[nodiscard]] bool is_stranded(const decision::Survey& survey, const decision::Rules& rules);

} // namespace galera::run
