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

    /// Each letter is one life of one server, `a` to `c` of n1 to n3; a capital one an
    /// arbitrator's.
    Cluster& view(std::size_t node, std::uint64_t id, const std::string& servers) {
        auto& view = *report(node).applied_view;
        view.id = id;
        view.members.clear();
        for (const auto server : servers) {
            const bool arbitrator = server < 'a';
            const auto host = "10.0.0." + std::to_string(server - 'a' + 1);
            view.members.push_back(
                {life(server), std::string{server}, arbitrator ? "" : host + ":3306"});
        }
        return *this;
    }

    /// The views that its data went through.
    Cluster& past(std::size_t node, ViewLog views) {
        report(node).views = std::move(views);
        return *this;
    }
    /// `wsrep_cluster_conf_id`
    Cluster& conf_id(std::size_t node, std::uint64_t id) {
        report(node).cluster.conf_id = id;
        return *this;
    }

    [[nodiscard]] Verdict decided(std::size_t local) {
        scenario_.survey.local = local;
        return decide(scenario_.survey, scenario_.rules, false);
    }
    [[nodiscard]] const std::optional<View>& applied_view(std::size_t node) {
        return report(node).applied_view;
    }
    [[nodiscard]] std::optional<Lineage> to_learn(std::size_t local) {
        scenario_.survey.local = local;
        return lineage_to_learn(scenario_.survey, scenario_.rules);
    }

private:
    NodeReport& report(std::size_t node) {
        return std::get<NodeReport>(scenario_.survey.answers.at(node).said);
    }
    scenario::Scenario scenario_;
};

/// A view of the members that the digest stands for.
PastView past(std::uint64_t id, std::int64_t seqno, std::uint64_t members = 0) {
    return {{id, *Seqno::from(seqno)}, members};
}

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

TEST(Line, AForkIsFoundByViewsLongPast) {
    // Each side has gone on since: their last views alone could follow one another.
    const std::string both = "n1 stopped A:19 view=n1,n2@18\nn2 stopped A:8 view=n1,n2,n3@8\n"
                             "n3 stopped A:16 view=n2,n3@13\n";
    struct Case {
        const char* what;
        ViewLog left;
        ViewLog right;
        bool forked;
    };
    const std::vector<Case> cases{
        {"one line", {past(3, 5), past(7, 17)}, {past(3, 5)}, false},
        {"nothing kept", {}, {}, false},
        {"one id at two seqnos", {past(5, 12)}, {past(5, 13)}, true},
        {"two ids at one seqno", {past(5, 10)}, {past(4, 10)}, true},
        {"other members", {past(5, 10, 1)}, {past(5, 10, 2)}, true},
        {"ids that do not rise", {past(5, 12)}, {past(6, 11)}, true},
        {"a view that the other had to apply", {past(6, 15)}, {}, true},
    };
    for (const auto& [what, left, right, forked] : cases) {
        auto cluster = Cluster{both}.view(0, 9, "ab").view(1, 4, "abc").view(2, 5, "bc");
        cluster.past(0, left).past(2, right);
        EXPECT_EQ(cluster.decided(0).reason == Reason::history_forked, forked) << what;
    }
}

TEST(Line, NothingIsComparedAcrossEras) {
    auto cluster = Cluster{"n1 stopped A:19 view=n1@18 eras=18:X\nn2 stopped A:17 view=n1,n2@8\n"
                           "n3 stopped A:17 view=n1,n2@8\n"};
    cluster.view(0, 1, "a").view(1, 4, "bc").view(2, 4, "bc");
    cluster.past(0, {past(4, 8, 7)}).past(1, {}).past(2, {});
    EXPECT_EQ(cluster.decided(0).reason, Reason::history_forked) << "another view at that seqno";
    cluster.past(0, {});
    EXPECT_EQ(cluster.decided(0).kind, VerdictKind::bootstrap) << "ids began again with the era";
}

TEST(Line, WhoMayBeOnEitherSideOfAForkDoesNotJoinOne) {
    // n1 was the first to stop; n2 and n3 have a fifth view each.
    const auto decided = [](const std::string& here) {
        auto cluster = Cluster{here + " view=n1,n2,n3@9\nn2 stopped A:15 view=n1,n2@13\n"
                                      "n3 primary A:16 view=n2,n3@12\n"};
        cluster.view(0, 4, "abc").view(1, 5, "ab").view(2, 5, "bc");
        const auto common = past_of(*cluster.applied_view(0));
        return cluster.past(1, {common}).past(2, {common}).decided(0);
    };
    EXPECT_EQ(decided("n1 stopped A:11").reason, Reason::history_forked);
    EXPECT_EQ(decided("n1 stopped A:9").kind, VerdictKind::join) << "where the sides were one";
}

TEST(Line, WhoIsOnThePrimarysSideOfAForkJoins) {
    auto cluster = Cluster{"n1 stopped A:14 view=n1,n3@12\nn2 stopped A:15 view=n1,n2@13\n"
                           "n3 primary A:16 view=n2,n3@15\n"};
    cluster.view(0, 5, "ac").view(1, 5, "ab").view(2, 6, "bc");
    cluster.past(2, {past_of(*cluster.applied_view(0))});
    EXPECT_EQ(cluster.decided(0).kind, VerdictKind::join);
}

TEST(Line, ABootstrapBesideANodeThatIsGoneIsNoForkForTheOthers) {
    // n2 had been called lost and holds more; n1 stopped before the new era began.
    auto cluster = Cluster{"n1 stopped A:8 view=n1,n2,n3@3\nn2 stopped A:10 view=n1,n2,n3@3\n"
                           "n3 primary A:12 view=n3@9 eras=9:X\n"};
    EXPECT_EQ(cluster.decided(0).kind, VerdictKind::join);
    EXPECT_EQ(cluster.decided(1).reason, Reason::history_forked);
}

TEST(Line, AMemberThatHasNotAppliedItsViewIsNotJoined) {
    auto cluster = Cluster{"n1 stopped A:8 view=n1,n2,n3@4\nn2 primary A:9 view=n1,n2,n3@4\n"
                           "n3 silent\n"};
    cluster.view(0, 4, "abc").view(1, 4, "abc");
    EXPECT_EQ(cluster.conf_id(1, 5).decided(0).reason, Reason::peer_starting);
    EXPECT_EQ(cluster.conf_id(1, 4).decided(0).kind, VerdictKind::join);
}

TEST(Line, WhoForgotItsErasIsKnownByAViewThatAnotherWentThrough) {
    auto cluster = Cluster{"n1 stopped A:12 view=n1,n2@8\nn2 stopped A:14 view=n2@13\n"
                           "n3 stopped A:11 view=n2,n3@8 eras=unknown\n"};
    cluster.view(0, 3, "ab").view(1, 4, "bx").view(2, 3, "ab");
    EXPECT_TRUE(cluster.to_learn(2)) << "the same view";
    cluster.view(0, 4, "ay").view(2, 3, "cd");
    EXPECT_FALSE(cluster.to_learn(2));
    cluster.past(1, {past_of(*cluster.applied_view(2))});
    EXPECT_TRUE(cluster.to_learn(2));
}

TEST(Line, WhoForgotItsErasIsKnownByAServerThatLivedOn) {
    const std::string forgetful = "n1 stopped A:12 view=n1,n2@8\nn2 stopped A:16 view=n2@16\n"
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
        auto cluster = Cluster{forgetful}.view(0, 3, "ab").view(1, 6, "bZ").view(2, id, servers);
        EXPECT_EQ(cluster.to_learn(2).has_value(), known) << what;
    }
}

TEST(Line, AServerThatAViewNamesMayNotHaveGoneAlong) {
    // n2 came into a component that n3 had been bootstrapped into by hand, held more, and ended.
    auto cluster = Cluster{"n1 stopped A:12 view=n1,n2@8\nn2 stopped A:14 view=n2@13\n"
                           "n3 primary A:16 view=n2,n3@15 eras=unknown\n"};
    cluster.view(0, 3, "ab").view(1, 4, "bZ").view(2, 5, "bc");
    EXPECT_FALSE(cluster.to_learn(2));
    EXPECT_EQ(cluster.decided(0).reason, Reason::lineage_unknown);
    EXPECT_EQ(cluster.decided(1).reason, Reason::lineage_unknown);
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
