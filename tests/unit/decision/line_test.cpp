// What the views of two nodes tell of their common past, in cases that scenarios cannot write down:
// they have no ids for views, and no lives of servers.
#include "initiator/decision/decide.hpp"
#include "tests/scenarios/scenario.hpp"

#include <gtest/gtest.h>

namespace galera::decision {
namespace {

Uuid life(char letter) {
    Uuid::Octets octets{};
    octets.fill(static_cast<std::uint8_t>(letter));
    return *Uuid::from(octets);
}

/// A cluster whose views can be given ids and servers.
class Cluster {
public:
    explicit Cluster(const std::string& text) : scenario_{scenario::parse(text).value()} {}

    /// Each letter is one life of one server; a capital one an arbitrator's.
    Cluster& view(std::size_t node, std::uint64_t id, const std::string& servers) {
        auto& report = std::get<NodeReport>(scenario_.survey.answers.at(node).said);
        report.applied_view->id = id;
        report.applied_view->members.clear();
        for (const auto server : servers) {
            const bool arbitrator = server < 'a';
            report.applied_view->members.push_back(
                {life(server), std::string{server}, arbitrator ? "" : "10.0.0.1:3306"});
        }
        return *this;
    }

    [[nodiscard]] Verdict decided(std::size_t local) {
        scenario_.survey.local = local;
        return decide(scenario_.survey, scenario_.rules, false);
    }
    [[nodiscard]] std::optional<Lineage> to_learn(std::size_t local) {
        scenario_.survey.local = local;
        return lineage_to_learn(scenario_.survey, scenario_.rules);
    }

private:
    scenario::Scenario scenario_;
};

TEST(Line, GaleraForksAHistoryWithoutABootstrap) {
    // n1 was stopped while n2 was joining it; n3, frozen until then, came back to n2 alone and went
    // on from its own position. Both sides had a fifth view.
    const std::string both = "n1 stopped A:19 view=n1,n2@18\nn2 stopped A:8 view=n1,n2,n3@8\n"
                             "n3 stopped A:16 view=n2,n3@13\n";
    auto cluster = Cluster{both}.view(0, 5, "ab").view(1, 4, "abc").view(2, 5, "bc");
    EXPECT_EQ(cluster.decided(0).reason, Reason::history_forked);
    auto in_order = Cluster{both}.view(0, 6, "ab").view(1, 4, "abc").view(2, 5, "bc");
    EXPECT_NE(in_order.decided(0).reason, Reason::history_forked);
}

TEST(Line, WhoForgotItsErasIsKnownByAServerThatLivedOn) {
    const std::string forgetful = "n1 stopped A:12 view=n1,n2@8\nn2 stopped A:14 view=n2@13\n"
                                  "n3 stopped A:16 view=n2,n3@15 eras=unknown\n";
    struct Case {
        const char* what;
        std::uint64_t id;
        std::string servers;
        bool known;
    };
    const std::vector<Case> cases{
        {"the server of n2 was in both views", 5, "bc", true},
        {"every server is another one", 5, "xy", false},
        {"of an arbitrator nothing follows", 5, "xZ", false},
        {"the ids began again", 2, "bc", false},
    };
    for (const auto& [what, id, servers, known] : cases) {
        auto cluster = Cluster{forgetful}.view(0, 3, "ab").view(1, 4, "bZ").view(2, id, servers);
        EXPECT_EQ(cluster.decided(2).kind == VerdictKind::bootstrap, known) << what;
        EXPECT_EQ(cluster.to_learn(2).has_value(), known) << what;
    }
}

TEST(Line, AnEraThatBeganAfterTheViewIsNotLearnt) {
    // n1 is being bootstrapped: its agent knows the name of the new era already.
    auto cluster = Cluster{"n1 primary A:12 view=n1,n2@12 eras=7:X,13:Y\n"
                           "n2 stopped A:12 view=n1,n2@12 eras=unknown\n"};
    const auto learnt = cluster.to_learn(1);
    ASSERT_TRUE(learnt);
    EXPECT_EQ(learnt->size(), 1U);
}

TEST(Line, AMemberThatCameByHandLearnsTheErasThatItMissed) {
    auto cluster = Cluster{"n1 primary A:12 view=n1,n2@12 eras=7:X\n"
                           "n2 primary A:12 view=n1,n2@12\nn3 stopped A:9 view=n1,n2,n3@6\n"};
    cluster.view(0, 6, "ab").view(1, 6, "ab");
    ASSERT_TRUE(cluster.to_learn(1));
    EXPECT_EQ(cluster.to_learn(1)->size(), 1U);
    EXPECT_FALSE(cluster.to_learn(0)) << "it knows more than n2";
    EXPECT_FALSE(cluster.to_learn(2)) << "it was not in that view";
}

} // namespace
} // namespace galera::decision
