// What a person sees of `start` on a terminal while it waits: every node, since when it is as it
// is, whom the run waits for and since when, how far transfers have come.
#pragma once

#include "initiator/decision/decide.hpp"
#include "initiator/run/table.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace galera::run {

/// "5 s", "2 min 5 s", "1 h 0 min".
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

class Vigil {
public:
    using Clock = std::chrono::steady_clock;

    /// A survey and what follows from it. `verdict` is empty where nothing does yet; `starting`:
    /// the server has been started and is on its way.
    void see(const decision::Survey& survey, const decision::Rules& rules,
             const std::optional<decision::Verdict>& verdict, bool starting, Clock::time_point now);

    /// The last line of the log of the server that is starting; empty: none.
    void see_log(std::string line) { log_line_ = std::move(line); }

    /// What the run is at, and a line a node. None before the first survey.
    [[nodiscard]] std::vector<std::string> lines(Clock::time_point now, const Paper& paper) const;

private:
    /// Something that is so, and since when.
    struct State {
        std::string text;
        Clock::time_point since;

        void become(const std::string& other, Clock::time_point now) {
            if (text != other)
                *this = {other, now};
        }
    };
    struct Node {
        std::string name; // printable
        bool local{false};
        Tone tone{Tone::plain};
        State condition;
        std::string position;
        std::string transfer;
        std::optional<State> lack; // present while it is waited for, since it has been
    };

    State headline_;
    std::string log_line_;
    std::map<Address, Node> nodes_; // by address
};

} // namespace galera::run
