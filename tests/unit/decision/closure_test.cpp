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

private:
    static Uuid one_of(std::size_t number) {
        Uuid::Octets octets{};
        octets.fill(static_cast<std::uint8_t>(number + 1));
        return *Uuid::from(octets);
    }
    NodeReport& report(std::size_t node) {
        return std::get<NodeReport>(scenario_.survey.answers.at(node).said);
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

// Its old self had not been given up when it came back.
TEST_F(TwoOfThree, AreAllThoughOneIsInTheViewTwice) {
    set_view({{"n1", "n1:3306"}, {"n2", "n2:3306"}, {"n2", "n2:3306"}});
    EXPECT_EQ(decided().kind, VerdictKind::bootstrap);
}

} // namespace
} // namespace galera::decision
