// What a run of `start` tells of itself: to the log, to the local agent, to the service manager,
// and, as JSON, to whoever asked for it. One line a change, never a line a survey.
#pragma once

#include "common/config/exit_status.hpp"
#include "common/model/result.hpp"
#include "common/node/initiator_state.hpp"
#include "initiator/decision/decide.hpp"
#include "initiator/run/terminal.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace galera::run {

/// Who reads what a run tells. Everything here must outlive the account.
struct Audience {
    std::ostream& log;
    std::ostream* json{nullptr}; // a line for each change of the verdict, one for the end; or none
    Screen* screen{nullptr};     // where the log is a terminal with a block below it
    std::string_view prefix{"galera-initiator: "}; // of each line of the log
};

class Account {
public:
    Account(std::ostream& log, std::ostream* json) : Account{Audience{log, json}} {}
    explicit Account(const Audience& audience) : audience_{audience} {}

    /// From here on the agent shows this run, which begins. The lock must outlive the account, or
    /// `leave` it. The last decision is kept in `state_dir`; `overrides`: those in force, as
    /// options.
    void show_by(const node::InitiatorLock& lock, std::filesystem::path state_dir,
                 std::string overrides);

    /// One line of the log.
    void say(const std::string& line);
    /// A line of somebody else's log, below what was said.
    void quote(const std::string& line);
    /// A survey, which the agent shows when it looks at the node next.
    void tell_survey(const decision::Survey& survey, const decision::Rules& rules);
    /// A verdict that the loop does not act upon yet, in this sentence; false: it was told before.
    bool tell_verdict(const decision::Verdict& verdict, const decision::Survey& survey,
                      const decision::Rules& rules, const std::string& sentence);
    /// How the start of the server gets on; false: it was told before.
    bool tell_progress(const std::string& line);
    /// What changes all the time: to the service manager, which shows the last, and to nobody else.
    void tell_service_manager(const std::string& line);
    /// The server has been started. It is shown with what is told next.
    void count_attempt() { ++run_.attempts; }

    /// Lets the agent show the phase, with the last decision and the last line.
    Result<void> publish(InitiatorPhase phase);
    /// The same phase again, with what has been told since; nothing before the first verdict. That
    /// it fails is said, and no more: it is for people.
    void publish_again();
    /// The end of what the agent shows of this run while it runs: no claim, and the last line.
    void leave();

    /// Tells the service manager that the service is ready: this node is a member.
    void ready();
    /// The last line of JSON. `exit_status`: of the process.
    void end(ExitStatus status, int exit_status);

    /// The last line of the log.
    [[nodiscard]] const std::string& last_line() const { return last_line_; }

private:
    [[nodiscard]] std::optional<InitiatorDecision> shown_decision() const;
    void keep_decision();
    void write_line(const std::string& text);
    void complain_once(const Result<void>& done, const std::string& consequence);

    Audience audience_;
    const node::InitiatorLock* lock_{nullptr};
    std::filesystem::path state_dir_;
    InitiatorRun run_;
    InitiatorPhase phase_{InitiatorPhase::surveying};
    std::optional<std::int64_t> claimed_unix_seconds_;
    std::string told_;      // the last verdict or progress
    std::string last_line_; // of the log
    std::string status_;    // as the service manager has it
    std::optional<InitiatorDecision> decision_;
    std::optional<InitiatorDecision> kept_;
    PeersReport peers_;
    std::set<std::string> complaints_; // each is made once in a run
};

} // namespace galera::run
