// Kills snmpd with SIGKILL and starts it again, again and again, with GETs going on all the time,
// and prints how long it took until every object of the subagent was back.
#include "common/galera/text.hpp"
#include "common/mib/columns.hpp"
#include "mibs/oids.hpp"
#include "tests/bench/distribution.hpp"
#include "tests/bench/session.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <random>
#include <span>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using galera::failure;
using galera::Result;
using galera::bench::Distribution;
using galera::bench::Microseconds;
using galera::bench::Oid;
using galera::bench::Session;
using Clock = std::chrono::steady_clock;

constexpr std::string_view usage =
    "usage: bench-restarts COMMUNITY ADDRESS COUNT SNMPD WORD..\n"
    "\n"
    "Prints a header and a line, parted by tabs, in milliseconds from the start of snmpd: until "
    "it\n"
    "answers, and until every object of galera-agentx that was there before is there again.\n"
    "Exit status: 0 all came back each time; 1 not within 30 s, or they went away again; 2 "
    "usage.\n";

constexpr std::chrono::milliseconds answer_timeout{50}; // of one GET while snmpd comes back
constexpr std::chrono::milliseconds calm_timeout{2000}; // of one GET when all is back
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds calm_max{300}; // between two restarts

/// A child that is killed when this goes.
class Master {
public:
    static Result<Master> start(std::span<char*> command) {
        pid_t pid = 0;
        std::vector<char*> words{command.begin(), command.end()};
        words.push_back(nullptr);
        const int error =
            posix_spawnp(&pid, words.front(), nullptr, nullptr, words.data(), environ);
        if (error != 0)
            return failure(std::string{words.front()} +
                           ": cannot start it: " + std::generic_category().message(error));
        return Master{pid};
    }
    Master(Master&& other) noexcept : pid_{std::exchange(other.pid_, 0)} {}
    Master& operator=(Master&& other) noexcept {
        std::swap(pid_, other.pid_);
        return *this;
    }
    Master(const Master&) = delete;
    Master& operator=(const Master&) = delete;
    ~Master() { kill(); }

    void kill() {
        if (pid_ == 0)
            return;
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
    }

private:
    explicit Master(pid_t pid) : pid_{pid} {}
    pid_t pid_{0};
};

/// These have no value after a minute in which the group sent no message: then noSuchInstance is
/// right, and only noSuchObject shows that the subagent is not there.
bool has_values_at_times_only(const Oid& instance) {
    const auto is_of = [&instance](std::span<const std::uint32_t> object) {
        return instance.size() == object.size() + 1 &&
               std::equal(object.begin(), object.end(), instance.begin());
    };
    return is_of(galera::oid::galeraEvsLatencyMin) || is_of(galera::oid::galeraEvsLatencyAvg) ||
           is_of(galera::oid::galeraEvsLatencyMax);
}

/// What is asked for all the time: every object that the subagent served at the beginning.
class Objects {
public:
    /// Walks until two walks in a row are the same: the subagent is there, and its node calm.
    static std::optional<Objects> learn(Session& session) {
        const auto give_up_at = Clock::now() + patience;
        std::vector<Oid> before;
        while (Clock::now() < give_up_at) {
            auto names = walk(session);
            if (!names.empty() && names == before)
                return Objects{std::move(names)};
            before = std::move(names);
        }
        return std::nullopt;
    }

    [[nodiscard]] std::size_t count() const { return count_; }
    /// Whether all have a value now, or are served where they need not have one.
    [[nodiscard]] bool are_there(Session& session) const {
        return std::ranges::all_of(gets_,
                                   [&session](const auto& get) {
                                       return session.get(get).with_values == get.size();
                                   }) &&
               (at_times_.empty() || session.get(at_times_).served == at_times_.size());
    }
    /// Those that a walk does not meet now, as "1.3.6 1.3.7": for whoever has to find out why.
    [[nodiscard]] std::string missing(Session& session) const {
        const auto met = walk(session);
        std::string list;
        for (const auto& get : gets_)
            for (const auto& name : get)
                if (!std::ranges::binary_search(met, name))
                    list += (list.empty() ? "" : " ") + text_of(name);
        return list.empty() ? "none, at a second look" : list;
    }

private:
    explicit Objects(std::vector<Oid> names) : count_{names.size()} {
        for (auto& name : names) {
            if (has_values_at_times_only(name)) {
                at_times_.push_back(std::move(name));
                continue;
            }
            if (gets_.empty() || gets_.back().size() == galera::mib::get_instances_max)
                gets_.emplace_back();
            gets_.back().push_back(std::move(name));
        }
    }

    static std::string text_of(const Oid& name) {
        std::string text;
        for (const auto arc : name)
            text += (text.empty() ? "" : ".") + std::to_string(arc);
        return text;
    }

    static std::vector<Oid> walk(Session& session) {
        constexpr std::span root{galera::oid::galeraInitiatorObjects};
        std::vector<Oid> names;
        Oid last{root.begin(), root.end()};
        while (true) {
            const auto answer = session.get_next(last);
            if (answer.with_values != 1 || answer.names.front() <= last ||
                !std::equal(root.begin(), root.end(), answer.names.front().begin()))
                return names;
            last = answer.names.front();
            names.push_back(last);
        }
    }

    std::size_t count_;
    std::vector<std::vector<Oid>> gets_; // of those that always have a value
    std::vector<Oid> at_times_;          // none: none was there
};

/// Until when the condition did not hold, from now; empty: it never came to hold.
template <typename Condition>
std::optional<Microseconds> time_until(Clock::time_point began, Condition holds) {
    while (Clock::now() < began + patience)
        if (holds())
            return Clock::now() - began;
    return std::nullopt;
}

struct Restarts {
    std::vector<Microseconds> answers;
    std::vector<Microseconds> complete;
    std::size_t gone_again{0};
};

/// Two ways to ask the same agent.
struct Sessions {
    Session impatient;
    Session patient;
};

/// One restart. False: not everything came back.
Result<bool> restart(Master& master, std::span<char*> command, Sessions& sessions,
                     const Objects& objects, std::chrono::microseconds calm, Restarts& restarts) {
    const Oid up_time{1, 3, 6, 1, 2, 1, 1, 3, 0};
    master.kill();
    const auto began = Clock::now();
    auto next = Master::start(command);
    if (!next)
        return failure(next.error());
    master = *std::move(next);
    const auto answers =
        time_until(began, [&] { return sessions.impatient.get({up_time}).with_values == 1; });
    const auto complete = time_until(began, [&] { return objects.are_there(sessions.impatient); });
    if (!answers || !complete)
        return false;
    restarts.answers.push_back(*answers);
    restarts.complete.push_back(*complete);
    const auto calm_until = Clock::now() + calm;
    while (Clock::now() < calm_until)
        restarts.gone_again += objects.are_there(sessions.patient) ? 0U : 1U;
    return true;
}

void print(Restarts restarts, std::size_t objects) {
    std::puts("restarts\tobjects\tgone_again\tanswers_median\tanswers_max\tcomplete_median\t"
              "complete_p90\tcomplete_p99\tcomplete_max\tbehind_max");
    Microseconds behind_max{0};
    for (std::size_t i = 0; i < restarts.complete.size(); ++i)
        behind_max = std::max(behind_max, restarts.complete[i] - restarts.answers[i]);
    const Distribution answers{std::move(restarts.answers)};
    const Distribution complete{std::move(restarts.complete)};
    const auto ms = [](Microseconds time) { return time.count() / 1000; };
    std::printf("%zu\t%zu\t%zu\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\n", complete.count(),
                objects, restarts.gone_again, ms(answers.median()), ms(answers.quantile(1)),
                ms(complete.median()), ms(complete.quantile(0.90)), ms(complete.quantile(0.99)),
                ms(complete.quantile(1)), ms(behind_max));
}

int fail(int status, const std::string& text) {
    std::fprintf(stderr, "bench-restarts: %s\n", text.c_str());
    return status;
}

Result<Sessions> open_sessions(const std::string& community, const std::string& address) {
    const auto open = [&](std::chrono::milliseconds timeout) {
        return Session::open({.address = address, .community = community, .timeout = timeout});
    };
    auto impatient = open(answer_timeout);
    if (!impatient)
        return failure(impatient.error());
    auto patient = open(calm_timeout);
    if (!patient)
        return failure(patient.error());
    return Sessions{*std::move(impatient), *std::move(patient)};
}

/// So many restarts, one after another.
int measure(std::size_t count, Sessions& sessions, std::span<char*> command) {
    auto master = Master::start(command);
    if (!master)
        return fail(2, master.error().text);
    const auto objects = Objects::learn(sessions.patient);
    if (!objects)
        return fail(1, "no objects of galera-agentx, or they come and go");
    std::mt19937 random{1}; // a row of moments that is the same each time will do
    std::uniform_int_distribution<std::int64_t> calm{0,
                                                     std::chrono::microseconds{calm_max}.count()};
    Restarts restarts;
    for (std::size_t i = 0; i < count; ++i) {
        const auto back = restart(*master, command, sessions, *objects,
                                  std::chrono::microseconds{calm(random)}, restarts);
        if (!back)
            return fail(2, back.error().text);
        if (!*back)
            return fail(1, "restart " + std::to_string(i + 1) +
                               ": not all objects came back; missing: " +
                               objects->missing(sessions.patient));
    }
    const auto gone_again = restarts.gone_again;
    print(std::move(restarts), objects->count());
    if (gone_again == 0)
        return 0;
    return fail(1, "some objects went away again, or a GET was not answered, " +
                       std::to_string(gone_again) + " times");
}

int run(std::span<char*> words) {
    constexpr std::size_t words_before_command = 4;
    const auto count = words.size() > words_before_command
                           ? galera::text::number<std::size_t>(words[3])
                           : std::nullopt;
    if (!count) {
        std::fwrite(usage.data(), 1, usage.size(), stderr);
        return 2;
    }
    auto sessions = open_sessions(words[1], words[2]);
    if (!sessions)
        return fail(2, sessions.error().text);
    return measure(*count, *sessions, words.subspan(words_before_command));
}

} // namespace

int main(int argc, char** argv) {
    return run({argv, static_cast<std::size_t>(argc)});
}
