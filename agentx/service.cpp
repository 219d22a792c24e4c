#include "agentx/service.hpp"

#include "common/node/service_manager.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace galera::agentx {
namespace {

using namespace std::chrono_literals;

std::string text_of(const Snapshot& snapshot, std::span<const std::uint32_t> scalar) {
    const auto* const value = value_of(snapshot, scalar);
    const auto* const octets = value != nullptr ? std::get_if<mib::OctetString>(value) : nullptr;
    return octets != nullptr ? octets->value : std::string{};
}

std::chrono::milliseconds sample_interval(const Snapshot& snapshot) {
    const auto* const value = value_of(snapshot, oid::galeraSampleInterval);
    const auto* const number = value != nullptr ? std::get_if<mib::Unsigned32>(value) : nullptr;
    return std::chrono::milliseconds{number != nullptr ? number->value : 0};
}

/// systemd reads lines.
std::string one_line(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < ' '; }, ' ');
    return text;
}

} // namespace

std::string status_line(const Health& health) {
    auto line = (health.served ? "Serves snmpd at " : "Waits for snmpd at ") + health.snmpd;
    if (health.snapshot->id == 0)
        return line + "; has not looked at the node yet";
    const auto error = text_of(*health.snapshot, oid::galeraLastError);
    return one_line(line +
                    (error.empty() ? "; everything about the node can be read" : "; " + error));
}

bool collector_comes_along(Clock::time_point last_look, std::chrono::milliseconds interval,
                           Clock::time_point now) {
    return now - last_look <= interval + 1min;
}

Service::Service(Clock::time_point started)
    : watchdog_{node::watchdog_period()}, started_{started} {}

std::chrono::milliseconds Service::tell(Health health, Clock::time_point now) {
    const std::lock_guard hold{mutex_};
    const bool looked = health.snapshot->id != 0;
    const auto last_look = looked ? health.snapshot->sampled_at : started_;
    if (health.snapshot != known_.snapshot || health.served != known_.served ||
        health.snmpd != known_.snmpd) {
        known_ = std::move(health);
        status_ = status_line(known_);
    }
    if (status_ != told_status_ && send("STATUS=" + status_))
        told_status_ = status_;
    if (looked && !ready_)
        ready_ = send("READY=1");
    if (!watchdog_)
        return std::chrono::hours{1};
    const auto pause = std::chrono::floor<std::chrono::milliseconds>(*watchdog_ / 3);
    const bool due = !last_sign_of_life_ || now - *last_sign_of_life_ >= pause;
    if (due && collector_comes_along(last_look, sample_interval(*known_.snapshot), now) &&
        send("WATCHDOG=1"))
        last_sign_of_life_ = now;
    return pause;
}

void Service::reloading() {
    // The steady clock is CLOCK_MONOTONIC, which systemd wants the time of.
    const auto now = Clock::now().time_since_epoch();
    send("RELOADING=1\nMONOTONIC_USEC=" +
         std::to_string(std::chrono::floor<std::chrono::microseconds>(now).count()));
}

void Service::reloaded() {
    const std::lock_guard hold{mutex_};
    if (ready_)
        send("READY=1");
}

void Service::stopping() {
    send("STOPPING=1");
}

bool Service::send(const std::string& state) {
    return node::notify_service_manager(state).has_value();
}

} // namespace galera::agentx
