// scenario [--rewrite | --check] FILE ...: decides each case and prints the verdict of every node.
#include "tests/scenarios/scenario.hpp"

#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

using galera::failure;
using galera::Result;

enum class Mode { print, check, rewrite };

Result<std::string> content_of(const std::string& path) {
    std::ifstream file{path};
    std::string text;
    std::array<char, 4096> part{};
    // A directory opens like a file. read() sets badbit for what cannot be read; iterators throw.
    while (file.read(part.data(), part.size()) || file.gcount() > 0)
        text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    if (!file.eof() || file.bad())
        return failure(path + ": cannot be read");
    return text;
}

Result<void> rewrite(const std::string& path, const std::string& content) {
    std::ofstream file{path};
    file << content;
    if (!file.flush())
        return failure(path + ": cannot be written");
    return {};
}

/// Whether the file is as it should be. What cannot be read as a scenario is the caller's mistake.
Result<bool> handle(const std::string& path, Mode mode) {
    const auto text = content_of(path);
    if (!text)
        return failure(text.error());
    const auto scenario = galera::scenario::parse(*text);
    if (!scenario)
        return failure(scenario.error().at(path));
    const auto verdicts = verdicts_of(*scenario);
    if (mode == Mode::rewrite) {
        if (const auto done = rewrite(path, galera::scenario::rewritten(*text, verdicts)); !done)
            return failure(done.error());
        return true;
    }
    if (mode == Mode::print) {
        for (const auto& verdict : verdicts)
            std::cout << verdict << '\n';
        return true;
    }
    if (scenario->story.empty())
        std::cerr << path << ": has no sentence that says what happened\n";
    if (verdicts == scenario->expected)
        return !scenario->story.empty();
    std::cerr << path << ":" << scenario->story << "\n  expected:\n";
    for (const auto& line : scenario->expected)
        std::cerr << "    " << line << '\n';
    std::cerr << "  decided:\n";
    for (const auto& line : verdicts)
        std::cerr << "    " << line << '\n';
    return false;
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string> paths{argv + 1, argv + argc};
    auto mode = Mode::print;
    if (!paths.empty() && paths.front().starts_with("--")) {
        if (paths.front() != "--rewrite" && paths.front() != "--check") {
            std::cerr << "usage: scenario [--rewrite | --check] FILE ...\n";
            return 2;
        }
        mode = paths.front() == "--rewrite" ? Mode::rewrite : Mode::check;
        paths.erase(paths.begin());
    }
    if (paths.empty()) {
        std::cerr << "usage: scenario [--rewrite | --check] FILE ...\n";
        return 2;
    }
    bool good = true;
    for (const auto& path : paths) {
        const auto as_it_should_be = handle(path, mode);
        if (!as_it_should_be) {
            std::cerr << "scenario: " << as_it_should_be.error().text << '\n';
            return 2;
        }
        good = *as_it_should_be && good;
    }
    return good ? 0 : 1;
}
