#include "initiator/run/status.hpp"

#include "common/model/words.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/peers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace galera::run {

using decision::Answer;
using decision::Survey;

namespace {

const std::string none = "-";

const NodeReport* fresh_report_of(const Answer& answer, const decision::Rules& rules) {
    const auto* report = answer.report();
    return report && is_fresh(*report, rules) ? report : nullptr;
}

/// "no answer": the words of the MIB, as people write them.
std::string reachability_text(const Answer& answer, const decision::Rules& rules) {
    std::string text{word_of(reachability_of(answer, rules))};
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string status_text(const NodeReport& report) {
    std::string text{word_of(report.status)};
    if (report.server != ServerState::serving && report.server != ServerState::stopped)
        text += ", " + std::string{word_of(report.server)};
    if (report.taint != Taint::none && report.replication.transfer == Transfer::none)
        text += ", taint " + std::string{word_of(report.taint)};
    return text;
}

std::string node_state_text(const NodeReport& report) {
    const auto transfer = transfer_of(report);
    if (report.cluster.node_state == NodeState::unknown)
        return transfer.empty() ? none : transfer;
    return std::string{word_of(report.cluster.node_state)} +
           (transfer.empty() ? "" : ", " + transfer);
}

std::string position_text(const NodeReport& report) {
    return report.position ? short_text_of(*report.position)
                           : std::string{word_of(report.seqno_state)};
}

/// "4: n1, n2"; of many members their count.
std::string view_text(const std::optional<View>& view) {
    if (!view)
        return none;
    constexpr std::size_t members_named_max = 5;
    const auto& members = view->members;
    auto text = std::to_string(view->id) + ": ";
    if (members.size() > members_named_max)
        return text + std::to_string(members.size()) + " nodes";
    for (const auto& member : members)
        text += (&member == &members.front() ? "" : ", ") + printable(member.name);
    return text;
}

std::string age_text(std::chrono::milliseconds age) {
    return std::to_string(age.count()) + " ms";
}

Row row_of(const Survey& survey, std::size_t node, const decision::Rules& rules) {
    const auto& answer = survey.answers[node];
    const auto tone = tone_of(answer, rules);
    auto name = answer.name.empty() ? none : printable(answer.name);
    if (node == survey.local)
        name += " *";
    Row row{{name, tone},
            {answer.node.address.text, Tone::plain},
            {reachability_text(answer, rules), tone}};
    const auto* report = fresh_report_of(answer, rules);
    if (!report) {
        if (answer.legacy)
            row.push_back({condition_of(answer, rules), tone});
        row.resize(10, {none, Tone::faint});
        return row;
    }
    const auto lag = lag_of(survey, node, rules);
    const bool known = report->cluster.status != ClusterStatus::unknown;
    row.insert(row.end(),
               {{status_text(*report), tone},
                {known ? std::string{word_of(report->cluster.status)} : none, tone},
                {node_state_text(*report), tone},
                {position_text(*report), Tone::plain},
                {lag ? std::to_string(*lag) : none, lag && *lag > 0 ? Tone::warning : Tone::plain},
                {view_text(report->applied_view), Tone::plain},
                {age_text(report->agent.snapshot_age), Tone::plain}});
    return row;
}

std::string octets_text(std::uint64_t octets) {
    constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB"};
    auto amount = static_cast<double>(octets);
    std::size_t unit = 0;
    for (; amount >= 1000 && unit + 1 < units.size(); ++unit)
        amount /= 1000;
    std::array<char, 32> text{};
    std::snprintf(
        text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", amount,
        units[unit]); // NOLINT(cppcoreguidelines-pro-type-vararg): there is no std::format
    return text.data();
}

} // namespace

std::optional<std::uint64_t> lag_of(const Survey& survey, std::size_t node,
                                    const decision::Rules& rules) {
    const auto* own = fresh_report_of(survey.answers[node], rules);
    if (!own || !own->position)
        return std::nullopt;
    auto highest = own->position->seqno;
    for (const auto& answer : survey.answers) {
        const auto* report = fresh_report_of(answer, rules);
        if (report && report->position && report->position->history == own->position->history)
            highest = std::max(highest, report->position->seqno);
    }
    return static_cast<std::uint64_t>(highest.value() - own->position->seqno.value());
}

std::string transfer_of(const NodeReport& report) {
    const auto& progress = report.replication;
    switch (progress.transfer) {
    case Transfer::sst:
        return "SST" + (progress.sst_octets ? ", " + octets_text(*progress.sst_octets) : "");
    case Transfer::ist: {
        std::string text{"IST"};
        if (progress.ist_current)
            text += ", " + std::to_string(progress.ist_current->value());
        if (progress.ist_current && progress.ist_first && progress.ist_last)
            text += " of " + std::to_string(progress.ist_first->value()) + " to " +
                    std::to_string(progress.ist_last->value());
        return text;
    }
    case Transfer::none:
        break;
    }
    return {};
}

Tone tone_of(const Answer& answer, const decision::Rules& rules) {
    const auto* report = fresh_report_of(answer, rules);
    if (!report || report->seqno_state == SeqnoState::failed ||
        report->cluster.status == ClusterStatus::non_primary ||
        report->cluster.status == ClusterStatus::disconnected)
        return Tone::bad;
    return is_member(*report) ? Tone::good : Tone::warning;
}

std::vector<std::string> status_lines(const Survey& survey, const decision::Rules& rules,
                                      const Paper& paper) {
    std::vector<Row> rows{{{"NODE"},
                           {"ADDRESS"},
                           {"REACHABILITY"},
                           {"STATUS"},
                           {"CLUSTER"},
                           {"STATE"},
                           {"POSITION"},
                           {"LAG"},
                           {"VIEW"},
                           {"AGE"}}};
    for (std::size_t node = 0; node < survey.answers.size(); ++node)
        rows.push_back(row_of(survey, node, rules));
    return lines_of(rows, paper);
}

std::string status_table(const Survey& survey, const decision::Rules& rules, const Paper& paper) {
    std::string text;
    for (const auto& line : status_lines(survey, rules, paper))
        text += line + '\n';
    return text;
}

} // namespace galera::run
