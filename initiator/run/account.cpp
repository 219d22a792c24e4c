#include "initiator/run/account.hpp"

#include "common/node/service_manager.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/json.hpp"
#include "initiator/run/peers.hpp"

#include <chrono>
#include <ostream>
#include <utility>

namespace galera::run {

namespace {

std::int64_t unix_seconds_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

/// Whether it is worth a write to the disk: another line of the log is not.
bool is_another(const InitiatorDecision& decision, const std::optional<InitiatorDecision>& kept) {
    return !kept || decision.reason != kept->reason || decision.elected != kept->elected;
}

} // namespace

void Account::show_by(const node::InitiatorLock& lock, std::filesystem::path state_dir,
                      std::string overrides) {
    lock_ = &lock;
    state_dir_ = std::move(state_dir);
    run_ = {.started_unix_seconds = unix_seconds_now(), .overrides = std::move(overrides)};
    // When each node reported last is known from the runs before; if it cannot be read, it is not.
    if (auto last = lock.last_peers(); last && *last)
        peers_ = std::move((*last)->peers);
}

void Account::write_line(const std::string& text) {
    const auto line = std::string{audience_.prefix} + text;
    audience_.log.clear(); // what could not be written once may be written now
    if (audience_.screen != nullptr)
        audience_.screen->say(line);
    else
        audience_.log << line << std::endl;
}

void Account::say(const std::string& line) {
    write_line(line);
    tell_service_manager(line);
    last_line_ = line;
}

void Account::quote(const std::string& line) {
    write_line("  " + printable(line));
}

void Account::tell_service_manager(const std::string& line) {
    if (std::exchange(status_, printable(line)) != status_)
        complain_once(node::notify_service_manager("STATUS=" + status_),
                      "the service manager does not show what this run is at");
}

/// Of what people read nothing stops a run. It is not the line that they read, either.
void Account::complain_once(const Result<void>& done, const std::string& consequence) {
    if (done || !complaints_.insert(consequence).second)
        return;
    write_line(done.error().text + "; " + consequence);
}

void Account::tell_survey(const decision::Survey& survey, const decision::Rules& rules) {
    ++run_.surveys;
    if (lock_ == nullptr)
        return;
    peers_ = peers_of(survey, rules, peers_, unix_seconds_now());
    complain_once(lock_->publish_peers(peers_, run_.surveys),
                  "the agent does not show what the last survey saw");
}

bool Account::tell_verdict(const decision::Verdict& verdict, const decision::Survey& survey,
                           const decision::Rules& rules, const std::string& sentence) {
    if (!tell_progress(sentence))
        return false;
    decision_ = InitiatorDecision{.reason = verdict.reason,
                                  .proof = verdict.proof,
                                  .elected = std::nullopt,
                                  .missing = named_nodes(verdict, survey),
                                  .decided_unix_seconds = unix_seconds_now(),
                                  .sentence = {},
                                  .run = {}};
    if (verdict.elected)
        decision_->elected = survey.answers[*verdict.elected].node.address;
    if (audience_.json != nullptr)
        *audience_.json << verdict_json_line(verdict, survey, rules, sentence) << std::flush;
    return true;
}

bool Account::tell_progress(const std::string& line) {
    if (line == told_)
        return false;
    told_ = line;
    say(line);
    return true;
}

std::optional<InitiatorDecision> Account::shown_decision() const {
    auto decision = decision_;
    if (decision) {
        decision->sentence = last_line_;
        decision->run = run_;
    }
    return decision;
}

Result<void> Account::publish(InitiatorPhase phase) {
    phase_ = phase;
    if (!holds_claim(phase))
        claimed_unix_seconds_.reset();
    else if (!claimed_unix_seconds_)
        claimed_unix_seconds_ = unix_seconds_now();
    if (lock_ == nullptr)
        return {};
    const auto decision = shown_decision();
    if (auto published = lock_->publish(phase_, decision, claimed_unix_seconds_); !published)
        return published;
    // Behind the claim, which others wait to see.
    if (decision && is_another(*decision, kept_))
        keep_decision();
    return {};
}

void Account::keep_decision() {
    kept_ = shown_decision();
    complain_once(lock_->keep(*kept_, state_dir_),
                  "the agent does not show this run's last decision after a reboot");
}

void Account::publish_again() {
    if (!decision_)
        return; // the last run's decision is still the last
    complain_once(publish(phase_), "the agent does not show the last decision");
}

void Account::leave() {
    phase_ = InitiatorPhase::surveying;
    publish_again();
    if (lock_ != nullptr && decision_)
        keep_decision(); // with its last line
    lock_ = nullptr;
}

void Account::end(ExitStatus status, int exit_status) {
    if (audience_.json != nullptr)
        *audience_.json << end_json_line(status, exit_status, last_line_) << std::flush;
}

void Account::ready() {
    complain_once(node::notify_service_manager("READY=1"),
                  "the service manager does not know that this node is a member");
}

} // namespace galera::run
