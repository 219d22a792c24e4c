#include "initiator/run/start.hpp"

#include "common/node/server_process.hpp"
#include "initiator/act/error_log.hpp"
#include "initiator/act/primary.hpp"
#include "initiator/act/start.hpp"
#include "initiator/act/state_files.hpp"
#include "initiator/run/account.hpp"
#include "initiator/run/engines.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/foreground.hpp"
#include "initiator/run/log_tail.hpp"
#include "initiator/run/loop.hpp"
#include "initiator/run/status.hpp"
#include "initiator/run/vigil.hpp"
#include "initiator/survey/survey.hpp"

#include <iostream>
#include <set>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace galera::run {

namespace {

using Clock = std::chrono::steady_clock;

/// Of the log that the server writes to, once it has read where. A journal is not read with each
/// look.
std::string last_line_behind(const std::vector<act::LogMark>& marks) {
    std::string line;
    for (const auto& mark : marks)
        if (auto last = mark.path.empty() ? std::string{} : last_line_of(mark.path, mark.offset);
            !last.empty())
            line = std::move(last);
    return line;
}

/// The real world, one method a step.
class World {
public:
    /// `screen`: where the nodes are shown; null: nowhere.
    World(const config::Site& site, const snmp::Access& access, Account& account, Screen* screen,
          const std::atomic<bool>& cancelled)
        : site_{site}, access_{access}, account_{account}, screen_{screen}, cancelled_{cancelled} {}

    /// Executes the step; empty where the run ends with an internal error, already said.
    std::optional<Answer> execute(const Look&);
    std::optional<Answer> execute(const Publish& publish);
    std::optional<Answer> execute(const Start& start);
    std::optional<Answer> execute(const Restore&);
    std::optional<Answer> execute(const Stop&);
    std::optional<Answer> execute(const Adopt& adopt) const;
    std::optional<Answer> execute(const Pause& pause);
    static std::optional<Answer> execute(const End&) { return std::nullopt; }

    /// Whether there was something new to tell.
    bool tell(const Loop& loop);
    /// Whether the member is this machine, and not another that the agent speaks for; if not, that
    /// is said.
    [[nodiscard]] bool is_here() const;
    /// Returns what it comes to: a server may end while the last is done for it.
    [[nodiscard]] ExitStatus tell_end(ExitStatus status);
    /// From a start in the foreground on.
    void pass_signals_on(Interruption& interruption);
    /// The server that this run has started; empty: none.
    std::optional<act::Server> take_server() { return std::move(server_); }

private:
    bool tell_start();
    void tell_failure();
    void show();

    const config::Site& site_;
    const snmp::Access& access_;
    Account& account_;
    Screen* screen_;
    std::set<std::string> warned_; // each warning is made once in a run
    const std::atomic<bool>& cancelled_;
    Clock::time_point begin_{Clock::now()};
    decision::Survey survey_;
    std::optional<act::Server> server_;
    std::optional<SignalsPassedOn> signals_;
    std::vector<act::LogMark> log_marks_;
    std::string obstacle_; // that was told last
    Vigil vigil_;
    Clock::time_point shown_;
};

std::optional<Answer> World::execute(const Look&) {
    const auto since_begin =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
    auto survey = survey::take_survey(site_, access_, cancelled_);
    if (!survey) {
        account_.say(survey.error().text);
        return std::nullopt;
    }
    survey_ = *std::move(survey);
    for (const auto& warning : shared_engines(survey_))
        if (warned_.insert(warning).second)
            account_.say(warning);
    if (!cancelled_) // else who has not answered is not known to be silent
        account_.tell_survey(survey_, rules_of(site_));
    auto own = OwnServer::none;
    if (server_)
        own = server_->ended() ? OwnServer::ended : OwnServer::up;
    return Seen{survey_, own, since_begin};
}

std::optional<Answer> World::execute(const Publish& publish) {
    if (const auto published = account_.publish(publish.phase); !published) {
        account_.say(published.error().text);
        return std::nullopt;
    }
    return Done{};
}

std::optional<Answer> World::execute(const Start& start) {
    log_marks_ = act::mark_logs(site_);
    const auto* seen = survey_.here().report();
    auto result = act::start_server(site_, start.verdict, *seen, cancelled_);
    if (!result) {
        account_.say(result.error().text);
        return StartOutcome::failed;
    }
    if (const auto* changed = std::get_if<act::GroundChanged>(&*result)) {
        if (std::exchange(obstacle_, changed->what) != changed->what)
            account_.say("not started, the ground has changed: " + changed->what);
        return StartOutcome::ground_changed;
    }
    server_ = std::move(std::get<act::Server>(*result));
    account_.count_attempt();
    account_.say("started the server: " + server_->name() + "; its log is " +
                 act::server_log(site_));
    return StartOutcome::started;
}

std::optional<Answer> World::execute(const Restore&) {
    const auto changed = act::restore_primary(site_, *survey_.here().report());
    if (!changed) {
        account_.say(changed.error().text);
        return std::nullopt;
    }
    if (*changed) {
        account_.say("no Primary component restored, the ground has changed: " + **changed);
        return StartOutcome::ground_changed;
    }
    account_.say("pc.bootstrap is set: the server here and those connected to it become a Primary "
                 "component");
    return StartOutcome::started;
}

std::optional<Answer> World::execute(const Stop&) {
    constexpr auto grace = std::chrono::minutes{5}; // a clean shutdown flushes the buffer pool
    account_.say("no Primary component is left to join; stopping " + server_->name());
    signals_.reset(); // from here on they interrupt this run
    account_.say("the server " + server_->stop(grace));
    server_.reset();
    return Done{};
}

std::optional<Answer> World::execute(const Adopt& adopt) const {
    const auto adopted = act::adopt_lineage(site_.settings.state_dir, adopt.view, adopt.lineage);
    if (!adopted)
        account_.say(adopted.error().text + "; start this node again to record its lineage");
    return Done{};
}

std::optional<Answer> World::execute(const Pause& pause) {
    constexpr std::chrono::milliseconds glance{50}; // how soon a signal is noticed
    const auto until = Clock::now() + pause.time;
    while (!cancelled_ && Clock::now() < until) {
        std::this_thread::sleep_for(std::min<Clock::duration>(glance, until - Clock::now()));
        if (Clock::now() - shown_ >= std::chrono::seconds{1})
            show(); // what it says of times has changed
    }
    return Done{};
}

void World::show() {
    shown_ = Clock::now();
    if (screen_ != nullptr)
        screen_->show(vigil_.lines(shown_, screen_->paper()));
}

bool World::tell(const Loop& loop) {
    const auto rules = rules_of(site_);
    vigil_.see(survey_, rules, loop.verdict(), loop.starting(), Clock::now());
    if (loop.starting())
        vigil_.see_log(last_line_behind(log_marks_));
    show();
    if (!loop.verdict())
        return false;
    if (loop.starting())
        return tell_start();
    const auto& first = loop.first();
    const auto sentence = first ? "join: after " + printable(label_of(survey_.answers[*first])) +
                                      ", since two that join at one moment take longer"
                                : sentence_of(*loop.verdict(), survey_);
    return account_.tell_verdict(*loop.verdict(), survey_, rules, sentence);
}

/// How far a transfer has come is no change: a log has a line for its begin.
bool World::tell_start() {
    const auto starting = "starting: " + condition_of(survey_.here(), rules_of(site_));
    const auto* report = survey_.here().report();
    if (!report || report->replication.transfer == Transfer::none)
        return account_.tell_progress(starting);
    const bool whole = report->replication.transfer == Transfer::sst;
    const bool told = account_.tell_progress(starting + (whole ? ", SST" : ", IST"));
    account_.tell_service_manager(starting + ", " + transfer_of(*report));
    return told;
}

void World::pass_signals_on(Interruption& interruption) {
    auto* const child = server_ && site_.settings.foreground ? server_->child() : nullptr;
    if (child != nullptr && !signals_)
        signals_.emplace(*child, interruption);
    if (child != nullptr)
        reap_orphans(*child);
}

bool World::is_here() const {
    if (server_)
        return true;
    const auto found = node::find_server(site_.datadir, site_.settings.server_binary,
                                         site_.settings.defaults_file);
    if (!found || *found) // who may not look is not told otherwise
        return true;
    account_.say("the agent at " + site_.node_address.text +
                 " tells of a member, and no server has " + site_.datadir.string() +
                 " here; set node-address to the address of this machine, or datadir to that of "
                 "its server");
    return false;
}

ExitStatus World::tell_end(ExitStatus status) {
    if (status == ExitStatus::timed_out)
        account_.say("timed out after " + std::to_string(site_.settings.wait_timeout.count()) +
                     " ms");
    if (status == ExitStatus::member) {
        const auto* report = survey_.here().report();
        account_.say("member: this node is Synced in a Primary component, at " +
                     text_of(report ? report->position : std::nullopt));
    }
    constexpr std::chrono::seconds ready_time{5}; // of systemd, which hears of it another way
    if (status == ExitStatus::member && server_) {
        server_->settle(ready_time);
        if (!site_.settings.foreground && server_->ended())
            status = ExitStatus::server_failed;
    }
    if (status == ExitStatus::server_failed)
        tell_failure();
    return status;
}

void World::tell_failure() {
    const auto end = server_ ? server_->ended() : std::nullopt;
    account_.say("the server did not start" + (end ? ": it " + *end : std::string{}) +
                 "; its log is " + act::server_log(site_));
    constexpr std::size_t lines_max = 5;
    for (const auto& line : act::last_errors(log_marks_, lines_max))
        account_.quote(line);
}

/// Overrides are never used silently.
void tell_overrides(const config::Site& site, Account& account) {
    for (const auto& address : site.assume_lost)
        account.say("override: " + address.text +
                    " is assumed lost; what only it held is given up");
    if (site.settings.discard_local_data)
        account.say("override: what this node holds may be overwritten by a Primary component");
    if (site.settings.recover_non_primary)
        account.say("override: a Primary component may be restored while all servers run outside "
                    "of one");
}

/// As options; empty: none is in force.
std::string overrides_of(const config::Site& site) {
    std::string options;
    for (const auto& address : site.assume_lost)
        options += (options.empty() ? "" : " ") + ("--assume-lost " + address.text);
    if (site.settings.discard_local_data)
        options += std::string{options.empty() ? "" : " "} + "--discard-local-data";
    if (site.settings.recover_non_primary)
        options += std::string{options.empty() ? "" : " "} + "--recover-non-primary";
    return options;
}

ExitStatus run_loop(const config::Site& site, World& world, Account& account,
                    Interruption& interruption) {
    Loop loop{{.rules = rules_of(site),
               .poll_interval = site.settings.poll_interval,
               .wait_timeout = site.settings.wait_timeout}};
    Step step = Loop::begin();
    while (!std::holds_alternative<End>(step)) {
        const auto answer = std::visit([&](const auto& what) { return world.execute(what); }, step);
        world.pass_signals_on(interruption);
        if (interruption.cancelled) {
            account.say("interrupted by signal " + std::to_string(interruption.signal) +
                        "; a claim is taken back, a server that runs goes on");
            return ExitStatus::interrupted;
        }
        if (!answer)
            return ExitStatus::internal_error;
        step = loop.next(*answer);
        const bool told = std::holds_alternative<Seen>(*answer) && world.tell(loop);
        if (told && !std::holds_alternative<Publish>(step))
            account.publish_again();
    }
    const auto status = std::get<End>(step).status;
    if (status == ExitStatus::member && !world.is_here())
        return ExitStatus::usage;
    return world.tell_end(status);
}

/// Holds the lock of the initiator for as long as it runs. In the foreground the server is left in
/// `server`.
ExitStatus run_locked(const config::Site& site, Account& account, Screen* screen,
                      Interruption& interruption, std::optional<act::Server>& server) {
    if (const auto prepared = act::prepare(site); !prepared) {
        account.say(prepared.error().text);
        return ExitStatus::internal_error;
    }
    const auto lock = node::InitiatorLock::try_take(site.settings.run_dir);
    if (!lock) {
        account.say(lock.error().text);
        return ExitStatus::internal_error;
    }
    if (!*lock) {
        account.say("another galera-initiator runs for " + site.settings.run_dir.string() +
                    "; look at it with galera-initiator status, wait for it, or stop it: "
                    "systemctl stop galera-initiator where systemd has started it");
        return ExitStatus::another_runs;
    }
    if (const auto cleared = act::clear_away(site); !cleared) {
        account.say(cleared.error().text);
        return ExitStatus::internal_error;
    }
    account.show_by(**lock, site.settings.state_dir, overrides_of(site));
    tell_overrides(site, account);
    const auto access = survey::access_of(site.settings);
    if (!access) {
        account.say(access.error().text);
        return ExitStatus::internal_error;
    }
    World world{site, *access, account, screen, interruption.cancelled};
    const auto status = run_loop(site, world, account, interruption);
    account.leave();
    if (site.settings.foreground)
        server = world.take_server();
    return status;
}

/// The server is what this process is for; the run before was its beginning.
int stay_in_foreground(node::Child& server, Account& account, Interruption& interruption) {
    const SignalsPassedOn signals{server, interruption};
    if (interruption.cancelled) // the server had just been started
        take_signal(interruption.signal, interruption);
    const auto end = stay_with(server);
    account.say("the server " + end.text());
    return exit_status_of(end);
}

} // namespace

decision::Rules rules_of(const config::Site& site) {
    return {.cluster_name = site.cluster_name,
            .roster_digest = roster_digest(site.roster),
            .sample_interval = site.settings.sample_interval,
            .census_only = site.settings.evidence == config::Evidence::census,
            .assume_lost = site.assume_lost,
            .discard_local_data = site.settings.discard_local_data,
            .recover_non_primary = site.settings.recover_non_primary};
}

int exit_status_of(ExitStatus status, const Interruption& interruption) {
    const auto number = static_cast<int>(status);
    return status == ExitStatus::interrupted ? number + interruption.signal : number;
}

int start(const config::Site& site, const Watching& watching, Interruption& interruption) {
    // In the foreground the server writes between the lines.
    const bool live =
        watching.log.redraws && !watching.json && !watching.as_script && !site.settings.foreground;
    Screen screen{std::cerr, watching.log.colours, [] { return size_of_terminal(STDERR_FILENO); }};
    Audience audience{.log = watching.as_script ? std::cout : std::cerr,
                      .json = watching.json ? &std::cout : nullptr,
                      .screen = live ? &screen : nullptr};
    if (watching.as_script)
        audience.prefix = "DEBUG: ";
    Account account{audience};
    std::optional<act::Server> server;
    const auto status = run_locked(site, account, audience.screen, interruption, server);
    screen.clear();
    if (status == ExitStatus::member)
        account.ready();
    auto* const child = server && site.settings.foreground ? server->child() : nullptr;
    const int exit_status = child != nullptr ? stay_in_foreground(*child, account, interruption)
                                             : exit_status_of(status, interruption);
    account.end(status, exit_status);
    if (watching.as_script && status != ExitStatus::member)
        std::cerr << "ERROR: " << account.last_line() << '\n';
    return exit_status;
}

} // namespace galera::run
