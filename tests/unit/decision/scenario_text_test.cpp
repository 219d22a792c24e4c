// Scenarios are written by people: what is wrong with one is said with its line.
#include "tests/scenarios/scenario.hpp"

#include <gtest/gtest.h>

namespace galera::scenario {
namespace {

std::string error_of(std::string_view text) {
    const auto parsed = parse(text);
    return parsed ? "" : parsed.error().text;
}

std::vector<std::string> decided(std::string_view text) {
    const auto parsed = parse(text);
    return parsed ? verdicts_of(*parsed) : std::vector{parsed.error().text};
}

TEST(ScenarioText, SaysWhatIsWrongAndInWhichLine) {
    struct Case {
        const char* text;
        const char* error;
    };
    const std::vector<Case> cases{
        {"", "no data node is named"},
        {"# a sentence\n----\n", "no data node is named"},
        {"g1 silent arbitrator\n", "no data node is named"},
        {"n1\n", "line 1: 'n1' stands alone; NODE KIND ... is wanted"},
        {"# a sentence\n\nn1 stoped A:6\n", "line 3: unknown kind 'stoped'"},
        {"n1 stopped A:6\nn1 silent\n", "line 2: the node n1 is named twice"},
        {"n1: stopped A:6\n", "line 1: 'n1:' cannot be the name of a node"},
        {"n1,n2 stopped A:6\n", "line 1: 'n1,n2' cannot be the name of a node"},
        {"n1 stopped A:-1\n", "line 1: unknown word 'A:-1'"},
        {"n1 stopped A:12x\n", "line 1: unknown word 'A:12x'"},
        {"n1 stopped A:9223372036854775808\n", "line 1: unknown word 'A:9223372036854775808'"},
        {"n1 stopped 1:6\n", "line 1: unknown word '1:6'"},
        {"n1 stopped A:6 A:7\n", "line 1: 'A:7' is a second position"},
        {"n1 stopped A:6 save\n", "line 1: unknown word 'save'"},
        {"n1 silent save\n", "line 1: unknown word 'save'"},
        {"n1 silent\ng1 slient arbitrator\n", "line 2: unknown kind 'slient'"},
        {"n1 stopped A:6 colour=red\n", "line 1: unknown word 'colour=red'"},
        {"n1 stopped A:6 view=n1\n", "line 1: 'view=n1' is not view=NODES@SEQNO"},
        {"n1 stopped A:6 view=n1@x\n", "line 1: 'view=n1@x' is not view=NODES@SEQNO"},
        {"n1 stopped A:6 view=n1@-1\n", "line 1: 'view=n1@-1' is not view=NODES@SEQNO"},
        {"n1 stopped A:6 view=@3\n", "line 1: view: names no node"},
        {"n1 stopped A:6 view=n1,n1@3\n", "line 1: view: names a node twice"},
        {"n1 stopped A:6 view=n1,n2@3\n", "line 1: view: names n2, which is no node here"},
        {"n1 stopped - view=n1@3\n", "line 1: a view wants a position before it"},
        {"n1 stopped A:6 gvw=n2\n", "line 1: gvw: names n2, which is no node here"},
        {"n1 stopped A:6 grastate=6\n", "line 1: 'grastate=6' is not grastate=HISTORY:SEQNO"},
        {"n1 stopped A:6 eras=X:3\n", "line 1: 'eras=X:3' is not eras=SEQNO:LETTER,..."},
        {"n1 stopped A:6 eras=3\n", "line 1: 'eras=3' is not eras=SEQNO:LETTER,..."},
        {"n1 stopped A:6 eras=5:X,3:Y\n", "line 1: 'eras=5:X,3:Y' does not rise"},
    };
    for (const auto& [text, error] : cases)
        EXPECT_EQ(error_of(text), error) << text;
}

TEST(ScenarioText, IsReadWhateverItsBlanksAndLineEndings) {
    const auto parsed =
        parse("# It went down.\r\n\r\n  db1\tstopped  A:6 \r\n---- \r\ndb1: wait \r\n");
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_EQ(parsed->story, " It went down.");
    EXPECT_EQ(parsed->survey.answers.at(0).name, "db1");
    EXPECT_EQ(parsed->expected, std::vector<std::string>{"db1: wait"});
}

TEST(ScenarioText, TakesAnyNameForANode) {
    EXPECT_EQ(decided("db-b.example stopped A:6\nDB_a stopped A:7 view=DB_a,db-b.example@3\n"),
              (std::vector<std::string>{"db-b.example: wait elected_other DB_a",
                                        "DB_a: bootstrap furthest_ahead"}));
}

TEST(ScenarioText, LetsTheOrderOfTheNodesDecideTiesOnly) {
    EXPECT_EQ(decided("b stopped A:6\na stopped A:7\n"),
              (std::vector<std::string>{"b: wait elected_other a", "a: bootstrap furthest_ahead"}));
    EXPECT_EQ(decided("b stopped A:7\na stopped A:7\n"),
              (std::vector<std::string>{"b: bootstrap furthest_ahead", "a: wait elected_other b"}));
}

TEST(ScenarioText, KnowsTheSameViewInWhateverOrder) {
    EXPECT_EQ(decided("a stopped A:7 view=a,b@3\nb stopped A:6 view=b,a@3\n"),
              (std::vector<std::string>{"a: bootstrap furthest_ahead", "b: wait elected_other a"}));
}

TEST(ScenarioText, KnowsTheSameRosterInWhateverOrder) {
    EXPECT_EQ(decided("a stopped A:7 roster=b,a\nb stopped A:6\n"),
              (std::vector<std::string>{"a: bootstrap furthest_ahead", "b: wait elected_other a"}));
    EXPECT_EQ(
        decided("a stopped A:7 roster=a\nb stopped A:6\n"),
        (std::vector<std::string>{"a: refuse roster_differs a", "b: refuse roster_differs a"}));
    EXPECT_EQ(
        decided("a stopped A:7 roster=a,c\nb stopped A:6\n"),
        (std::vector<std::string>{"a: refuse roster_differs a", "b: refuse roster_differs a"}));
}

TEST(ScenarioText, TakesAKilledServersGrastateForNone) {
    const auto parsed = parse("a stopped A:7 grastate=A:-1\n");
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_FALSE(parsed->survey.answers.at(0).report()->saved_position);
}

TEST(ScenarioText, LeavesArbitratorsOffTheRoster) {
    const auto parsed = parse("a stopped A:7 view=a,g@3\ng silent arbitrator\nb silent\n");
    ASSERT_TRUE(parsed) << parsed.error().text;
    ASSERT_EQ(parsed->survey.answers.size(), 2U);
    EXPECT_EQ(parsed->survey.answers.at(1).name, "b");
    const auto& view = parsed->survey.answers.at(0).report()->applied_view;
    EXPECT_EQ(view->members.at(1).incoming_address, "") << "as Galera reports an arbitrator";
}

TEST(ScenarioText, IsRewrittenBelowTheLine) {
    EXPECT_EQ(rewritten("# s\na stopped A:7\n\n----\nold\n", {"a: new"}),
              "# s\na stopped A:7\n----\na: new\n");
    EXPECT_EQ(rewritten("# s\na stopped A:7", {"a: new"}), "# s\na stopped A:7\n----\na: new\n");
    EXPECT_EQ(rewritten("# s\r\na stopped A:7\r\n----\r\n", {}), "# s\na stopped A:7\n----\n");
}

} // namespace
} // namespace galera::scenario
