// Runs programs in turn, again and again, and says what each takes: time, processor time, memory.
//
//   bench-programs ROUNDS NAME COMMAND [WORD..] [-- NAME COMMAND [WORD..]]..
//
// Prints a heading, and a line for each name: medians of the time from start to end and of the
// processor time, in microseconds, and the most resident memory, in kB. What the program started
// and waited for counts as its own. What they print is dropped. Exit status: 0, or 1 if one failed,
// which is said.
#include "tests/bench/distribution.hpp"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using galera::bench::Distribution;
using galera::bench::Microseconds;

struct Contender {
    std::string name;
    std::vector<std::string> words;
    std::vector<Microseconds> times;
    std::vector<Microseconds> processor;
    long resident_kb{0};
};

Microseconds microseconds_of(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

[[noreturn]] void become(std::vector<std::string> words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nowhere, STDIN_FILENO);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execvp(pointers.front(), pointers.data());
    std::perror(pointers.front());
    ::_exit(127);
}

/// False if it failed.
bool run(Contender& contender) {
    const auto began = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0)
        become(contender.words);
    int status = 0;
    rusage used{};
    if (child < 0 || ::wait4(child, &status, 0, &used) != child)
        return false;
    contender.times.emplace_back(std::chrono::steady_clock::now() - began);
    contender.processor.push_back(microseconds_of(used.ru_utime) + microseconds_of(used.ru_stime));
    contender.resident_kb = std::max(contender.resident_kb, used.ru_maxrss);
    if (status != 0)
        std::cerr << "bench-programs: " << contender.name << " failed: status " << status << '\n';
    return status == 0;
}

std::vector<Contender> contenders_of(const std::vector<std::string>& words) {
    std::vector<Contender> contenders;
    bool fresh = true;
    for (const auto& word : words) {
        if (word == "--") {
            fresh = true;
        } else if (fresh) {
            contenders.push_back({.name = word, .words = {}, .times = {}, .processor = {}});
            fresh = false;
        } else {
            contenders.back().words.push_back(word);
        }
    }
    return contenders;
}

void print(const std::vector<Contender>& contenders) {
    std::cout << "name time processor resident\n";
    for (const auto& each : contenders)
        std::cout << each.name << ' '
                  << static_cast<long>(Distribution{each.times}.median().count()) << ' '
                  << static_cast<long>(Distribution{each.processor}.median().count()) << ' '
                  << each.resident_kb << '\n';
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 3) {
        std::cerr << "usage: bench-programs ROUNDS NAME COMMAND [WORD..] [-- NAME COMMAND ..]\n";
        return 2;
    }
    const auto rounds = std::stoul(words.front());
    auto contenders = contenders_of({words.begin() + 1, words.end()});
    for (std::size_t round = 0; round < rounds; ++round)
        for (auto& each : contenders)
            if (each.words.empty() || !run(each))
                return EXIT_FAILURE;
    print(contenders);
    return EXIT_SUCCESS;
}
