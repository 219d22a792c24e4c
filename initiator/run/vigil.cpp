#include "initiator/run/vigil.hpp"

#include "common/model/words.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/status.hpp"

namespace galera::run {

using decision::Answer;
using decision::Survey;
using decision::Verdict;
using decision::VerdictKind;

namespace {

std::string headline_of(const std::optional<Verdict>& verdict, bool starting) {
    if (!verdict)
        return "asks the nodes";
    if (starting)
        return "starting the server";
    return std::string{word_of(verdict->kind)} + ": " + std::string{word_of(verdict->reason)};
}

std::optional<decision::Lack> lack_of(const std::optional<Verdict>& verdict, std::size_t node) {
    if (!verdict || verdict->kind != VerdictKind::wait)
        return std::nullopt;
    for (const auto& named : verdict->named) {
        if (named.node == node)
            return named.lack;
    }
    return std::nullopt;
}

std::string position_of(const Answer& answer) {
    const auto* report = answer.report();
    return report && report->position ? short_text_of(*report->position) : "-";
}

std::string so_long(std::chrono::steady_clock::time_point since,
                    std::chrono::steady_clock::time_point now) {
    return duration_text(std::chrono::floor<std::chrono::seconds>(now - since));
}

} // namespace

std::string duration_text(std::chrono::seconds duration) {
    using namespace std::chrono_literals;
    const auto count = [](auto amount) { return std::to_string(amount.count()); };
    const auto hours = std::chrono::floor<std::chrono::hours>(duration);
    const auto minutes = std::chrono::floor<std::chrono::minutes>(duration - hours);
    if (hours > 0h)
        return count(hours) + " h " + count(minutes) + " min";
    if (minutes > 0min)
        return count(minutes) + " min " + count(duration - minutes) + " s";
    return count(duration) + " s";
}

void Vigil::see(const Survey& survey, const decision::Rules& rules,
                const std::optional<Verdict>& verdict, bool starting, Clock::time_point now) {
    headline_.become(headline_of(verdict, starting), now);
    if (!starting)
        log_line_.clear();
    for (std::size_t index = 0; index < survey.answers.size(); ++index) {
        const auto& answer = survey.answers[index];
        auto& node = nodes_[answer.node.address];
        node.name = answer.name.empty() ? "-" : printable(answer.name);
        node.local = index == survey.local;
        node.tone = tone_of(answer, rules);
        node.condition.become(condition_of(answer, rules), now);
        node.position = position_of(answer);
        node.transfer = answer.report() ? transfer_of(*answer.report()) : std::string{};
        const auto lack = lack_of(verdict, index);
        if (!lack || starting)
            node.lack.reset();
        else if (!node.lack)
            node.lack = State{std::string{phrase_of(*lack)}, now};
        else
            node.lack->text = phrase_of(*lack); // it is still the same one that is waited for
    }
}

std::vector<std::string> Vigil::lines(Clock::time_point now, const Paper& paper) const {
    if (nodes_.empty())
        return {};
    std::vector<Row> rows;
    for (const auto& [address, node] : nodes_) {
        auto waited = node.lack ? "waited for, " + so_long(node.lack->since, now) : std::string{};
        if (node.lack && node.lack->text != node.condition.text)
            waited += ", since it " + node.lack->text;
        rows.push_back({{node.name + (node.local ? " *" : ""), node.tone},
                        {address.text, Tone::plain},
                        {node.position, Tone::plain},
                        {node.condition.text + (node.transfer.empty() ? "" : ", " + node.transfer) +
                             " for " + so_long(node.condition.since, now),
                         node.tone},
                        {waited, Tone::warning}});
    }
    auto lines = lines_of(rows, paper);
    lines.insert(
        lines.begin(),
        line_of({headline_.text + " for " + so_long(headline_.since, now), Tone::plain}, paper));
    if (!log_line_.empty())
        lines.push_back(line_of({"its log: " + printable(log_line_), Tone::faint}, paper));
    return lines;
}

} // namespace galera::run
