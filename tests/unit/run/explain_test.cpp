// What a person reads: one line for the log, a page for `plan`; and what others say in it.
#include "initiator/run/explain.hpp"
#include "initiator/run/json.hpp"
#include "initiator/run/status.hpp"
#include "tests/unit/run/told.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace galera::run {
namespace {

using testing::HasSubstr;

TEST(Sentence, SaysTheVerdictItsReasonAndTheNodes) {
    struct Case {
        std::string cluster;
        std::size_t local;
        std::string sentence;
    };
    const std::vector<Case> cases{
        {"n1 stopped A:9\nn2 stopped A:8\n", 0,
         "bootstrap: furthest_ahead; 41414141..:9 here, 41414141..:8 on n2 (10.0.0.2)"},
        {"n1 stopped A:9\nn2 stopped A:8\n", 1,
         "wait: elected_other; n1 (10.0.0.1) is to bootstrap"},
        {"n1 silent\nn2 silent\nn3 stopped A:6 view=n1,n2,n3@3\n", 2,
         "wait: closure_open; n1 (10.0.0.1) does not answer SNMP, "
         "n2 (10.0.0.2) does not answer SNMP"},
        {"n1 primary A:9\nn2 stopped A:8\n", 1,
         "join: primary_up; n1 (10.0.0.1) is in a Primary component, "
         "this node holds 41414141..:8"},
        {"n1 primary A:9\nn2 stopped -\n", 1,
         "join: primary_up; n1 (10.0.0.1) is in a Primary component, "
         "this node asks for everything"},
        {"n1 primary A:9\nn2 primary A:9\n", 1, "join: already_member"},
        {"--recover-non-primary\nn1 nonprimary A:9\nn2 nonprimary A:8\n", 0,
         "bootstrap: primary_restored; 41414141..:9 here, 41414141..:8 on n2 (10.0.0.2)"},
        {"n1 nonprimary A:9\nn2 nonprimary A:8\n", 0,
         "wait: primary_lost; this node runs outside a Primary component, n2 (10.0.0.2) runs "
         "outside a Primary component"},
        {"n1 stopped A:9 view=n1@3\nn2 legacy stopped 12\n", 0,
         "wait: legacy_ahead; n2 (10.0.0.2) holds more, by the word of its old scripts"},
        {"n1 stopped -\nn2 stopped -\n", 0, "bootstrap: fresh_cluster; no node holds a history"},
    };
    for (const auto& [cluster, local, sentence] : cases) {
        const auto told = told_of(cluster, local);
        EXPECT_EQ(sentence_of(told.verdict, told.survey), sentence);
    }
}

TEST(Sentence, OfARefusalSaysWhatToDo) {
    const auto told = told_of("n1 stopped A:9\nn2 stopped B:8\n", 0);
    const auto sentence = sentence_of(told.verdict, told.survey);
    EXPECT_THAT(sentence, HasSubstr("refuse: histories_differ; this node contradicts the others, "
                                    "n2 (10.0.0.2) contradicts the others; "));
    EXPECT_THAT(sentence, HasSubstr(std::string{row_of(told.verdict.reason).advice}));
}

TEST(Plan, SaysWhatEachNodeSaidWhatIsLackingAndWhatOneCanDo) {
    const auto told = told_of("n1 silent\nn2 stopped A:9 view=n1,n2@3\nn3 stopped A:6\n", 1);
    const auto text = plan_text(told.verdict, told.survey, told.rules);
    EXPECT_THAT(text, HasSubstr("  n1 (10.0.0.1): does not answer SNMP\n"));
    EXPECT_THAT(text, HasSubstr("  n2 (10.0.0.2), this node: stopped, at "
                                "41414141-4141-4141-4141-414141414141:9, "
                                "last in view 3 of n1, n2\n"));
    EXPECT_THAT(text, HasSubstr("Lacking: n1 (10.0.0.1) does not answer SNMP.\n"));
    EXPECT_THAT(text, HasSubstr("Next:    start would wait and ask again.\n"));
    EXPECT_THAT(text, HasSubstr("--assume-lost ADDRESS"));
}

TEST(Plan, OfAClusterThatHasLostItsPrimarySaysThatItCanBeRestored) {
    const std::string cluster = "n1 nonprimary A:9\nn2 nonprimary A:8\nn3 legacy stopped 7\n";
    const auto lost = told_of(cluster.substr(0, cluster.find("n3")), 0);
    EXPECT_THAT(plan_text(lost.verdict, lost.survey, lost.rules),
                HasSubstr("with --recover-non-primary.\n"));
    const auto may = told_of("--recover-non-primary\n" + cluster.substr(0, cluster.find("n3")), 0);
    EXPECT_THAT(plan_text(may.verdict, may.survey, may.rules),
                HasSubstr("Next:    start would claim, survey once more, and make the server here, "
                          "with those connected to it, a Primary component.\n"));
    const auto open = told_of("--recover-non-primary\n" + cluster, 0);
    EXPECT_THAT(plan_text(open.verdict, open.survey, open.rules),
                HasSubstr("  n3 (10.0.0.3): stopped at 7, by its old scripts\n"));
}

TEST(Plan, SaysWhichProofHolds) {
    const auto told = told_of("n1 silent\nn2 stopped A:9 view=n2,n3@3\n"
                              "n3 stopped A:9 view=n2,n3@3\n",
                              1);
    EXPECT_THAT(plan_text(told.verdict, told.survey, told.rules),
                HasSubstr("Proof:   closure: all data nodes of the elected one's last view"));
}

TEST(Printable, IsUtf8WithoutControls) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", ""},
        {"db1 (10.0.0.1)", "db1 (10.0.0.1)"},
        {"gr\u00f6\u00dfe \u65e5 \U0001F600", "gr\u00f6\u00dfe \u65e5 \U0001F600"},
        {"a\nb\tc\x1b[31md\x7f", "a?b?c?[31md?"},
        {std::string("a\0b", 3), "a?b"},
        {"gr\xf6\xdf"
         "e",
         "gr??e"},                    // Latin-1
        {"\xc3", "?"},                // cut
        {"\xe2\x82", "??"},           // cut
        {"\xc2\x9b", "??"},           // a control of Latin-1
        {"\xc0\xaf", "??"},           // too long a form
        {"\xe0\x80\xaf", "???"},      // too long a form
        {"\xed\xa0\x80", "???"},      // half of a pair
        {"\xf4\x90\x80\x80", "????"}, // behind the last character
        {"\xff\xfe", "??"},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(printable(text), expected);
}

// Who has to name it in the configuration must know it.
TEST(Sentence, NamesWhomTheRosterDoesNot) {
    auto told = told_of("n1 stopped A:9 view=n1,n2@3\nn2 stopped A:8\nn3 silent\n", 0);
    auto& view = *std::get<NodeReport>(told.survey.answers[0].said).applied_view;
    view.members.push_back({view.members[0].uuid, "n4\x1b", "10.0.0.4:3306"});
    const auto verdict = decide(told.survey, told.rules, false);
    EXPECT_THAT(sentence_of(verdict, told.survey),
                HasSubstr("this node was last in a view with a node that the roster does not "
                          "name: n4? (10.0.0.4:3306)"));
}

// A peer says of itself what it likes; a log, a terminal and a reader of JSON must survive it.
TEST(WhatOthersSay, IsPrintedSafely) {
    auto told = told_of("n1 silent\nn2 stopped A:9 view=n1,n2@3\nn3 stopped A:6\n", 1);
    auto& peer = std::get<NodeReport>(told.survey.answers[2].said);
    told.survey.answers[0].name = "db\xff\nbootstrap: furthest_ahead\x1b[2J";
    peer.node_name = told.survey.answers[2].name = "n\x80";
    peer.agent.last_error = "/srv/gr\xf6\xdf"
                            "e: no permission";
    std::get<NodeReport>(told.survey.answers[1].said).applied_view->members[0].name = "\x07";
    const auto is_safe = [](const std::string& text, std::string_view allowed) {
        return text == printable(text) || std::ranges::none_of(text, [&](char c) {
                   return (static_cast<unsigned char>(c) < 0x20 || c == '\x7f' || c == '\xff') &&
                          allowed.find(c) == std::string_view::npos;
               });
    };
    EXPECT_TRUE(is_safe(sentence_of(told.verdict, told.survey), ""));
    EXPECT_THAT(sentence_of(told.verdict, told.survey),
                HasSubstr("db??bootstrap: furthest_ahead?[2J (10.0.0.1) does not answer SNMP"));
    EXPECT_TRUE(is_safe(plan_text(told.verdict, told.survey, told.rules), "\n"));
    const auto table = status_table(told.survey, told.rules, {});
    EXPECT_TRUE(is_safe(table, "\n"));
    EXPECT_EQ(std::ranges::count(table, '\n'), 4);
    for (const auto& text : {plan_json(told.verdict, told.survey, told.rules, Layout::indented),
                             plan_json(told.verdict, told.survey, told.rules, Layout::line),
                             status_json(told.survey, told.rules, Layout::line)})
        EXPECT_EQ(nlohmann::json::parse(text).at("nodes").size(), 3U);
}

} // namespace
} // namespace galera::run
