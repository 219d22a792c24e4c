// Asks every roster node for its report, its applied view and its lineage, all at once, and looks
// at the group port of those who do not say.
#include "initiator/survey/survey.hpp"

#include "common/galera/address_text.hpp"
#include "common/mib/columns.hpp"
#include "common/node/unique_fd.hpp"
#include "common/snmp/exchange.hpp"
#include "common/snmp/socket_address.hpp"
#include "common/snmp/udp_socket.hpp"
#include "initiator/decision/decide.hpp"
#include "initiator/survey/legacy.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <iterator>
#include <map>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace galera::survey {

namespace {

using decision::Answer;
using decision::Silence;
using Clock = std::chrono::steady_clock;

// Asking.

Silence silence_of(snmp::NoResponse reason) {
    switch (reason) {
    case snmp::NoResponse::not_authentic:
        return Silence::not_authentic;
    case snmp::NoResponse::refused:
        return Silence::unknown;
    case snmp::NoResponse::timed_out:
    case snmp::NoResponse::cancelled:
        break;
    }
    return Silence::no_answer;
}

/// One node's part: its report, then the tables that belong to it, GET by GET, all of one snapshot.
class Inquiry {
public:
    /// `reads_legacy`: where the subagent is absent, the scripts of 2014 are asked.
    explicit Inquiry(bool reads_legacy) : reads_legacy_{reads_legacy} {}

    static std::vector<mib::Oid> first() { return mib::decision_instances(); }
    /// Takes what came and says what to ask next; empty: that was all.
    std::vector<mib::Oid> next(const snmp::Outcome& outcome);

    [[nodiscard]] const std::variant<NodeReport, Silence>& said() const { return said_; }
    [[nodiscard]] const std::optional<LegacyReport>& legacy() const { return legacy_; }
    /// When the report came that was asked for last.
    [[nodiscard]] Clock::time_point heard_at() const { return heard_at_; }

private:
    std::vector<mib::Oid> end(std::variant<NodeReport, Silence> said);
    std::vector<mib::Oid> after_report(const std::vector<mib::Varbind>& varbinds);
    std::vector<mib::Oid> after_tables();
    std::vector<mib::Oid> without_agent();
    std::vector<mib::Oid> after_legacy(const snmp::Outcome& outcome);
    std::vector<mib::Oid> ask_again();
    std::vector<mib::Oid> after_all(NodeReport report);

    bool reads_legacy_;
    bool asked_legacy_{false};
    bool asked_again_{false};
    bool asks_progress_{false};
    mib::DecodedReport decoded_;
    std::vector<std::vector<mib::Oid>> table_gets_; // none while the report is asked for
    std::vector<std::vector<mib::Varbind>> table_responses_;
    std::variant<NodeReport, Silence> said_{Silence::no_answer};
    std::optional<LegacyReport> legacy_;
    Clock::time_point heard_at_;
};

std::vector<mib::Oid> Inquiry::next(const snmp::Outcome& outcome) {
    if (asked_legacy_)
        return after_legacy(outcome);
    const auto* const response = std::get_if<std::vector<mib::Varbind>>(&outcome);
    if (asks_progress_) {
        if (response != nullptr)
            mib::decode_progress(*response, std::get<NodeReport>(said_));
        return {};
    }
    if (response == nullptr)
        return end(silence_of(std::get<snmp::NoResponse>(outcome)));
    const auto& varbinds = *response;
    if (table_gets_.empty())
        return after_report(varbinds);
    table_responses_.push_back(varbinds);
    if (table_responses_.size() < table_gets_.size())
        return table_gets_[table_responses_.size()];
    return after_tables();
}

std::vector<mib::Oid> Inquiry::end(std::variant<NodeReport, Silence> said) {
    said_ = std::move(said);
    return {};
}

std::vector<mib::Oid> Inquiry::after_report(const std::vector<mib::Varbind>& varbinds) {
    heard_at_ = Clock::now();
    auto decoded = mib::decode_report(varbinds);
    if (!decoded && decoded.error().kind == mib::Unreadable::no_agent)
        return without_agent();
    if (!decoded)
        return end(Silence::unknown);
    decoded_ = *std::move(decoded);
    table_gets_ = mib::table_instances(decoded_.rows);
    if (table_gets_.empty())
        return after_all(std::move(decoded_.report));
    return table_gets_.front();
}

std::vector<mib::Oid> Inquiry::without_agent() {
    asked_legacy_ = reads_legacy_;
    said_ = Silence::no_agent;
    return asked_legacy_ ? legacy_instances() : std::vector<mib::Oid>{};
}

/// Whatever comes: the subagent is absent.
std::vector<mib::Oid> Inquiry::after_legacy(const snmp::Outcome& outcome) {
    if (const auto* const varbinds = std::get_if<std::vector<mib::Varbind>>(&outcome))
        legacy_ = decode_legacy(*varbinds);
    return end(legacy_ ? Silence::legacy : Silence::no_agent);
}

std::vector<mib::Oid> Inquiry::after_tables() {
    auto tables = mib::decode_tables(table_responses_, decoded_);
    if (!tables)
        return end(Silence::unknown);
    if (!*tables)
        return ask_again();
    auto& report = decoded_.report;
    if (report.applied_view)
        report.applied_view->members = std::move((*tables)->members);
    if (report.lineage)
        report.lineage = std::move((*tables)->eras);
    report.views = std::move((*tables)->views);
    return after_all(std::move(report));
}

/// A node that may be receiving state is asked how far it has come. That is for people: without an
/// answer the report stands as it is.
std::vector<mib::Oid> Inquiry::after_all(NodeReport report) {
    asks_progress_ =
        report.server == ServerState::starting || report.cluster.node_state == NodeState::joining;
    end(std::move(report));
    return asks_progress_ ? mib::progress_instances() : std::vector<mib::Oid>{};
}

/// A part of the tables is of another snapshot than the report.
std::vector<mib::Oid> Inquiry::ask_again() {
    if (std::exchange(asked_again_, true))
        return end(Silence::unknown);
    table_gets_.clear();
    table_responses_.clear();
    return first();
}

/// What was said; of each node when its report was heard, when it had said all, and whether its
/// port has been looked at.
struct Hearing {
    std::vector<Answer> answers;
    std::vector<Clock::time_point> heard_at;
    std::vector<Clock::time_point> ended_at;
    std::vector<bool> knocked_at;
};

/// A report has grown older since it was heard, or since it was last made older.
void age(Hearing& hearing) {
    const auto now = Clock::now();
    for (std::size_t place = 0; place < hearing.answers.size(); ++place) {
        if (auto* const report = std::get_if<NodeReport>(&hearing.answers[place].said))
            report->agent.snapshot_age += std::chrono::duration_cast<std::chrono::milliseconds>(
                now - hearing.heard_at[place]);
        hearing.heard_at[place] = now;
    }
}

// Knocking: a node that says nothing may be alive. Only those are connected to that have no report
// that counts, since Galera logs a stranger's connection.

/// A TCP connection that is being made.
struct Knock {
    Answer* answer;
    node::UniqueFd socket;
};

/// Empty: it cannot be made, so nobody is known to be there.
node::UniqueFd begin_connection(const Address& address, std::uint16_t port) {
    const auto to = snmp::socket_address(address, port);
    node::UniqueFd socket{
        ::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket)
        return {};
    if (::connect(socket.get(), to.get(), to.length) != 0 && errno != EINPROGRESS)
        return {};
    return socket;
}

bool is_connected(const Knock& knock) {
    int error = 0;
    socklen_t length = sizeof error;
    return ::getsockopt(knock.socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 &&
           error == 0;
}

/// Waits for one or more of the connections, and drops those that are decided.
void await_some(std::vector<Knock>& knocks, std::chrono::milliseconds at_most) {
    std::vector<pollfd> descriptors;
    descriptors.reserve(knocks.size());
    for (const auto& knock : knocks)
        descriptors.push_back({knock.socket.get(), POLLOUT, 0});
    if (::poll(descriptors.data(), descriptors.size(), static_cast<int>(at_most.count())) <= 0)
        return;
    std::size_t place = 0;
    std::erase_if(knocks, [&](const Knock& knock) {
        if (descriptors[place++].revents == 0)
            return false;
        if (is_connected(knock))
            knock.answer->said = Silence::alive;
        return true;
    });
}

/// Whether there is no report that counts: one that is too old is none.
bool is_silent(const std::variant<NodeReport, Silence>& said, const config::Site& site) {
    const auto* const report = std::get_if<NodeReport>(&said);
    return report == nullptr ||
           !decision::is_fresh(*report, {.sample_interval = site.settings.sample_interval});
}

/// Connects to the nodes at these places, each once.
std::vector<Knock> begin_to_knock(const std::vector<std::size_t>& places, Hearing& hearing,
                                  const config::Site& site) {
    std::vector<Knock> knocks;
    for (const auto place : places) {
        if (hearing.knocked_at[place])
            continue;
        hearing.knocked_at[place] = true;
        auto& answer = hearing.answers[place];
        const auto port = answer.node.group_port.value_or(site.group_port);
        for (const auto& address : addresses_of(answer.node))
            if (auto socket = begin_connection(address, port))
                knocks.push_back({&answer, std::move(socket)});
    }
    return knocks;
}

/// A node that has said more in the meantime is what it says.
void await(std::vector<Knock> knocks, Clock::time_point deadline, const config::Site& site,
           const std::atomic<bool>& cancelled) {
    constexpr std::chrono::milliseconds cancel_interval{50};
    std::erase_if(knocks, [&](const Knock& knock) { return !is_silent(knock.answer->said, site); });
    while (!knocks.empty() && !cancelled) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        const auto at_most = std::max(left, std::chrono::milliseconds::zero());
        await_some(knocks, std::min(at_most, cancel_interval));
        if (at_most == std::chrono::milliseconds::zero())
            return;
    }
}

void knock_at_the_silent(Hearing& hearing, const config::Site& site,
                         const std::atomic<bool>& cancelled) {
    std::vector<std::size_t> silent;
    for (std::size_t place = 0; place < hearing.answers.size(); ++place)
        if (is_silent(hearing.answers[place].said, site))
            silent.push_back(place);
    auto knocks = begin_to_knock(silent, hearing, site);
    await(std::move(knocks), Clock::now() + site.settings.snmp_timeout, site, cancelled);
}

// Names.

/// What the applied views call the nodes; where they differ, the first one counts.
std::map<Address, std::string> names_in_views(const std::vector<Answer>& answers) {
    std::map<Address, std::string> names;
    for (const auto& answer : answers) {
        const auto* const report = answer.report();
        if (report == nullptr || !report->applied_view)
            continue;
        for (const auto& member : report->applied_view->members) {
            const auto host = parse_host_port(member.incoming_address);
            const auto address = host ? parse_address(host->host) : std::nullopt;
            if (address && !member.name.empty())
                names.emplace(*address, member.name);
        }
    }
    return names;
}

std::string best_name(const Answer& answer, const std::map<Address, std::string>& in_views) {
    if (const auto* const report = answer.report(); report != nullptr && !report->node_name.empty())
        return report->node_name;
    for (const auto& address : addresses_of(answer.node))
        if (const auto found = in_views.find(address); found != in_views.end())
            return found->second;
    return answer.node.name;
}

/// Where a node of the roster is asked.
struct Target {
    std::size_t place;
    Address address;
};

/// Whether what was said at another address of a node tells more than what was said before.
bool tells_more(const std::variant<NodeReport, Silence>& said,
                const std::variant<NodeReport, Silence>& before) {
    const auto* const silence = std::get_if<Silence>(&before);
    const auto* const now = std::get_if<Silence>(&said);
    return silence != nullptr &&
           (now == nullptr || *now == Silence::legacy || *silence == Silence::no_answer);
}

/// Targets, all at once, each asked for all it has.
class Round {
public:
    Round(std::vector<Target> targets, Hearing& hearing, const config::Site& site);
    Round(const Round&) = delete; // conversations refer to it
    Round& operator=(const Round&) = delete;
    ~Round() = default;

    std::vector<snmp::Conversation>& conversations() { return conversations_; }
    /// Where nodes have reported and are not asked any more; one target a node.
    [[nodiscard]] std::vector<Target> heard() const;
    /// The places of the nodes none of whose targets has a report so far that counts.
    [[nodiscard]] std::vector<std::size_t> silent() const;
    /// Puts what was said, or that nothing was, into the place of what was written down before: of
    /// a node with several addresses what the first said that had a report.
    void write_down();

private:
    std::vector<Target> targets_;
    Hearing& hearing_;
    const config::Site& site_;
    std::deque<Inquiry> inquiries_; // a deque: conversations refer to them
    std::vector<bool> reported_;    // by place
    std::vector<bool> ended_;       // by target
    std::vector<snmp::Conversation> conversations_;
};

Round::Round(std::vector<Target> targets, Hearing& hearing, const config::Site& site)
    : targets_{std::move(targets)}, hearing_{hearing}, site_{site},
      reported_(hearing.answers.size(), false), ended_(targets_.size(), false) {
    for (std::size_t number = 0; number < targets_.size(); ++number) {
        const auto place = targets_[number].place;
        auto& inquiry = inquiries_.emplace_back(site.settings.legacy_extend);
        snmp::Conversation conversation{.agent = targets_[number].address,
                                        .first = Inquiry::first()};
        conversation.next = [this, &inquiry, number, place](const auto& outcome) {
            auto next = inquiry.next(outcome);
            ended_[number] = next.empty();
            hearing_.ended_at[place] = Clock::now();
            if (std::holds_alternative<NodeReport>(inquiry.said()))
                reported_[place] = true;
            return next;
        };
        if (!site.roster[place].others.empty())
            conversation.moot = [this, place] { return reported_[place]; };
        conversations_.push_back(std::move(conversation));
    }
}

std::vector<Target> Round::heard() const {
    std::vector<Target> heard;
    for (std::size_t number = 0; number < targets_.size(); ++number) {
        const auto& target = targets_[number];
        if (ended_[number] && std::holds_alternative<NodeReport>(inquiries_[number].said()) &&
            (heard.empty() || heard.back().place != target.place))
            heard.push_back(target);
    }
    return heard;
}

std::vector<std::size_t> Round::silent() const {
    std::vector<bool> counts(hearing_.answers.size(), false);
    for (std::size_t number = 0; number < targets_.size(); ++number)
        if (!is_silent(inquiries_[number].said(), site_))
            counts[targets_[number].place] = true;
    std::vector<std::size_t> silent;
    for (std::size_t place = 0; place < counts.size(); ++place)
        if (!counts[place])
            silent.push_back(place);
    return silent;
}

void Round::write_down() {
    for (const auto& target : targets_)
        hearing_.answers[target.place].said = Silence::no_answer;
    for (std::size_t number = 0; number < targets_.size(); ++number) {
        const auto place = targets_[number].place;
        const auto& inquiry = inquiries_[number];
        auto& answer = hearing_.answers[place];
        if (!tells_more(inquiry.said(), answer.said))
            continue;
        answer.said = inquiry.said();
        answer.legacy = inquiry.legacy();
        answer.round_trip = conversations_[number].round_trip;
        answer.engine_id = conversations_[number].engine_id;
        hearing_.heard_at[place] = inquiry.heard_at();
    }
}

/// Where nodes had said all longer ago than that: who was slow would be so once more.
std::vector<Target> grown_old(const std::vector<Target>& heard, const Hearing& hearing,
                              std::chrono::milliseconds at_most) {
    std::vector<Target> old;
    const auto now = Clock::now();
    std::ranges::copy_if(heard, std::back_inserter(old), [&](const Target& target) {
        return hearing.answers[target.place].report() != nullptr &&
               now - hearing.ended_at[target.place] > at_most;
    });
    return old;
}

/// Every address of every node.
std::vector<Target> all_targets(const Roster& roster) {
    std::vector<Target> targets;
    for (std::size_t place = 0; place < roster.size(); ++place) {
        for (auto& address : addresses_of(roster[place]))
            targets.push_back({place, std::move(address)});
    }
    return targets;
}

/// Asks all. Where somebody is silent until shortly before the deadline, the reports of the others
/// will have grown old by then: they are asked again, and the silent ones' ports looked at, in what
/// is left of it, so that all speak of one moment and nothing takes longer. Returns who reported.
Result<std::vector<Target>> ask_first(Hearing& hearing, const config::Site& site,
                                      const snmp::Access& access,
                                      const std::atomic<bool>& cancelled) {
    const auto deadline = Clock::now() + access.deadline();
    const auto rest = std::min(access.timeout, site.settings.sample_interval) * 3 / 4;
    Round first{all_targets(site.roster), hearing, site};
    std::optional<Round> again;
    std::vector<Knock> knocks;
    const snmp::Later later{.after = access.deadline() - rest,
                            .begin = [&]() -> std::vector<snmp::Conversation>& {
                                knocks = begin_to_knock(first.silent(), hearing, site);
                                return again.emplace(first.heard(), hearing, site).conversations();
                            }};
    if (const auto held = snmp::exchange(access, first.conversations(), cancelled, later); !held)
        return failure(held.error());
    first.write_down();
    if (again)
        again->write_down();
    await(std::move(knocks), deadline, site, cancelled);
    return first.heard();
}

/// For who was slow then, or fell silent.
constexpr int rounds_again_max = 2;

Result<std::vector<Answer>> ask_all(const config::Site& site, const snmp::Access& access,
                                    const std::atomic<bool>& cancelled) {
    // A node has three sockets at most: two conversations and a knock. With a process's usual files
    // those of more nodes do not fit into the usual limit, 1024.
    constexpr std::size_t usual_nodes_max = 300;
    std::optional<snmp::RaisedFileLimit> raised;
    if (all_targets(site.roster).size() > usual_nodes_max)
        raised.emplace();
    Hearing hearing;
    for (const auto& node : site.roster)
        hearing.answers.push_back({.node = node, .name = {}, .said = Silence::no_answer});
    hearing.heard_at.resize(hearing.answers.size(), Clock::now());
    hearing.ended_at = hearing.heard_at;
    hearing.knocked_at.resize(hearing.answers.size(), false);
    const auto heard = ask_first(hearing, site, access, cancelled);
    if (!heard)
        return failure(heard.error());
    knock_at_the_silent(hearing, site, cancelled);
    for (int round = 0; round < rounds_again_max && !cancelled; ++round) {
        auto old = grown_old(*heard, hearing, site.settings.sample_interval);
        if (old.empty())
            break;
        Round again{std::move(old), hearing, site};
        if (const auto held = snmp::exchange(access, again.conversations(), cancelled); !held)
            return failure(held.error());
        again.write_down();
    }
    age(hearing);
    knock_at_the_silent(hearing, site,
                        cancelled); // who has fallen silent, or whose report is old now
    age(hearing);
    return std::move(hearing.answers);
}

} // namespace

Result<snmp::Access> access_of(const config::Settings& settings) {
    snmp::Access access{.community = settings.snmp_community,
                        .port = settings.snmp_port,
                        .timeout = settings.snmp_timeout,
                        .retries = settings.snmp_retries};
    if (settings.snmp_version == config::SnmpVersion::v2c)
        return access;
    auto user = snmp::User::derive({.user = settings.snmp_user,
                                    .level = settings.snmp_level,
                                    .auth = settings.snmp_auth_protocol,
                                    .priv = settings.snmp_priv_protocol,
                                    .auth_passphrase = settings.snmp_auth_passphrase,
                                    .priv_passphrase = settings.snmp_priv_passphrase});
    if (!user)
        return failure(user.error());
    access.user = *std::move(user);
    return access;
}

Result<decision::Survey> take_survey(const config::Site& site, const std::atomic<bool>& cancelled) {
    const auto access = access_of(site.settings);
    if (!access)
        return failure(access.error());
    return take_survey(site, *access, cancelled);
}

Result<decision::Survey> take_survey(const config::Site& site, const snmp::Access& access,
                                     const std::atomic<bool>& cancelled) {
    auto answers = ask_all(site, access, cancelled);
    if (!answers)
        return failure(answers.error());
    const auto in_views = names_in_views(*answers);
    for (auto& answer : *answers)
        answer.name = best_name(answer, in_views);
    decision::Survey survey{.answers = *std::move(answers)};
    const auto here = std::ranges::find(
        survey.answers, site.node_address,
        [](const Answer& answer) -> const Address& { return answer.node.address; });
    if (here == survey.answers.end())
        return failure("this node, " + site.node_address.text + ", is not on its own roster");
    survey.local = static_cast<std::size_t>(here - survey.answers.begin());
    return survey;
}

} // namespace galera::survey
