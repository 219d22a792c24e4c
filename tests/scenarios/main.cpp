// scenario [--rewrite | --check] FILE ...: decides each case and prints the verdict of every node.
#include "tests/scenarios/scenario.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

enum class Mode { print, check, rewrite };

std::string content_of(const std::string& path) {
    std::ifstream file{path};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file)
        throw std::runtime_error(path + ": cannot be read");
    return text;
}

/// Whether the file is as it should be. What cannot be read as a scenario is the caller's mistake.
bool handle(const std::string& path, Mode mode) {
    const auto text = content_of(path);
    const auto scenario = galera::scenario::parse(text);
    if (!scenario)
        throw std::runtime_error(path + ": " + scenario.error().text);
    const auto verdicts = verdicts_of(*scenario);
    if (mode == Mode::rewrite) {
        std::ofstream file{path};
        file << galera::scenario::rewritten(text, verdicts);
        if (!file.flush())
            throw std::runtime_error(path + ": cannot be written");
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
    try {
        bool good = true;
        for (const auto& path : paths)
            good = handle(path, mode) && good;
        return good ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
