// What programs read, and the schema that documents it.
#include "common/model/words.hpp"
#include "initiator/run/json.hpp"
#include "tests/unit/run/told.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace galera::run {
namespace {

using nlohmann::json;

TEST(Json, NeverLeavesAKeyOut) {
    const auto told = told_of("n1 silent\nn2 stopped A:9\nn3 stopped -\n", 1);
    const auto plan = json::parse(plan_json(told.verdict, told.survey, told.rules, Layout::line));
    EXPECT_EQ(plan.at("verdict"), "wait");
    EXPECT_EQ(plan.at("reason"), "closure_open");
    EXPECT_EQ(plan.at("elected"), nullptr);
    EXPECT_EQ(plan.at("named").at(0).at("address"), "10.0.0.1");
    const auto& nodes = plan.at("nodes");
    EXPECT_EQ(nodes.at(0).at("reachability"), "no_answer");
    EXPECT_EQ(nodes.at(0).at("lag"), nullptr);
    EXPECT_EQ(nodes.at(0).at("report"), nullptr);
    EXPECT_EQ(nodes.at(1).at("lag"), 0);
    EXPECT_EQ(nodes.at(1).at("report").at("position").at("seqno"), 9);
    EXPECT_EQ(nodes.at(1).at("report").at("transfer"), nullptr);
    EXPECT_EQ(nodes.at(2).at("report").at("position"), nullptr);
    EXPECT_EQ(nodes.at(2).at("report").at("applied_view"), nullptr);
    const auto status = json::parse(status_json(told.survey, told.rules, Layout::line));
    EXPECT_EQ(status.at("nodes"), nodes);
}

TEST(Json, HasTheViewAndTheTransfer) {
    auto told = told_of("n1 stopped A:9 view=n1,n2@3\nn2 silent\n", 0);
    told.report(0).replication.transfer = Transfer::ist;
    told.report(0).replication.ist_current = Seqno::from(7);
    const auto status = json::parse(status_json(told.survey, told.rules, Layout::line));
    const auto& report = status.at("nodes").at(0).at("report");
    EXPECT_EQ(report.at("applied_view").at("seqno"), 3);
    EXPECT_EQ(report.at("applied_view").at("members").size(), 2U);
    EXPECT_EQ(report.at("applied_view").at("members").at(1).at("name"), "n2");
    EXPECT_EQ(report.at("transfer"), (json{{"kind", "IST"},
                                           {"sst_octets", nullptr},
                                           {"ist_first", nullptr},
                                           {"ist_current", 7},
                                           {"ist_last", nullptr}}));
}

TEST(Json, OfALineIsOne) {
    const auto told = told_of("n1 silent\nn2 stopped A:9\nn3 stopped -\n", 1);
    for (const auto layout : {Layout::line, Layout::indented}) {
        const auto plan = plan_json(told.verdict, told.survey, told.rules, layout);
        EXPECT_EQ(plan.find('\n') == plan.size() - 1, layout == Layout::line);
    }
    EXPECT_EQ(end_json_line(ExitStatus::interrupted, 143, "interrupted"),
              "{\"end\":\"interrupted\",\"exit_status\":143,\"sentence\":\"interrupted\"}\n");
}

// packaging/galera-initiator.schema.json. Real output is held against it in
// tests/integration/cluster/watching.test; here it is the words.

class Schema : public testing::Test {
protected:
    Schema() {
        std::ifstream file{SOURCE_TREE "/packaging/galera-initiator.schema.json"};
        schema = json::parse(file);
    }
    [[nodiscard]] std::set<std::string> words(const std::string& definition,
                                              const std::string& key) const {
        return schema.at("definitions").at(definition).at("properties").at(key).at("enum");
    }
    json schema;
};

template <typename Enumerator>
std::set<std::string> words_up_to(Enumerator first, Enumerator last) {
    std::set<std::string> words;
    for (auto number = static_cast<int>(first); number <= static_cast<int>(last); ++number)
        words.emplace(word_of(static_cast<Enumerator>(number)));
    return words;
}

TEST_F(Schema, HasTheWordsOfTheProgram) {
    std::set<std::string> known;
    for (const auto& row : reasons())
        known.emplace(row.word);
    EXPECT_EQ(words("plan", "reason"), known);
    EXPECT_EQ(words("plan", "verdict"), words_up_to(VerdictKind::join, VerdictKind::refuse));
    EXPECT_EQ(words("plan", "proof"), words_up_to(Proof::none, Proof::genesis));
    EXPECT_EQ(words("report", "status"),
              words_up_to(NodeStatus::bootstrapping, NodeStatus::stopped));
    EXPECT_EQ(words("report", "server"),
              words_up_to(ServerState::stopped, ServerState::unreachable));
    EXPECT_EQ(words("report", "seqno_state"), words_up_to(SeqnoState::known, SeqnoState::failed));
    EXPECT_EQ(words("report", "taint"), words_up_to(Taint::none, Taint::heuristic_rollback));
    EXPECT_EQ(words("report", "cluster_status"),
              words_up_to(ClusterStatus::unknown, ClusterStatus::disconnected));
    EXPECT_EQ(words("report", "node_state"), words_up_to(NodeState::unknown, NodeState::error));
    auto reachable = words_up_to(Reachability::answers, Reachability::legacy);
    EXPECT_EQ(words("node", "reachability"), reachable);
}

TEST_F(Schema, HasTheNamesOfTheExitStatuses) {
    std::set<std::string> names;
    for (const auto status : {ExitStatus::member, ExitStatus::internal_error, ExitStatus::usage,
                              ExitStatus::timed_out, ExitStatus::refused, ExitStatus::server_failed,
                              ExitStatus::another_runs, ExitStatus::interrupted})
        names.insert(json::parse(end_json_line(status, 0, "")).at("end"));
    EXPECT_EQ(words("end", "end"), names);
}

TEST_F(Schema, HasTheKeysThatAreWritten) {
    auto told = told_of("n1 stopped A:9 view=n1,n2@3\nn2 silent\n", 0);
    told.report(0).replication.transfer = Transfer::sst;
    const auto keys_of = [](const json& object) {
        std::set<std::string> keys;
        for (const auto& [key, value] : object.items())
            keys.insert(key);
        return keys;
    };
    const auto documented = [&](const std::string& definition) {
        return keys_of(schema.at("definitions").at(definition).at("properties"));
    };
    const auto plan = json::parse(plan_json(told.verdict, told.survey, told.rules, Layout::line));
    const auto& node = plan.at("nodes").at(0);
    EXPECT_EQ(keys_of(plan), documented("plan"));
    EXPECT_EQ(keys_of(node), documented("node"));
    EXPECT_EQ(keys_of(node.at("report")), documented("report"));
    EXPECT_EQ(keys_of(node.at("report").at("applied_view")), documented("view"));
    EXPECT_EQ(keys_of(node.at("report").at("transfer")), documented("transfer"));
    const auto end = json::parse(end_json_line(ExitStatus::member, 0, ""));
    EXPECT_EQ(keys_of(end), documented("end"));
}

} // namespace
} // namespace galera::run
