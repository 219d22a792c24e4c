#include "initiator/run/account.hpp"

#include "initiator/run/explain.hpp"

#include <chrono>
#include <ostream>

namespace galera::run {

namespace {

std::int64_t unix_seconds_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(now).count();
}

} // namespace

void Account::say(const std::string& line) {
    log_ << "galera-initiator: " << line << std::endl;
    last_line_ = line;
}

void Account::quote(const std::string& line) {
    log_ << "galera-initiator:   " << printable(line) << std::endl;
}

bool Account::tell_verdict(const decision::Verdict& verdict, const decision::Survey& survey,
                           const decision::Rules& rules) {
    if (!tell_progress(sentence_of(verdict, survey)))
        return false;
    decision_ = InitiatorDecision{.reason = verdict.reason,
                                  .elected = std::nullopt,
                                  .decided_unix_seconds = unix_seconds_now(),
                                  .sentence = {}};
    if (verdict.elected)
        decision_->elected = survey.answers[*verdict.elected].node.address;
    if (json_ != nullptr)
        *json_ << plan_json_line(verdict, survey, rules) << std::flush;
    return true;
}

bool Account::tell_progress(const std::string& line) {
    if (line == told_)
        return false;
    told_ = line;
    say(line);
    return true;
}

Result<void> Account::publish(InitiatorPhase phase) {
    phase_ = phase;
    if (lock_ == nullptr)
        return {};
    auto decision = decision_;
    if (decision)
        decision->sentence = last_line_;
    return lock_->publish(phase_, decision);
}

void Account::publish_again() {
    if (!decision_)
        return; // the last run's decision is still the last
    if (const auto published = publish(phase_); !published)
        say(published.error().text + "; the agent does not show the last decision");
}

void Account::leave() {
    phase_ = InitiatorPhase::surveying;
    publish_again();
    lock_ = nullptr;
}

void Account::end(ExitStatus status, int exit_status) {
    if (json_ != nullptr)
        *json_ << end_json_line(status, exit_status, last_line_) << std::flush;
}

} // namespace galera::run
