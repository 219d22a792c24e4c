// SNMPv3 against a real snmpd: every protocol, and everything that a user can have wrong.
#include "common/snmp/exchange.hpp"
#include "tests/unit/snmp/loopback.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace galera::snmp {

namespace {

using loopback::address;
using mib::Oid;
using std::chrono::milliseconds;

const Oid sys_descr{1, 3, 6, 1, 2, 1, 1, 1, 0};
const std::atomic<bool> not_cancelled{false};
const std::string host = "127.0.4.81";
const std::string auth_passphrase = "it signs what is asked";
const std::string priv_passphrase = "it hides what is asked";

/// What there is of a user in snmpd: "sha1aes128", "sha1", "plain".
std::string name_of(SnmpLevel level, SnmpAuth auth, SnmpPriv priv) {
    if (level == SnmpLevel::no_auth_no_priv)
        return "plain";
    auto name = "u" + std::to_string(static_cast<int>(auth));
    return level == SnmpLevel::auth_priv ? name + std::to_string(static_cast<int>(priv)) : name;
}

/// Every user that there can be, each allowed what it has.
std::string every_user() {
    constexpr std::array priv_words{"AES", "AES192", "AES256"};
    std::string lines = "createUser plain\nrouser plain noauth\n";
    for (const auto& auth : std::span{snmp_auth_protocols}.first(5)) {
        const auto secret = std::string{auth.word} + " \"" + auth_passphrase + "\"";
        const auto signing = name_of(SnmpLevel::auth_no_priv, auth.choice, {});
        lines += "createUser " + signing + " " + secret + "\nrouser " + signing + " auth\n";
        for (const auto& priv : std::span{snmp_priv_protocols}.first(3)) {
            const auto hiding = name_of(SnmpLevel::auth_priv, auth.choice, priv.choice);
            lines += "createUser " + hiding + " " + secret + " " +
                     priv_words.at(static_cast<std::size_t>(priv.choice)) + " \"" +
                     priv_passphrase + "\"\nrouser " + hiding + " priv\n";
        }
    }
    return lines;
}

Credential credential_of(SnmpLevel level, SnmpAuth auth, SnmpPriv priv) {
    return {name_of(level, auth, priv), level, auth, priv, auth_passphrase, priv_passphrase};
}

Outcome ask(const Access& access, const std::string& agent, std::string* engine_id = nullptr) {
    Outcome outcome = NoResponse::cancelled;
    std::vector<Conversation> conversations;
    conversations.push_back({address(agent), {sys_descr}, [&](const Outcome& said) {
                                 outcome = said;
                                 return std::vector<Oid>{};
                             }});
    const auto held = exchange(access, conversations, not_cancelled);
    EXPECT_TRUE(held) << held.error().text;
    if (engine_id != nullptr)
        *engine_id = conversations.front().engine_id;
    return outcome;
}

bool is_good(const Outcome& outcome) {
    const auto* const varbinds = std::get_if<std::vector<mib::Varbind>>(&outcome);
    return varbinds != nullptr && varbinds->size() == 1 &&
           std::get<mib::Value>(varbinds->front().content) ==
               mib::Value{mib::OctetString{"a test's own"}};
}

std::optional<NoResponse> why(const Outcome& outcome) {
    const auto* const reason = std::get_if<NoResponse>(&outcome);
    return reason != nullptr ? std::optional{*reason} : std::nullopt;
}

class RealEngine : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(is_good(ask(patient({}), host))) << "snmpd is not up";
        ASSERT_TRUE(is_good(ask(patient(credential_of(SnmpLevel::auth_priv, {}, {})), host)));
    }

    /// For those who answer, however slow the machine is.
    Access patient(const std::optional<Credential>& credential) const {
        constexpr milliseconds timeout{100};
        auto access = access_of(credential);
        access.timeout = timeout;
        access.retries = static_cast<unsigned>(loopback::patience / timeout);
        return access;
    }
    /// For those who do not.
    Access quick(const Credential& credential) const {
        auto access = access_of(credential);
        access.timeout = milliseconds{150};
        access.retries = 1;
        return access;
    }
    Access access_of(const std::optional<Credential>& credential) const {
        Access access{.community = "word", .port = port};
        if (credential)
            access.user = *User::derive(*credential);
        return access;
    }

    std::uint16_t port = loopback::free_port(host);
    loopback::Snmpd snmpd{"udp:" + host + ":" + std::to_string(port), "word", every_user()};
};

TEST_F(RealEngine, AnswersEveryLevelAndProtocol) {
    EXPECT_TRUE(is_good(ask(patient(credential_of(SnmpLevel::no_auth_no_priv, {}, {})), host)));
    for (const auto& auth : std::span{snmp_auth_protocols}.first(5)) {
        SCOPED_TRACE(auth.word);
        EXPECT_TRUE(
            is_good(ask(patient(credential_of(SnmpLevel::auth_no_priv, auth.choice, {})), host)));
        for (const auto& priv : std::span{snmp_priv_protocols}.first(3)) {
            SCOPED_TRACE(priv.word);
            const auto user = credential_of(SnmpLevel::auth_priv, auth.choice, priv.choice);
            EXPECT_TRUE(is_good(ask(patient(user), host)));
        }
    }
}

TEST_F(RealEngine, SaysWhoItIs) {
    std::string engine_id;
    EXPECT_TRUE(
        is_good(ask(patient(credential_of(SnmpLevel::auth_priv, {}, {})), host, &engine_id)));
    EXPECT_GE(engine_id.size(), 5U);
    EXPECT_TRUE(is_good(ask(patient({}), host, &engine_id)));
    EXPECT_EQ(engine_id, "") << "SNMPv2c tells nothing of the engine";
}

TEST_F(RealEngine, IsNotAuthenticForWhoeverHasAnythingWrong) {
    const auto right = credential_of(SnmpLevel::auth_priv, SnmpAuth::sha256, SnmpPriv::aes128);
    std::vector<std::pair<const char*, Credential>> wrong(7, {"", right});
    wrong[0].first = "user";
    wrong[0].second.user = "nobody";
    wrong[1].first = "auth passphrase";
    wrong[1].second.auth_passphrase = "it signs what is forged";
    wrong[2].first = "priv passphrase";
    wrong[2].second.priv_passphrase = "it hides what is forged";
    wrong[3].first = "auth protocol";
    wrong[3].second.auth = SnmpAuth::sha512;
    wrong[4].first = "priv protocol";
    wrong[4].second.priv = SnmpPriv::aes256;
    wrong[5].first = "level that snmpd does not let the user have";
    wrong[5].second.level = SnmpLevel::auth_no_priv;
    wrong[6] = {"level that the user has no key for",
                credential_of(SnmpLevel::auth_no_priv, SnmpAuth::sha256, {})};
    wrong[6].second.level = SnmpLevel::auth_priv;
    for (const auto& [what, credential] : wrong)
        EXPECT_EQ(why(ask(quick(credential), host)), NoResponse::not_authentic) << what;
}

} // namespace

} // namespace galera::snmp
