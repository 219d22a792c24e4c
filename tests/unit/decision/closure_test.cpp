// Who the members of a view are, in cases that scenarios cannot write down: there a node has one
// name and one address.
#include "initiator/decision/decide.hpp"
#include "tests/scenarios/scenario.hpp"

#include <gtest/gtest.h>

namespace galera::decision {
namespace {

/// n1 and n2 are back, n3 is not, and was not in the last view.
class TwoOfThree : public testing::Test {
protected:
    TwoOfThree()
        : scenario_{scenario::parse("n1 stopped A:6 view=n1,n2@3\nn2 stopped A:6 view=n1,n2@3\n"
                                    "n3 silent\n----\n")
                        .value()} {}

    /// The view that both applied.
    void set_view(const std::vector<std::pair<std::string, std::string>>& names_and_addresses) {
        for (std::size_t node = 0; node < 2; ++node) {
            auto& members = report(node).applied_view->members;
            members.clear();
            for (const auto& [name, incoming_address] : names_and_addresses)
                members.push_back({one_of(members.size()), name, incoming_address});
        }
    }
    void name(std::size_t node, const std::string& name) {
        scenario_.survey.answers.at(node).name = name;
    }
    [[nodiscard]] Verdict decided() {
        scenario_.survey.local = 0;
        return decide(scenario_.survey, scenario_.rules, false);
    }

    void call_lost(std::size_t node) {
        scenario_.rules.assume_lost.push_back(answer(node).node.address);
    }
    Answer& answer(std::size_t node) { return scenario_.survey.answers.at(node); }
    NodeReport& report(std::size_t node) { return std::get<NodeReport>(answer(node).said); }

private:
    static Uuid one_of(std::size_t number) {
        Uuid::Octets octets{};
        octets.fill(static_cast<std::uint8_t>(number + 1));
        return *Uuid::from(octets);
    }
    scenario::Scenario scenario_;
};

TEST_F(TwoOfThree, AreAllOfTheirView) {
    EXPECT_EQ(decided().kind, VerdictKind::bootstrap);
}

TEST_F(TwoOfThree, AreKnownByTheirNamesBehindOtherAddresses) {
    set_view({{"n1", "n1:3306"}, {"n2", "192.0.2.2:3306"}});
    EXPECT_EQ(decided().kind, VerdictKind::bootstrap);
}

TEST_F(TwoOfThree, AreNotAllWhereAnotherMachineHadTheNameOfOne) {
    set_view({{"n1", "n1:3306"}, {"n2", "n2:3306"}, {"n2", "192.0.2.9:3306"}});
    EXPECT_EQ(decided().reason, Reason::closure_open);
}

TEST_F(TwoOfThree, AreNotAllWhereTwoMachinesHadTheNameOfOne) {
    set_view({{"n1", "n1:3306"}, {"n2", "192.0.2.2:3306"}, {"n2", "192.0.2.9:3306"}});
    EXPECT_EQ(decided().reason, Reason::closure_open);
}

TEST_F(TwoOfThree, AreNotKnownByANameThatTheThirdHasToo) {
    set_view({{"n1", "n1:3306"}, {"debian", "192.0.2.2:3306"}});
    name(1, "debian");
    name(2, "debian");
    EXPECT_EQ(decided().reason, Reason::closure_open);
}

// All report, and what n1 and n2 were in last was a view with a node that nobody asks.
TEST_F(TwoOfThree, AndTheThirdAreNotAllOfAClusterWhoseLastViewNamedAnother) {
    answer(2).said = report(0);
    report(2).node_name = answer(2).name;
    report(2).node_address = answer(2).node.address;
    report(2).position->seqno = Seqno::from(5).value();
    report(2).applied_view.reset();
    EXPECT_EQ(decided().proof, Proof::census);
    set_view({{"n1", "n1:3306"}, {"n2", "n2:3306"}, {"n9", "n9:3306"}});
    EXPECT_EQ(decided().kind, VerdictKind::wait);
    EXPECT_EQ(decided().reason, Reason::census_open);
    EXPECT_EQ(decided().named, (std::vector<Named>{{0, Lack::outside_roster}}));
    set_view({{"n1", "n1:3306"}, {"n2", "n2:3306"}, {"garb", ""}});
    EXPECT_EQ(decided().proof, Proof::census) << "an arbitrator holds nothing";
    set_view({{"a", "192.0.2.1:3306"}, {"b", "192.0.2.2:3306"}});
    EXPECT_EQ(decided().proof, Proof::census) << "both of it report, under other names";
    report(0).applied_view.reset();
    EXPECT_EQ(decided().reason, Reason::census_open) << "n1's view could not be read";
    EXPECT_EQ(decided().named, (std::vector<Named>{{1, Lack::outside_roster}}));
    call_lost(2);
    answer(2).said = Silence::no_answer;
    EXPECT_EQ(decided().reason, Reason::census_open) << "which n3 may have been, or may not";
}

// Its old self had not been given up when it came back.
TEST_F(TwoOfThree, AreAllThoughOneIsInTheViewTwice) {
    set_view({{"n1", "n1:3306"}, {"n2", "n2:3306"}, {"n2", "n2:3306"}});
    EXPECT_EQ(decided().kind, VerdictKind::bootstrap);
}

} // namespace
} // namespace galera::decision
