// The control flow of `start`, told as stories: what was seen, and what it does next.
#include "initiator/run/loop.hpp"
#include "tests/scenarios/scenario.hpp"

#include <gtest/gtest.h>

namespace galera::run {
namespace {

using namespace std::chrono_literals;

/// One run of the loop on n1, or on the node named last.
class Story {
public:
    explicit Story(const std::string& cluster, std::size_t local = 0,
                   std::chrono::milliseconds wait_timeout = 0ms)
        : local_{local}, loop_{{scenario(cluster).rules, 1s, wait_timeout}} {}

    /// The survey shows the cluster so; what is the next step?
    std::string sees(const std::string& cluster, OwnServer own = OwnServer::none,
                     std::chrono::milliseconds since_begin = 1ms) {
        auto survey = scenario(cluster).survey;
        survey.local = local_;
        return told(loop_.next(Seen{std::move(survey), own, since_begin}));
    }
    std::string done() { return told(loop_.next(Done{})); }
    std::string started(StartOutcome outcome) { return told(loop_.next(outcome)); }

private:
    static scenario::Scenario scenario(const std::string& cluster) {
        return scenario::parse(cluster).value();
    }

    static std::string told(const Step& step) {
        struct Teller {
            std::string operator()(const Look&) const { return "look"; }
            std::string operator()(const Pause&) const { return "pause"; }
            std::string operator()(const Stop&) const { return "stop"; }
            std::string operator()(const Adopt& adopt) const {
                return "adopt " + std::to_string(adopt.lineage.size()) + " eras";
            }
            std::string operator()(const End& end) const {
                return "end " + std::to_string(static_cast<int>(end.status));
            }
            std::string operator()(const Start& start) const {
                return "start " + std::string{word_of(start.verdict.kind)};
            }
            std::string operator()(const Restore& restore) const {
                return "restore " + std::string{word_of(restore.verdict.reason)};
            }
            std::string operator()(const Publish& publish) const {
                constexpr std::array words{"", "surveying", "claiming", "bootstrapping", "joining"};
                return std::string{"publish "} + words.at(static_cast<std::size_t>(publish.phase));
            }
        };
        return std::visit(Teller{}, step);
    }

    std::size_t local_;
    Loop loop_;
};

const std::string all_down = "n1 initiating A:9\nn2 initiating A:9\nn3 initiating A:8\n";
const std::string claimed = "n1 locked A:9\nn2 initiating A:9\nn3 initiating A:8\n";
const std::string up_alone = "n1 primary A:10\nn2 initiating A:9\nn3 initiating A:8\n";
const std::string n3_alone = "n1 primary A:10\nn2 stopped A:9\nn3 initiating A:8\n"; // to join
const std::string n1_starting = "n1 starting\nn2 initiating A:9\nn3 initiating A:8\n";

/// Up to the point where the claim is confirmed.
void claim(Story& story) {
    ASSERT_EQ(story.sees(all_down), "publish claiming");
    ASSERT_EQ(story.done(), "look");
    ASSERT_EQ(story.sees(claimed), "look") << "seen by itself; survey once more";
}

TEST(Loop, BootstrapsAfterItsClaimWasSeenAndASecondSurveyAgrees) {
    Story story{all_down};
    claim(story);
    EXPECT_EQ(story.sees(claimed), "publish bootstrapping");
    EXPECT_EQ(story.done(), "start bootstrap");
    EXPECT_EQ(story.started(StartOutcome::started), "look");
    EXPECT_EQ(story.sees(n1_starting, OwnServer::up), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(up_alone, OwnServer::up), "end 0");
}

TEST(Loop, WaitsUntilItsClaimIsSeenThroughTheLocalAgent) {
    Story story{all_down};
    EXPECT_EQ(story.sees(all_down), "publish claiming");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(all_down), "pause") << "the agent has not sampled yet";
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees("n1 silent\nn2 initiating A:9\nn3 initiating A:8\n"), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(claimed), "look");
}

TEST(Loop, TakesItsClaimBackWhenTheSecondSurveyDiffers) {
    struct Case {
        const char* what;
        std::string second;
    };
    const std::vector<Case> cases{
        {"n3 had more after all", "n1 locked A:9\nn2 initiating A:9\nn3 initiating A:10\n"},
        {"n2 fell silent", "n1 locked A:9\nn2 silent\nn3 initiating A:8\n"},
        {"n2's operator started it by hand", "n1 locked A:9\nn2 starting\nn3 initiating A:8\n"},
        {"a Primary is up", "n1 locked A:9\nn2 primary A:9\nn3 initiating A:8\n"},
        {"the own position moved", "n1 locked A:11\nn2 initiating A:9\nn3 initiating A:8\n"},
        {"the agent shows no claim any more", all_down},
    };
    for (const auto& [what, second] : cases) {
        Story story{all_down};
        claim(story);
        EXPECT_EQ(story.sees(second), "publish surveying") << what;
        EXPECT_EQ(story.done(), "pause") << what;
        EXPECT_EQ(story.done(), "look") << what;
    }
}

TEST(Loop, OfTwoClaimsTheLowerAddressKeepsAndWaitsForTheOtherToGoBack) {
    const std::string rivals = "n1 locked A:9\nn2 locked A:9\nn3 initiating A:8\n";
    Story lower{all_down, 0};
    claim(lower);
    EXPECT_EQ(lower.sees(rivals), "pause");
    EXPECT_EQ(lower.done(), "look");
    EXPECT_EQ(lower.sees(claimed), "publish bootstrapping");

    const std::string n2_safe = "n1 initiating A:9\nn2 initiating A:9 safe\nn3 initiating A:8\n";
    Story higher{n2_safe, 1};
    ASSERT_EQ(higher.sees(n2_safe), "publish claiming");
    ASSERT_EQ(higher.done(), "look");
    ASSERT_EQ(higher.sees(rivals), "look");
    EXPECT_EQ(higher.sees(rivals), "publish surveying");
}

const std::string lost =
    "--recover-non-primary\nn1 nonprimary A:9\nn2 nonprimary A:8\nn3 nonprimary A:8\n";
const std::string lost_and_claimed =
    "--recover-non-primary\nn1 nonprimary A:9 claims\nn2 nonprimary A:8\nn3 nonprimary A:8\n";

/// Up to the point where pc.bootstrap is set.
void restore(Story& story) {
    ASSERT_EQ(story.sees(lost), "publish claiming");
    ASSERT_EQ(story.done(), "look");
    ASSERT_EQ(story.sees(lost), "pause") << "the agent has not sampled yet";
    ASSERT_EQ(story.done(), "look");
    ASSERT_EQ(story.sees(lost_and_claimed), "look") << "seen by itself; survey once more";
    ASSERT_EQ(story.sees(lost_and_claimed), "publish bootstrapping");
    ASSERT_EQ(story.done(), "restore primary_restored");
}

TEST(Loop, RestoresAPrimaryComponentAfterTheSameClaim) {
    Story story{lost};
    restore(story);
    EXPECT_EQ(story.started(StartOutcome::started), "look");
    EXPECT_EQ(story.sees("n1 primary A:10\nn2 nonprimary A:8\nn3 nonprimary A:8\n"), "end 0");
}

TEST(Loop, RestoresNothingWhenTheSecondSurveyDiffers) {
    const std::string head = "--recover-non-primary\nn1 nonprimary A:9 claims\n";
    for (const std::string others :
         {"n2 nonprimary A:10\nn3 nonprimary A:8\n", "n2 silent\nn3 nonprimary A:8\n",
          "n2 stopped A:8\nn3 nonprimary A:8\n", "n2 primary A:8\nn3 nonprimary A:8\n",
          "n2 nonprimary A:8\nn3 nonprimary A:8 claims\n"}) {
        Story story{lost};
        ASSERT_EQ(story.sees(lost), "publish claiming");
        ASSERT_EQ(story.done(), "look");
        ASSERT_EQ(story.sees(lost_and_claimed), "look");
        const auto next = story.sees(head + others);
        EXPECT_TRUE(next == "publish surveying" || next == "pause") << others << next;
    }
}

TEST(Loop, WithdrawsWhereThePrimaryComponentDoesNotCome) {
    Story story{lost};
    restore(story);
    EXPECT_EQ(story.started(StartOutcome::started), "look");
    for (int survey = 1; survey < 5; ++survey) {
        EXPECT_EQ(story.sees(lost), "pause");
        EXPECT_EQ(story.done(), "look");
    }
    EXPECT_EQ(story.sees(lost), "publish surveying");
    EXPECT_EQ(story.done(), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(lost), "publish claiming") << "and begins anew";
}

TEST(Loop, EndsWhereTheComponentComesTogetherByItself) {
    const std::string together = "n1 primary A:10\nn2 primary A:10\nn3 primary A:10\n";
    Story story{lost};
    ASSERT_EQ(story.sees(lost), "publish claiming");
    ASSERT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(together), "publish surveying");
    EXPECT_EQ(story.done(), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(together), "end 0");
}

TEST(Loop, WithdrawsWhereTheServerIsNotWhatWasSeen) {
    Story story{lost};
    restore(story);
    EXPECT_EQ(story.started(StartOutcome::ground_changed), "publish surveying");
}

TEST(Loop, LeavesANodeOutsideAPrimaryComponentAsItIsWithoutTheOption) {
    const std::string without = "n1 nonprimary A:9\nn2 nonprimary A:8\nn3 nonprimary A:8\n";
    Story story{without};
    EXPECT_EQ(story.sees(without), "pause");
}

TEST(Loop, JoinsAPrimary) {
    Story story{all_down, 2};
    EXPECT_EQ(story.sees(n3_alone), "publish joining");
    EXPECT_EQ(story.done(), "start join");
    EXPECT_EQ(story.started(StartOutcome::started), "look");
    EXPECT_EQ(story.sees("n1 primary A:10\nn2 initiating A:9\nn3 primary A:10\n", OwnServer::up),
              "end 0");
}

TEST(Loop, TakesOverWhatItsFellowMembersKnowOfTheirPast) {
    // Between n3's verdict and its join, n1 and n2 went down, and n1 was bootstrapped.
    Story story{all_down, 2};
    ASSERT_EQ(story.sees(n3_alone), "publish joining");
    ASSERT_EQ(story.done(), "start join");
    ASSERT_EQ(story.started(StartOutcome::started), "look");
    EXPECT_EQ(story.sees("n1 primary A:12 view=n1@11 eras=11:X\nn2 initiating A:9\n"
                         "n3 primary A:12 view=n1,n3@12 eras=unknown\n",
                         OwnServer::up),
              "pause")
        << "n1's report is from before the join";
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees("n1 primary A:12 view=n1,n3@12 eras=11:X\nn2 initiating A:9\n"
                         "n3 primary A:12 view=n1,n3@12 eras=unknown\n",
                         OwnServer::up),
              "adopt 1 eras");
    EXPECT_EQ(story.done(), "end 0");
}

TEST(Loop, RecordsWhatOthersKnowOfItsPastWhileTheyStillDo) {
    // n3 missed the last views of the cluster; n1 was there.
    const std::string all_back = "n1 initiating A:12 view=n1,n3@11 eras=7:X\nn2 silent\n"
                                 "n3 initiating A:11 view=n1,n3@11 eras=unknown\n";
    Story story{all_down, 2};
    EXPECT_EQ(story.sees(all_back), "adopt 1 eras");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(all_back), "pause") << "once";
}

TEST(Loop, DoesNotWaitForEverForWhatNobodyKnows) {
    const std::string unknown = "n1 primary A:12 view=n1,n3@12 eras=unknown\nn2 initiating A:9\n"
                                "n3 primary A:12 view=n1,n3@12 eras=unknown\n";
    Story story{all_down, 2};
    for (int survey = 0; survey < 4; ++survey) {
        ASSERT_EQ(story.sees(unknown), "pause");
        ASSERT_EQ(story.done(), "look");
    }
    EXPECT_EQ(story.sees(unknown), "end 0");
}

TEST(Loop, EndsAtOnceWhereThereIsNothingToDoOrNothingToHope) {
    EXPECT_EQ(Story{all_down}.sees(up_alone), "end 0") << "a member already";
    EXPECT_EQ(Story{all_down}.sees("n1 initiating A:9\nn2 initiating A:9\nn3 initiating B:9\n"),
              "end 4");
}

TEST(Loop, DoesNotBelieveALocalReportFromBeforeItBegan) {
    // Killed a moment ago; the agent's last sample still calls the server Synced.
    Story story{all_down};
    EXPECT_EQ(story.sees(up_alone, OwnServer::none, 0ms), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(all_down), "publish claiming");
}

TEST(Loop, LooksAgainWhenTheGroundHasChanged) {
    Story story{all_down, 2};
    ASSERT_EQ(story.sees(n3_alone), "publish joining");
    ASSERT_EQ(story.done(), "start join");
    EXPECT_EQ(story.started(StartOutcome::ground_changed), "publish surveying");
    EXPECT_EQ(story.done(), "pause");
    EXPECT_EQ(story.done(), "look");
}

TEST(Loop, EndsWhenTheServerDoesNotStart) {
    Story at_once{all_down, 2};
    ASSERT_EQ(at_once.sees(n3_alone), "publish joining");
    ASSERT_EQ(at_once.done(), "start join");
    EXPECT_EQ(at_once.started(StartOutcome::failed), "end 5");

    Story later{all_down, 2};
    ASSERT_EQ(later.sees(n3_alone), "publish joining");
    ASSERT_EQ(later.done(), "start join");
    ASSERT_EQ(later.started(StartOutcome::started), "look");
    EXPECT_EQ(later.sees(up_alone, OwnServer::ended), "end 5");
}

TEST(Loop, TimesOutOnlyWhileItWaits) {
    const std::string n2_silent = "n1 initiating A:9\nn2 silent\nn3 initiating A:8\n";
    Story story{all_down, 0, 10s};
    EXPECT_EQ(story.sees(n2_silent, OwnServer::none, 9999ms), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(n2_silent, OwnServer::none, 10s), "end 3");

    Story transfer{all_down, 2, 10s};
    ASSERT_EQ(transfer.sees(n3_alone), "publish joining");
    ASSERT_EQ(transfer.done(), "start join");
    ASSERT_EQ(transfer.started(StartOutcome::started), "look");
    EXPECT_EQ(transfer.sees("n1 primary A:10\nn2 initiating A:9\nn3 starting\n", OwnServer::up,
                            std::chrono::hours{5}),
              "pause")
        << "a state transfer may take hours";
}

TEST(Loop, LetsAnotherJoinFirstForAWhile) {
    Story story{all_down, 2};
    for (auto second = 1s; second <= 9s; ++second) {
        ASSERT_EQ(story.sees(up_alone, OwnServer::none, second), "pause") << "n2 is before n3";
        ASSERT_EQ(story.done(), "look");
    }
    EXPECT_EQ(story.sees(up_alone, OwnServer::none, 10s), "pause");
    EXPECT_EQ(story.done(), "look");
    EXPECT_EQ(story.sees(up_alone, OwnServer::none, 11s), "publish joining")
        << "three seconds for each place in the roster";
    EXPECT_EQ(story.done(), "start join");

    Story flapping{all_down, 2};
    int lets = 0;
    for (auto second = 1s; second <= 60s && lets < 20; second += 4s) {
        const auto step = flapping.sees(up_alone, OwnServer::none, second);
        if (step == "publish joining")
            break;
        ++lets;
        ASSERT_EQ(flapping.done(), "look");
        ASSERT_EQ(flapping.sees(n1_starting, OwnServer::none, second + 2s), "pause");
        ASSERT_EQ(flapping.done(), "look");
    }
    EXPECT_EQ(lets, 4) << "other verdicts between do not begin it anew";

    Story limited{all_down, 2, 2s};
    ASSERT_EQ(limited.sees(up_alone), "pause");
    ASSERT_EQ(limited.done(), "look");
    EXPECT_EQ(limited.sees(up_alone, OwnServer::none, 2s), "publish joining")
        << "rather than time out";
}

TEST(JoinsFirst, IsWhoseServerIsOnItsWayIntoTheGroup) {
    struct Case {
        const char* what;
        std::string cluster;
        std::optional<std::size_t> first;
    };
    const std::string n1_alone = "n1 primary A:10 view=n1@10\n";
    const std::vector<Case> cases{
        {"n2 is about to start its server", n1_alone + "n2 initiating A:9\nn3 initiating A:8\n", 1},
        {"n1 is, before n3", "n1 initiating A:9\nn2 primary A:10\nn3 initiating A:8\n", 0},
        {"n2's server is not in the group yet", n1_alone + "n2 starting\nn3 initiating A:8\n", 1},
        {"n2 receives its state in the group",
         "n1 primary A:10 view=n1,n2@10\nn2 starting\nn3 initiating A:8\n",
         {}},
        {"who is in the group is not known",
         "n1 primary A:10\nn2 starting\nn3 initiating A:8\n",
         {}},
        {"nobody starts n2", n1_alone + "n2 stopped A:9\nn3 initiating A:8\n", {}},
        {"n2 says nothing", n1_alone + "n2 silent\nn3 initiating A:8\n", {}},
        {"n2's report is old", n1_alone + "n2 initiating A:9 stale\nn3 initiating A:8\n", {}},
        {"n2 is a member",
         "n1 primary A:10 view=n1,n2@10\nn2 primary A:10\nn3 initiating A:8\n",
         {}},
    };
    for (const auto& [what, cluster, first] : cases) {
        auto parsed = scenario::parse(cluster).value();
        parsed.survey.local = 2;
        EXPECT_EQ(joins_first(parsed.survey, parsed.rules), first) << what;
    }
    auto recovers = scenario::parse(n1_alone + "n2 recovering\nn3 initiating A:8\n").value();
    recovers.survey.local = 2;
    EXPECT_EQ(joins_first(recovers.survey, recovers.rules), std::nullopt);
    std::get<NodeReport>(recovers.survey.answers[1].said).status = NodeStatus::initiating;
    EXPECT_EQ(joins_first(recovers.survey, recovers.rules), 1) << "as it does before the start";
    auto higher = scenario::parse(n1_alone + "n2 initiating A:9\nn3 initiating A:8\n").value();
    higher.survey.local = 1;
    EXPECT_EQ(joins_first(higher.survey, higher.rules), std::nullopt) << "n3 comes after n2";
    auto late = scenario::parse(n1_alone + "n2 initiating A:9\nn3 starting\n").value();
    late.survey.local = 1;
    EXPECT_EQ(joins_first(late.survey, late.rules), 2) << "n3 has begun before n2";
}

TEST(Loop, StopsAJoinerThatWasLeftAlone) {
    // The only Primary node lost its power while n3 was joining it: n3's server waits for ever,
    // and everybody else would wait for n3.
    const std::string stranded = "n1 initiating A:10\nn2 initiating A:9\nn3 nonprimary A:8\n";
    Story story{all_down, 2};
    ASSERT_EQ(story.sees(n3_alone), "publish joining");
    ASSERT_EQ(story.done(), "start join");
    ASSERT_EQ(story.started(StartOutcome::started), "look");
    for (int survey = 0; survey < 4; ++survey) {
        ASSERT_EQ(story.sees(stranded, OwnServer::up), "pause");
        ASSERT_EQ(story.done(), "look");
    }
    EXPECT_EQ(story.sees(stranded, OwnServer::up), "stop");
    EXPECT_EQ(story.done(), "publish surveying");
    EXPECT_EQ(story.done(), "look");
}

TEST(Stranded, IsNobodyWhoMayBeFed) {
    struct Case {
        const char* what;
        std::string cluster;
        bool stranded;
    };
    const std::vector<Case> cases{
        {"everybody else is down", "n1 stopped A:9\nn2 stopped A:9\nn3 nonprimary A:8\n", true},
        {"n2 does not answer and may be the donor",
         "n1 stopped A:9\nn2 silent\nn3 nonprimary A:8\n", false},
        {"n2 is in a Primary", "n1 stopped A:9\nn2 primary A:9\nn3 nonprimary A:8\n", false},
        {"n2 starts, and may be in one when it has",
         "n1 stopped A:9\nn2 starting\nn3 nonprimary A:8\n", false},
        {"this node receives its state", "n1 stopped A:9\nn2 stopped A:9\nn3 starting\n", false},
        {"n1's report is old", "n1 stopped A:9 stale\nn2 stopped A:9\nn3 nonprimary A:8\n", false},
    };
    for (const auto& [what, cluster, stranded] : cases) {
        auto parsed = scenario::parse(cluster).value();
        parsed.survey.local = 2;
        EXPECT_EQ(is_stranded(parsed.survey, parsed.rules), stranded) << what;
    }
}

} // namespace
} // namespace galera::run
