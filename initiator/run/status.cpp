#include "common/model/words.hpp"
#include "initiator/run/explain.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace galera::run {

using decision::Answer;
using decision::Survey;
using nlohmann::json;

namespace {

using Cells = std::array<std::string, 7>;
const Cells heading{"NODE", "ADDRESS", "STATUS", "CLUSTER", "STATE", "POSITION", "AGE"};

Cells cells_of(const Answer& answer, bool local, const decision::Rules& rules) {
    Cells cells{answer.name.empty() ? "-" : printable(answer.name),
                answer.node.address.text,
                "-",
                "-",
                "-",
                "-",
                "-"};
    if (local)
        cells[0] += " *";
    const auto* report = answer.report();
    if (!report || !is_fresh(*report, rules)) {
        cells[2] = condition_of(answer, rules);
        return cells;
    }
    cells[2] = word_of(report->status);
    if (report->server != ServerState::serving && report->server != ServerState::stopped)
        cells[2] += ", " + std::string{word_of(report->server)};
    if (report->cluster.status != ClusterStatus::unknown)
        cells[3] = word_of(report->cluster.status);
    if (report->cluster.node_state != NodeState::unknown)
        cells[4] = word_of(report->cluster.node_state);
    cells[5] = report->position ? short_text_of(*report->position)
                                : std::string{word_of(report->seqno_state)};
    cells[6] = std::to_string(report->agent.snapshot_age.count()) + " ms";
    return cells;
}

/// Absent values are null, as the schema says; a key is never left out.
template <typename T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json position_or_null(const std::optional<Position>& position) {
    return position
               ? json{{"history", position->history.text()}, {"seqno", position->seqno.value()}}
               : json(nullptr);
}

json json_of(const Answer& answer, bool local, const decision::Rules& rules) {
    json node{{"name", answer.name},
              {"address", answer.node.address.text},
              {"local", local},
              {"condition", condition_of(answer, rules)},
              {"round_trip_us", answer.round_trip.count()},
              {"report", nullptr}};
    const auto* report = answer.report();
    if (!report)
        return node;
    node["report"] = {{"snapshot_id", report->agent.snapshot_id},
                      {"snapshot_age_ms", report->agent.snapshot_age.count()},
                      {"last_error", report->agent.last_error},
                      {"status", word_of(report->status)},
                      {"server", word_of(report->server)},
                      {"seqno_state", word_of(report->seqno_state)},
                      {"position", position_or_null(report->position)},
                      {"taint", word_of(report->taint)},
                      {"safe_to_bootstrap", or_null(report->safe_to_bootstrap)},
                      {"cluster_status", word_of(report->cluster.status)},
                      {"cluster_size", or_null(report->cluster.size)},
                      {"node_state", word_of(report->cluster.node_state)},
                      {"ready", or_null(report->cluster.ready)}};
    return node;
}

json nodes_of(const Survey& survey, const decision::Rules& rules) {
    json nodes = json::array();
    for (std::size_t node = 0; node < survey.answers.size(); ++node)
        nodes.push_back(json_of(survey.answers[node], node == survey.local, rules));
    return nodes;
}

json json_of(const decision::Verdict& verdict, const Survey& survey, const decision::Rules& rules) {
    json named = json::array();
    for (const auto& [node, lack] : verdict.named) {
        named.push_back({{"name", survey.answers[node].name},
                         {"address", survey.answers[node].node.address.text},
                         {"lack", phrase_of(lack)}});
    }
    json elected = nullptr;
    if (verdict.elected)
        elected = survey.answers[*verdict.elected].node.address.text;
    return {{"verdict", word_of(verdict.kind)},
            {"reason", word_of(verdict.reason)},
            {"proof", word_of(verdict.proof)},
            {"sentence", sentence_of(verdict, survey)},
            {"elected", elected},
            {"named", named},
            {"start_position", position_or_null(verdict.start_position)},
            {"nodes", nodes_of(survey, rules)}};
}

std::string_view word_of(ExitStatus status) {
    switch (status) {
    case ExitStatus::member:
        return "member";
    case ExitStatus::usage:
        return "usage";
    case ExitStatus::timed_out:
        return "timed_out";
    case ExitStatus::refused:
        return "refused";
    case ExitStatus::server_failed:
        return "server_failed";
    case ExitStatus::another_runs:
        return "another_runs";
    case ExitStatus::interrupted:
        return "interrupted";
    case ExitStatus::internal_error:
        break;
    }
    return "internal_error";
}

enum class Layout : std::uint8_t { indented, line };

/// Names and errors of other nodes need not be UTF-8, and JSON must be.
std::string text_of(const json& value, Layout layout) {
    const int indent = layout == Layout::indented ? 2 : -1;
    return value.dump(indent, ' ', false, json::error_handler_t::replace) + '\n';
}

} // namespace

std::string status_table(const Survey& survey, const decision::Rules& rules) {
    std::vector<Cells> rows{heading};
    for (std::size_t node = 0; node < survey.answers.size(); ++node)
        rows.push_back(cells_of(survey.answers[node], node == survey.local, rules));
    std::array<std::size_t, heading.size()> widths{};
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    }
    std::ostringstream text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column)
            line += row[column] + std::string(widths[column] - row[column].size() + 2, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text << line << '\n';
    }
    return text.str();
}

std::string status_json(const Survey& survey, const decision::Rules& rules) {
    return text_of(json{{"nodes", nodes_of(survey, rules)}}, Layout::indented);
}

std::string plan_json(const decision::Verdict& verdict, const Survey& survey,
                      const decision::Rules& rules) {
    return text_of(json_of(verdict, survey, rules), Layout::indented);
}

std::string plan_json_line(const decision::Verdict& verdict, const Survey& survey,
                           const decision::Rules& rules) {
    return text_of(json_of(verdict, survey, rules), Layout::line);
}

std::string end_json_line(ExitStatus status, int exit_status, const std::string& sentence) {
    return text_of(
        json{{"exit_status", exit_status}, {"end", word_of(status)}, {"sentence", sentence}},
        Layout::line);
}

} // namespace galera::run
