// scenario [--rewrite | --check] FILE ...: decides each case and prints the verdict of every node.
#include "tests/scenarios/scenario.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

enum class Mode { print, check, rewrite };

std::string content_of(const std::string& path) {
    std::ifstream file{path};
    if (!file)
        throw std::runtime_error(path + ": cannot be read");
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Whether the file is as it should be.
bool handle(const std::string& path, Mode mode) {
    const auto text = content_of(path);
    const auto scenario = galera::scenario::parse(text);
    if (!scenario) {
        std::cerr << path << ": " << scenario.error().text << '\n';
        return false;
    }
    const auto verdicts = verdicts_of(*scenario);
    if (mode == Mode::rewrite) {
        std::ofstream{path} << galera::scenario::rewritten(text, verdicts);
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
        std::cerr << "scenario: " << error.what() << '\n';
        return 2;
    }
}
