// Damaged input, by the thousand: no parser crashes, and none makes another value of it.
#include "common/galera/address_text.hpp"
#include "common/galera/recovered_position.hpp"
#include "common/galera/server_options.hpp"
#include "common/galera/state_files.hpp"
#include "tests/unit/galera/real_files.hpp"

#include <gtest/gtest.h>

#include <random>

namespace galera {
namespace {

constexpr std::string_view samples[] = {
    real::grastate_stopped,
    real::grastate_padded,
    real::gvwstate_of_two,
    real::recovery_log,
    real::recovery_log_with_orphans,
    real::recovery_log_heuristic,
    real::printed_defaults,
    real::provider_options_in_force,
    "gcomm://db1,10.0.0.2:4567,[fd00::3]:4567?pc.weight=2&pc.ignore_sb=no",
};

/// An error is one line that prints, and not a long one.
template <typename T>
void expect_value_or_plain_error(const Result<T>& result) {
    if (result)
        return;
    const auto& text = result.error().text;
    EXPECT_FALSE(text.empty());
    EXPECT_LT(text.size(), 300U);
    for (const char c : text)
        EXPECT_TRUE(c >= ' ' && c <= '~') << text;
}

void parse_by_all(std::string_view text) {
    expect_value_or_plain_error(parse_grastate(text));
    expect_value_or_plain_error(grastate_for_bootstrap(text, Uuid::parse(real::history).value()));
    expect_value_or_plain_error(parse_gvwstate(text));
    expect_value_or_plain_error(parse_recovery_log(text));
    expect_value_or_plain_error(ServerOptions::parse(text));
    expect_value_or_plain_error(parse_provider_options(text));
    expect_value_or_plain_error(parse_host_port(text));
    expect_value_or_plain_error(parse_cluster_address(text));
    if (const auto address = parse_address(text)) {
        EXPECT_EQ(parse_address(address->text), address);
    }
}

TEST(Garbage, OfEveryLengthOfEveryByte) {
    for (const char byte : {'\0', '\xFF', '\n', ' ', ':', ',', '[', '-', '=', ';', '/', '0'})
        for (const std::size_t length : {1U, 2U, 37U, 64U, 4096U})
            parse_by_all(std::string(length, byte));
}

TEST(Garbage, InEveryPlaceOfAGoodFile) {
    for (const auto sample : samples) {
        for (std::size_t place = 0; place < sample.size(); ++place) {
            parse_by_all(sample.substr(0, place));
            for (const char byte : {'\0', '\xFF', '\n', '9', '-', ' '}) {
                std::string damaged{sample};
                damaged[place] = byte;
                parse_by_all(damaged);
            }
        }
    }
}

TEST(Garbage, AtRandom) {
    std::mt19937 random{4567}; // the same each time, so that a failure comes again
    std::uniform_int_distribution<int> byte{0, 255};
    std::uniform_int_distribution<std::size_t> length{0, 400};
    for (int round = 0; round < 2000; ++round) {
        std::string text(length(random), ' ');
        for (auto& c : text)
            c = static_cast<char>(byte(random));
        parse_by_all(text);
    }
}

TEST(Garbage, OverlongLinesCostNothing) {
    const std::string overlong(8U << 20U, 'x');
    parse_by_all(overlong);
    parse_by_all("WSREP: Recovered position: " + overlong + '\n');
    parse_by_all("--" + overlong + '=' + overlong + '\n');
    parse_by_all("gcomm://" + overlong);
    parse_by_all("gcomm://" + std::string(1U << 20U, ','));
    parse_by_all(std::string(1U << 20U, '['));
}

// A cut file may know less; it never knows something else.
TEST(Garbage, OfACutGrastateIsNoOtherState) {
    for (const auto sample : {real::grastate_stopped, real::grastate_of_two}) {
        const auto whole = parse_grastate(sample).value();
        for (std::size_t kept = 0; kept < sample.size(); ++kept) {
            const auto cut = parse_grastate(sample.substr(0, kept));
            if (!cut)
                continue;
            EXPECT_EQ(cut->uuid, whole.uuid) << kept;
            EXPECT_EQ(cut->seqno, whole.seqno) << kept;
            EXPECT_TRUE(!cut->safe_to_bootstrap ||
                        cut->safe_to_bootstrap == whole.safe_to_bootstrap)
                << kept;
        }
    }
}

TEST(Garbage, OfACutRecoveryLogIsNoOtherPosition) {
    for (const auto log : {real::recovery_log, real::recovery_log_with_orphans})
        for (std::size_t kept = 0; kept < log.size(); ++kept)
            EXPECT_FALSE(parse_recovery_log(log.substr(0, kept))) << kept;
}

} // namespace
} // namespace galera
