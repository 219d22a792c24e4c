#include "initiator/run/start.hpp"

#include "initiator/act/exec_backend.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/loop.hpp"
#include "initiator/survey/survey.hpp"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <stop_token>
#include <thread>

namespace galera::run {

namespace {

using Clock = std::chrono::steady_clock;

void say(const std::string& line) {
    std::cerr << "galera-initiator: " << line << std::endl;
}

/// The real world, one method a step.
class World {
public:
    World(const config::Site& site, const node::InitiatorLock& lock,
          const std::atomic<bool>& cancelled)
        : site_{site}, lock_{lock}, cancelled_{cancelled} {}

    /// Executes the step; empty where the run ends with an internal error, already said.
    std::optional<Answer> execute(const Look&);
    std::optional<Answer> execute(const Publish& publish);
    std::optional<Answer> execute(const Start& start);
    std::optional<Answer> execute(const Stop&);
    std::optional<Answer> execute(const Pause& pause) const;
    static std::optional<Answer> execute(const End&) { return std::nullopt; }

    /// One line a change, never a line a survey.
    void tell(const Loop& loop);
    void tell_end(ExitStatus status) const;

private:
    const config::Site& site_;
    const node::InitiatorLock& lock_;
    const std::atomic<bool>& cancelled_;
    Clock::time_point begin_{Clock::now()};
    decision::Survey survey_;
    std::optional<node::Child> server_;
    act::LogMark log_mark_;
    std::string last_line_;
};

std::optional<Answer> World::execute(const Look&) {
    const auto since_begin =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
    auto survey = survey::take_survey(site_, cancelled_);
    if (!survey) {
        say(survey.error().text);
        return std::nullopt;
    }
    survey_ = *std::move(survey);
    auto own = OwnServer::none;
    if (server_)
        own = server_->wait(std::chrono::milliseconds{0}) ? OwnServer::ended : OwnServer::up;
    return Seen{survey_, own, since_begin};
}

std::optional<Answer> World::execute(const Publish& publish) {
    if (const auto published = lock_.publish({publish.phase, last_line_}); !published) {
        say(published.error().text);
        return std::nullopt;
    }
    return Done{};
}

std::optional<Answer> World::execute(const Start& start) {
    log_mark_ = act::mark_log(site_);
    const auto* seen = survey_.here().report();
    auto result = act::start_server(site_, start.verdict, *seen, cancelled_);
    if (!result) {
        say(result.error().text);
        return StartOutcome::failed;
    }
    if (const auto* changed = std::get_if<act::GroundChanged>(&*result)) {
        say("not started, the ground has changed: " + changed->what);
        return StartOutcome::ground_changed;
    }
    server_ = std::move(std::get<node::Child>(*result));
    say("started " + site_.settings.server_binary + ", process " + std::to_string(server_->pid()) +
        "; its log is " + log_mark_.path.string());
    return StartOutcome::started;
}

std::optional<Answer> World::execute(const Stop&) {
    constexpr auto grace = std::chrono::minutes{5}; // a clean shutdown flushes the buffer pool
    say("no Primary component is left to join; stopping process " + std::to_string(server_->pid()));
    const auto end = server_->stop(grace);
    say("the server " + end.text());
    server_.reset();
    return Done{};
}

std::optional<Answer> World::execute(const Pause& pause) const {
    constexpr std::chrono::milliseconds glance{50}; // how soon a signal is noticed
    const auto until = Clock::now() + pause.time;
    while (!cancelled_ && Clock::now() < until)
        std::this_thread::sleep_for(std::min<Clock::duration>(glance, until - Clock::now()));
    return Done{};
}

void World::tell(const Loop& loop) {
    if (!loop.verdict())
        return;
    auto line = sentence_of(*loop.verdict(), survey_);
    if (loop.starting())
        line = "starting: " + condition_of(survey_.here(), rules_of(site_));
    if (line == last_line_)
        return;
    last_line_ = std::move(line);
    say(last_line_);
}

void World::tell_end(ExitStatus status) const {
    if (status == ExitStatus::timed_out)
        say("timed out after " + std::to_string(site_.settings.wait_timeout.count()) + " ms");
    if (status == ExitStatus::member) {
        const auto* report = survey_.here().report();
        say("member: this node is Synced in a Primary component, at " +
            text_of(report ? report->position : std::nullopt));
    }
    if (status != ExitStatus::server_failed)
        return;
    say("the server did not start; its log is " + log_mark_.path.string());
    constexpr std::size_t lines_max = 5;
    for (const auto& line : act::last_errors(log_mark_, lines_max))
        say("  " + line);
}

/// Overrides are never used silently.
void tell_overrides(const config::Site& site) {
    for (const auto& address : site.assume_lost)
        say("override: " + address.text + " is assumed lost; what only it held is given up");
    if (site.settings.discard_local_data)
        say("override: what this node holds may be overwritten by a Primary component");
}

ExitStatus run_loop(const config::Site& site, World& world, const std::atomic<bool>& cancelled) {
    Loop loop{{.rules = rules_of(site),
               .poll_interval = site.settings.poll_interval,
               .wait_timeout = site.settings.wait_timeout}};
    Step step = Loop::begin();
    while (!std::holds_alternative<End>(step)) {
        const auto answer = std::visit([&](const auto& what) { return world.execute(what); }, step);
        if (!answer)
            return ExitStatus::internal_error;
        if (cancelled) {
            say("interrupted; a claim is taken back, a server that runs goes on");
            return ExitStatus::internal_error;
        }
        step = loop.next(*answer);
        if (std::holds_alternative<Seen>(*answer))
            world.tell(loop);
    }
    const auto status = std::get<End>(step).status;
    world.tell_end(status);
    return status;
}

} // namespace

decision::Rules rules_of(const config::Site& site) {
    return {.cluster_name = site.cluster_name,
            .roster_digest = roster_digest(site.roster),
            .sample_interval = site.settings.sample_interval,
            .census_only = site.settings.evidence == config::Evidence::census,
            .assume_lost = site.assume_lost,
            .discard_local_data = site.settings.discard_local_data};
}

ExitStatus start(const config::Site& site, const std::atomic<bool>& cancelled) {
    if (const auto prepared = act::prepare_directories(site); !prepared) {
        say(prepared.error().text);
        return ExitStatus::internal_error;
    }
    const auto lock = node::InitiatorLock::try_take(site.settings.run_dir);
    if (!lock) {
        say(lock.error().text);
        return ExitStatus::internal_error;
    }
    if (!*lock) {
        say("another galera-initiator runs for " + site.settings.run_dir.string() +
            "; wait for it, or look at it with: galera-initiator status");
        return ExitStatus::another_runs;
    }
    tell_overrides(site);
    World world{site, **lock, cancelled};
    return run_loop(site, world, cancelled);
}

} // namespace galera::run
