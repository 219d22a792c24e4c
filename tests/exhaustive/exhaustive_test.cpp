// Every survey over an alphabet of states, from every viewpoint: the invariants hold, each of them
// has something to say, and every reason and every lack is reached. Where EXHAUSTIVE_STRIDE is
// defined, one survey of so many is looked at: the code is the same, and the sanitizers see it all.
#include "tests/exhaustive/alphabet.hpp"
#include "tests/exhaustive/variations.hpp"

#include <gtest/gtest.h>

#include <array>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>

namespace galera::exhaustive {
namespace {

using decision::Lack;
using decision::Rules;
using decision::Survey;
using decision::Verdict;

constexpr std::size_t lacks = static_cast<std::size_t>(Lack::lineage_unknown) + 1;
constexpr std::size_t reasons_max = 256;
#ifdef EXHAUSTIVE_STRIDE
constexpr std::size_t stride = EXHAUSTIVE_STRIDE;
#else
constexpr std::size_t stride = 1;
#endif

/// What was reached, and how often each invariant had something to say.
struct Tally {
    std::uint64_t surveys{0};
    std::uint64_t decisions{0};
    std::array<std::uint64_t, reasons_max> reasons{};
    std::array<std::uint64_t, lacks> lacks_named{};
    std::map<std::string_view, std::uint64_t> held;

    Verdict decide(const Survey& survey, const Rules& rules) {
        const auto* here = survey.here().report();
        const bool claiming = here && here->status == NodeStatus::locked;
        auto verdict = decision::decide(survey, rules, claiming);
        ++decisions;
        ++reasons.at(static_cast<std::size_t>(verdict.reason));
        for (const auto& named : verdict.named)
            ++lacks_named.at(static_cast<std::size_t>(named.lack));
        return verdict;
    }
};

Tally& tally() {
    static Tally tally; // of all enumerations; the tests run in the order of this file
    return tally;
}

/// Every survey over the alphabet, one after another, or each stride-th.
class Enumeration {
public:
    Enumeration(std::size_t nodes, std::span<const std::string_view> words,
                bool recover_non_primary = false)
        : alphabet_{make_alphabet(nodes, words)}, digits_(nodes, 0), rules_{make_rules(nodes)} {
        for (std::size_t node = 0; node < nodes; ++node)
            survey_.answers.push_back(alphabet_[node].front().answer);
        rules_.recover_non_primary = recover_non_primary;
        name_the_lost();
    }

    /// Tells the first survey that breaks an invariant, for each of them; with --gtest_fail_fast
    /// the first of all.
    void run() {
        std::set<std::string> told;
        do {
            ++tally().surveys;
            const auto broken = examine();
            if (broken.empty() || !told.insert(broken.substr(0, broken.find(','))).second)
                continue;
            ADD_FAILURE() << broken << "\n" << story();
            if (GTEST_FLAG_GET(fail_fast))
                return;
        } while (advance());
    }

private:
    /// The surveys are numbered; each node's state is a digit.
    bool advance() {
        std::size_t carry = stride;
        for (std::size_t node = 0; node < digits_.size() && carry > 0; ++node) {
            const auto base = alphabet_[node].size();
            carry += digits_[node];
            digits_[node] = carry % base;
            carry /= base;
            survey_.answers[node] = alphabet_[node][digits_[node]].answer;
        }
        name_the_lost();
        return carry == 0;
    }

    void name_the_lost() {
        rules_.assume_lost.clear();
        for (std::size_t node = 0; node < digits_.size(); ++node) {
            if (alphabet_[node][digits_[node]].lost)
                rules_.assume_lost.push_back(survey_.answers[node].node.address);
        }
    }

    /// The name of the invariant that is broken, and where; empty: none.
    std::string examine() {
        const Oracle oracle{survey_, rules_};
        const auto other = reversed(survey_, rules_);
        std::vector<Verdict> verdicts;
        for (survey_.local = 0; survey_.local < digits_.size(); ++survey_.local) {
            verdicts.push_back(tally().decide(survey_, rules_));
            const Look look{survey_, rules_, oracle, verdicts.back()};
            if (auto broken = examine_look(look, other); !broken.empty())
                return broken + ", seen from " + survey_.here().name;
        }
        survey_.local = 0;
        const Whole whole{survey_, rules_, oracle, verdicts};
        for (const auto& invariant : whole_invariants()) {
            if (!note(invariant.name, invariant.check(whole)))
                return std::string{invariant.name};
        }
        return {};
    }

    static std::string examine_look(const Look& look, const Reversed& other) {
        const Decide decide = [](const Survey& survey, const Rules& rules) {
            return tally().decide(survey, rules);
        };
        for (const auto& invariant : look_invariants()) {
            if (!note(invariant.name, invariant.check(look)))
                return std::string{invariant.name};
        }
        if (!note("order_decides_ties_only", same_reversed(look, other, decide)))
            return "order_decides_ties_only";
        for (const auto& variation : variations()) {
            if (!note(variation.name, variation.check(look, decide)))
                return std::string{variation.name};
        }
        return {};
    }

    static bool note(std::string_view name, Held held) {
        tally().held[name] += held == true ? 1U : 0U;
        return held != false;
    }

    /// The survey in the scenarios' words, with what everybody decides.
    std::string story() const {
        std::string text;
        for (std::size_t node = 0; node < digits_.size(); ++node)
            text += survey_.answers[node].name + " " + alphabet_[node][digits_[node]].words + "\n";
        text += "----\n";
        auto survey = survey_;
        for (survey.local = 0; survey.local < digits_.size(); ++survey.local) {
            const auto verdict = tally().decide(survey, rules_);
            text += survey.here().name + ": " + std::string{word_of(verdict.kind)} + " " +
                    std::string{word_of(verdict.reason)};
            for (const auto& named : verdict.named)
                text += " " + survey.answers[named.node].name + " (" +
                        std::string{phrase_of(named.lack)} + ")";
            text += "\n";
        }
        return text;
    }

    Alphabet alphabet_;
    std::vector<std::size_t> digits_;
    Survey survey_;
    Rules rules_;
};

TEST(Exhaustive, SurveysOfThree) {
    Enumeration{3, words_of_three()}.run();
}

TEST(Exhaustive, SurveysOfFive) {
    Enumeration{5, words_of_five()}.run();
}

TEST(Exhaustive, SurveysOfThreeThatMayRestoreAPrimary) {
    Enumeration{3, words_of_restoration(), true}.run();
}

TEST(Exhaustive, EveryInvariantHadSomethingToSay) {
    if constexpr (stride > 1)
        GTEST_SKIP() << "a sample need not reach everything";
    std::cout << tally().surveys << " surveys, " << tally().decisions << " decisions\n";
    for (const auto& [name, count] : tally().held) {
        std::cout << std::setw(12) << count << "  " << name << '\n';
        EXPECT_GT(count, 0U) << name;
    }
}

TEST(Exhaustive, EveryReasonWasReached) {
    if constexpr (stride > 1)
        GTEST_SKIP() << "a sample need not reach everything";
    for (const auto& row : decision::reasons()) {
        const auto count = tally().reasons.at(static_cast<std::size_t>(row.reason));
        std::cout << std::setw(12) << count << "  " << row.word << '\n';
        EXPECT_GT(count, 0U) << row.word;
    }
}

TEST(Exhaustive, EveryLackWasNamed) {
    if constexpr (stride > 1)
        GTEST_SKIP() << "a sample need not reach everything";
    for (std::size_t lack = 0; lack < lacks; ++lack) {
        const auto count = tally().lacks_named.at(lack);
        std::cout << std::setw(12) << count << "  " << phrase_of(static_cast<Lack>(lack)) << '\n';
        EXPECT_GT(count, 0U) << phrase_of(static_cast<Lack>(lack));
    }
}

} // namespace
} // namespace galera::exhaustive
