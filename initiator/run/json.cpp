#include "initiator/run/json.hpp"

#include "common/model/words.hpp"
#include "initiator/run/explain.hpp"
#include "initiator/run/peers.hpp"
#include "initiator/run/status.hpp"

#include <nlohmann/json.hpp>

namespace galera::run {

using decision::Survey;
using nlohmann::json;

namespace {

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

json view_or_null(const std::optional<View>& view) {
    if (!view)
        return nullptr;
    json members = json::array();
    for (const auto& member : view->members)
        members.push_back({{"name", member.name}, {"address", member.incoming_address}});
    return {{"id", view->id}, {"seqno", view->seqno.value()}, {"members", members}};
}

json transfer_or_null(const ReplicationReport& progress) {
    const auto seqno = [](const std::optional<Seqno>& value) {
        return value ? json(value->value()) : json(nullptr);
    };
    if (progress.transfer == Transfer::none)
        return nullptr;
    return {{"kind", progress.transfer == Transfer::sst ? "SST" : "IST"},
            {"sst_octets", or_null(progress.sst_octets)},
            {"ist_first", seqno(progress.ist_first)},
            {"ist_current", seqno(progress.ist_current)},
            {"ist_last", seqno(progress.ist_last)}};
}

json json_of(const NodeReport& report) {
    return {{"snapshot_id", report.agent.snapshot_id},
            {"snapshot_age_ms", report.agent.snapshot_age.count()},
            {"last_error", report.agent.last_error},
            {"status", word_of(report.status)},
            {"server", word_of(report.server)},
            {"seqno_state", word_of(report.seqno_state)},
            {"position", position_or_null(report.position)},
            {"taint", word_of(report.taint)},
            {"safe_to_bootstrap", or_null(report.safe_to_bootstrap)},
            {"applied_view", view_or_null(report.applied_view)},
            {"cluster_status", word_of(report.cluster.status)},
            {"cluster_size", or_null(report.cluster.size)},
            {"node_state", word_of(report.cluster.node_state)},
            {"ready", or_null(report.cluster.ready)},
            {"transfer", transfer_or_null(report.replication)}};
}

json nodes_of(const Survey& survey, const decision::Rules& rules) {
    json nodes = json::array();
    for (std::size_t node = 0; node < survey.answers.size(); ++node) {
        const auto& answer = survey.answers[node];
        const auto* report = answer.report();
        nodes.push_back({{"name", answer.name},
                         {"address", answer.node.address.text},
                         {"local", node == survey.local},
                         {"reachability", word_of(reachability_of(answer, rules))},
                         {"condition", condition_of(answer, rules)},
                         {"round_trip_us", answer.round_trip.count()},
                         {"lag", or_null(lag_of(survey, node, rules))},
                         {"report", report ? json_of(*report) : json(nullptr)}});
    }
    return nodes;
}

json json_of(const decision::Verdict& verdict, const Survey& survey, const decision::Rules& rules,
             const std::string& sentence) {
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
            {"sentence", sentence},
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

/// Names and errors of other nodes need not be UTF-8, and JSON must be.
std::string text_of(const json& value, Layout layout) {
    const int indent = layout == Layout::indented ? 2 : -1;
    return value.dump(indent, ' ', false, json::error_handler_t::replace) + '\n';
}

} // namespace

std::string status_json(const Survey& survey, const decision::Rules& rules, Layout layout) {
    return text_of(json{{"nodes", nodes_of(survey, rules)}}, layout);
}

std::string plan_json(const decision::Verdict& verdict, const Survey& survey,
                      const decision::Rules& rules, Layout layout) {
    return text_of(json_of(verdict, survey, rules, sentence_of(verdict, survey)), layout);
}

std::string verdict_json_line(const decision::Verdict& verdict, const Survey& survey,
                              const decision::Rules& rules, const std::string& sentence) {
    return text_of(json_of(verdict, survey, rules, sentence), Layout::line);
}

std::string end_json_line(ExitStatus status, int exit_status, const std::string& sentence) {
    return text_of(
        json{{"exit_status", exit_status}, {"end", word_of(status)}, {"sentence", sentence}},
        Layout::line);
}

} // namespace galera::run
