// Runs simulated histories from a seed on; ends with status 1 at a breach, and tells its story.
#include "tests/simulation/world.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace galera::simulation;

constexpr int exit_breach = 1;
constexpr int exit_usage = 2;

constexpr std::string_view usage =
    "usage: simulate [--seed N] [--histories M] [--nodes 3..5] [--forced] [--threads T] [--trace]\n"
    "       simulate --seeds FILE\n"
    "Runs M histories, of the seeds N, N+1, ..., or those that a file lists, one a line:\n"
    "SEED [NODES|0] [forced] [# what it is]. One history is told in full.\n";

struct Options {
    std::uint64_t seed{1};
    std::uint64_t histories{1};
    int nodes{0};
    unsigned threads{1};
    bool forced{false};
    bool trace{false};
    std::string seeds;
};

template <typename T>
bool read_number(const char* text, T& number) {
    const std::string_view view{text};
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), number);
    return error == std::errc{} && end == view.data() + view.size();
}

/// False: this is not how it is called.
bool read_options(int argc, char** argv, Options& options) {
    for (int at = 1; at < argc; ++at) {
        const std::string_view name{argv[at]};
        if (name == "--forced" || name == "--trace") {
            (name == "--forced" ? options.forced : options.trace) = true;
            continue;
        }
        const char* value = ++at < argc ? argv[at] : "";
        const bool understood = (name == "--seed" && read_number(value, options.seed)) ||
                                (name == "--histories" && read_number(value, options.histories)) ||
                                (name == "--nodes" && read_number(value, options.nodes)) ||
                                (name == "--threads" && read_number(value, options.threads));
        if (name == "--seeds")
            options.seeds = value;
        else if (!understood)
            return false;
    }
    const bool nodes_fit = options.nodes == 0 || (options.nodes >= 3 && options.nodes <= nodes_max);
    return nodes_fit && options.threads > 0;
}

struct Breach {
    Wanted wanted;
    Violation violation;
};

/// Histories of rising seeds, on some threads; the breach of the lowest seed is kept.
class Runs {
public:
    explicit Runs(const Options& options) : options_{options} {}

    void run() {
        std::vector<std::jthread> threads;
        for (unsigned thread = 0; thread < options_.threads; ++thread)
            threads.emplace_back([this] { work(); });
    }
    Tally tally;
    std::optional<Breach> breach;

private:
    void work() {
        Tally mine;
        constexpr std::uint64_t batch = 64;
        while (!found_) {
            const auto first = next_.fetch_add(batch);
            if (first >= options_.histories)
                break;
            for (auto at = first; at < std::min(first + batch, options_.histories) && !found_; ++at)
                mine += run_one(options_.seed + at);
        }
        const std::lock_guard guard{mutex_};
        tally += mine;
    }
    Tally run_one(std::uint64_t seed) {
        const Wanted wanted{.seed = seed, .nodes = options_.nodes, .forced = options_.forced};
        auto outcome = simulate(wanted);
        if (outcome.violation) {
            const std::lock_guard guard{mutex_};
            found_ = true;
            if (!breach || seed < breach->wanted.seed)
                breach = Breach{wanted, *std::move(outcome.violation)};
        }
        return outcome.tally;
    }

    const Options& options_;
    std::mutex mutex_;
    std::atomic<std::uint64_t> next_{0};
    std::atomic<bool> found_{false};
};

/// Tells one history in full; whether it held.
bool tell(Wanted wanted) {
    wanted.tells = true;
    const auto outcome = simulate(wanted);
    std::cout << outcome.story;
    if (outcome.violation)
        std::cout << "seed " << wanted.seed << ": " << word_of(outcome.violation->invariant) << ": "
                  << outcome.violation->what << '\n';
    std::cout << text_of(outcome.tally) << '\n';
    return !outcome.violation;
}

int run_many(const Options& options) {
    const auto begin = std::chrono::steady_clock::now();
    Runs runs{options};
    runs.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (runs.breach)
        tell(runs.breach->wanted);
    std::cout << (runs.breach ? "BREACH: " : "") << text_of(runs.tally) << "; " << took.count()
              << " s, "
              << static_cast<std::uint64_t>(static_cast<double>(runs.tally.histories) /
                                            took.count())
              << " histories/s\n";
    return runs.breach ? exit_breach : 0;
}

int run_file(const std::string& path) {
    std::ifstream file{path};
    if (!file) {
        std::cerr << "simulate: " << path << ": cannot be read\n";
        return exit_usage;
    }
    std::uint64_t run = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line.substr(0, line.find('#'))};
        Wanted wanted;
        if (!(words >> wanted.seed))
            continue;
        words >> wanted.nodes;
        std::string word;
        wanted.forced = words >> word && word == "forced";
        ++run;
        if (simulate(wanted).violation) {
            tell(wanted);
            return exit_breach;
        }
    }
    std::cout << run << " seeds of " << path << " hold\n";
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!read_options(argc, argv, options)) {
        std::cerr << usage;
        return exit_usage;
    }
    if (!options.seeds.empty())
        return run_file(options.seeds);
    const Wanted one{.seed = options.seed, .nodes = options.nodes, .forced = options.forced};
    if (options.histories == 1)
        return tell(one) ? 0 : exit_breach;
    if (!options.trace)
        return run_many(options);
    for (std::uint64_t at = 0; at < options.histories; ++at) {
        auto wanted = one;
        wanted.seed += at;
        if (!tell(wanted))
            return exit_breach;
    }
    return 0;
}
