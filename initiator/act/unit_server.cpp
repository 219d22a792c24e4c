#include "initiator/act/unit_server.hpp"

#include "common/node/server_process.hpp"
#include "initiator/act/passed_options.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

namespace galera::act {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds glance{100};
/// So long may a unit be active before its server shows at the data directory.
constexpr std::chrono::seconds show_up_time{30};
/// A server that is told to end while it starts may hang.
constexpr std::chrono::seconds settling_time{3};
/// So long may systemd or its bus be away, as while they are started anew.
constexpr std::chrono::minutes away_time{1};
constexpr std::chrono::minutes stop_time{2};
constexpr std::chrono::seconds interrupted_stop_time{10};

/// Whether a process works in a data directory that is not this one.
bool is_at_other_data(pid_t pid, const std::filesystem::path& datadir) {
    namespace fs = std::filesystem;
    const auto place = fs::path{"/proc"} / std::to_string(pid) / "cwd";
    std::error_code error;
    return pid != 0 && fs::exists(place / "ibdata1", error) &&
           !fs::equivalent(place, datadir, error) && !error;
}

/// systemd, and what the unit is at.
struct SeenUnit {
    UnitBus bus;
    UnitState state;
};

Result<SeenUnit> see(const std::string& unit) {
    auto bus = UnitBus::connect();
    if (!bus)
        return failure(bus.error());
    auto state = bus->state_of(unit);
    if (!state)
        return failure(state.error());
    return SeenUnit{*std::move(bus), *std::move(state)};
}

std::string told(bool is_down, const std::string& unit) {
    return is_down ? "it was stopped" : "it could not be stopped; run: systemctl stop " + unit;
}

} // namespace

Result<std::optional<Objection>> look_at_unit(const config::Site& site) {
    const auto& unit = site.settings.unit;
    const auto seen = see(unit);
    if (!seen)
        return failure(seen.error());
    return objection_to_start(unit, seen->state);
}

Result<void> clear_away_drop_in(const config::Site& site) {
    const auto& unit = site.settings.unit;
    auto seen = see(unit);
    if (!seen)
        return failure(seen.error());
    const auto& state = seen->state;
    if (is_starting(state) || state.has_job)
        return {};
    if (auto removed = remove_drop_in(unit); !removed)
        return removed;
    // systemd itself may have removed it, and goes on as it was read.
    const bool is_read =
        std::ranges::find(state.drop_ins, drop_in_of(unit).string()) != state.drop_ins.end();
    return is_read ? seen->bus.reload() : Result<void>{};
}

Result<UnitServer> UnitServer::start(const config::Site& site, const decision::Verdict& verdict,
                                     const std::atomic<bool>& cancelled) {
    const auto& unit = site.settings.unit;
    auto seen = see(unit);
    if (!seen)
        return failure(seen.error());
    auto grant = UnitGrant::give(unit, verdict);
    if (!grant)
        return failure(grant.error());
    UnitServer server{site, std::move(seen->bus), *std::move(grant)}; // from here on it cleans up
    if (auto read = server.bus_->reload(); !read)
        return failure(read.error());
    if (seen->state.active_state == "failed")
        if (auto forgotten = server.bus_->reset_failed(unit); !forgotten)
            return failure(forgotten.error());
    auto job = server.bus_->start(unit);
    if (!job)
        return failure(job.error());
    server.job_ = *std::move(job);
    if (auto followed = server.follow_start(verdict, cancelled); !followed)
        return failure(followed.error());
    server.grant_->withdraw_options();
    return server;
}

UnitServer::UnitServer(const config::Site& site, UnitBus bus, UnitGrant grant)
    : site_{&site}, bus_{std::make_unique<UnitBus>(std::move(bus))},
      grant_{std::make_unique<UnitGrant>(std::move(grant))} {}

UnitServer& UnitServer::operator=(UnitServer&& other) noexcept {
    // The old one ends with `other`, as in a destructor.
    std::swap(site_, other.site_);
    std::swap(bus_, other.bus_);
    std::swap(grant_, other.grant_);
    std::swap(job_, other.job_);
    std::swap(pid_, other.pid_);
    return *this;
}

UnitServer::~UnitServer() {
    take_down();
}

/// What the job says where the unit itself says nothing: it never began.
std::optional<std::string> UnitServer::failed_job(const UnitState& state) {
    const auto result = bus_->result_of(job_);
    if (!result || *result == "done" || *result == "failed" || state.has_job)
        return std::nullopt;
    return "was not started; systemd says of its job: " + *result;
}

/// The server of this unit at the data directory; empty: not yet.
Result<std::optional<pid_t>> UnitServer::look_for_server() {
    const auto found = node::find_server(site_->datadir, site_->settings.server_binary,
                                         site_->settings.defaults_file);
    if (!found)
        return failure(found.error());
    if (!*found || (*found)->kind != node::ServerProcess::Kind::server)
        return std::optional<pid_t>{};
    return std::optional{(*found)->pid};
}

/// The unit goes on while the bus is away.
Result<UnitState> UnitServer::await_state(const std::atomic<bool>& cancelled) {
    const auto until = Clock::now() + away_time;
    while (true) {
        if (!bus_)
            if (auto again = UnitBus::connect())
                bus_ = std::make_unique<UnitBus>(*std::move(again));
        auto state = bus_ ? bus_->state_of(site_->settings.unit)
                          : Result<UnitState>{failure("systemd does not answer on its bus")};
        if (state)
            return state;
        bus_.reset();
        if (cancelled || Clock::now() >= until)
            return state;
        std::this_thread::sleep_for(glance);
    }
}

/// Why what runs is not the server to follow. One that has the data directory is let alone.
Error UnitServer::give_up(bool has_datadir) {
    const auto& unit = site_->settings.unit;
    if (has_datadir)
        return {unit + " is active, and its main process is not the server at " +
                site_->datadir.string() + ", which goes on; its ExecStart must become the server"};
    const bool is_down = stop_for_good(stop_time);
    return {unit + " runs, and its server does not have " + site_->datadir.string() + "; " +
            told(is_down, unit) + ". Set unit or datadir to those that belong together"};
}

Result<void> UnitServer::follow_start(const decision::Verdict& verdict,
                                      const std::atomic<bool>& cancelled) {
    const auto& unit = site_->settings.unit;
    std::optional<Clock::time_point> active_since;
    while (!cancelled) {
        const auto state = await_state(cancelled);
        if (!state && cancelled)
            break;
        if (!state)
            return failure(state.error());
        if (auto failed = failed_job(*state))
            return failure(unit + " " + *failed);
        if (const auto end = end_of(*state, 0))
            return failure(unit + " " + *end);
        const auto pid = look_for_server();
        if (!pid)
            return failure(pid.error());
        // One that is about to end has no words any more, and soon the unit tells of its end.
        const auto words = *pid && **pid == state->main_pid ? node::command_line_of(**pid)
                                                            : std::vector<std::string>{};
        if (!words.empty()) {
            pid_ = **pid;
            const auto deviates = deviation(words, verdict);
            if (!deviates)
                return {};
            const bool is_down = stop_for_good(stop_time);
            return failure(unit + ": " + *deviates + "; " + told(is_down, unit) +
                           ". Its ExecStart must pass "
                           "$_WSREP_NEW_CLUSTER and a recovered position");
        }
        if (state->active_state == "active" && !active_since)
            active_since = Clock::now();
        const auto active_for = active_since ? Clock::now() - *active_since : Clock::duration{};
        const bool is_elsewhere =
            active_for > settling_time && is_at_other_data(state->main_pid, site_->datadir);
        if (is_elsewhere || active_for > show_up_time)
            return failure(give_up(!is_elsewhere && pid->has_value()));
        std::this_thread::sleep_for(glance);
    }
    return failure(stop_for_good(interrupted_stop_time)
                       ? unit + " was stopped before its server ran"
                       : unit +
                             " could not be stopped, and may still start its server; run: "
                             "systemctl stop " +
                             unit);
}

/// Nothing half done is left: what has begun without the verdict's options, or has not begun.
/// False: it has not been seen down by then.
bool UnitServer::stop_for_good(std::chrono::milliseconds at_most) {
    grant_->withdraw_options();
    const auto& unit = site_->settings.unit;
    const auto until = Clock::now() + at_most;
    for (bool asked = false; Clock::now() < until; std::this_thread::sleep_for(glance)) {
        if (!bus_)
            if (auto again = UnitBus::connect())
                bus_ = std::make_unique<UnitBus>(*std::move(again));
        if (!bus_)
            continue;
        asked = asked || bus_->stop(unit).has_value();
        const auto state = bus_->state_of(unit);
        if (!state)
            bus_.reset();
        else if (end_of(*state, 0) && !state->has_job)
            return true;
    }
    return false;
}

std::optional<std::string> UnitServer::ended() {
    if (!bus_) {
        auto again = UnitBus::connect();
        if (!again)
            return std::nullopt;
        bus_ = std::make_unique<UnitBus>(*std::move(again));
    }
    const auto state = bus_->state_of(site_->settings.unit);
    if (!state) {
        bus_.reset(); // systemd or the bus was started anew
        return std::nullopt;
    }
    return end_of(*state, pid_);
}

std::string UnitServer::stop(std::chrono::milliseconds grace) {
    if (!bus_ && ended())
        return "has ended meanwhile";
    if (bus_)
        if (const auto told = bus_->stop(site_->settings.unit); !told)
            return "could not be stopped: " + told.error().text;
    const auto until = Clock::now() + grace;
    while (Clock::now() < until) {
        if (auto end = ended())
            return *end;
        std::this_thread::sleep_for(glance);
    }
    return "does not stop; systemd goes on with it";
}

void UnitServer::settle(std::chrono::milliseconds at_most) {
    const auto until = Clock::now() + at_most;
    while (grant_ && bus_ && Clock::now() < until) {
        const auto state = bus_->state_of(site_->settings.unit);
        if (!state || !is_starting(*state))
            break;
        std::this_thread::sleep_for(glance);
    }
    take_down();
}

/// A start that is not over keeps its time. All of this is best effort: what stays behind grants
/// nothing, and systemd removes it when the start ends.
void UnitServer::take_down() {
    if (!grant_)
        return;
    grant_->withdraw_options();
    const auto state =
        bus_ ? bus_->state_of(site_->settings.unit) : Result<UnitState>{failure("no bus")};
    const bool goes_on = !state || is_starting(*state);
    const auto changed = goes_on ? grant_->leave_timeout() : remove_drop_in(site_->settings.unit);
    if (changed && bus_)
        (void)bus_->reload();
    grant_.reset();
}

std::string UnitServer::name() const {
    return site_->settings.unit + ", process " + std::to_string(pid_);
}

} // namespace galera::act
