// Keys of an SNMPv3 user: from passphrases once, localised for each engine, and what is done with
// them (RFC 3414, 3826 and 7860; AES-192 and AES-256 as Net-SNMP has them). The arithmetic is
// libnetsnmp's, in functions that keep no state; users and engines of its own tables play no part.
#pragma once

#include "common/model/result.hpp"
#include "common/model/snmp_security.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace galera::snmp {

/// Who asks, as the configuration has it.
struct Credential {
    std::string user;
    SnmpLevel level{SnmpLevel::auth_priv};
    SnmpAuth auth{SnmpAuth::sha256};
    SnmpPriv priv{SnmpPriv::aes128};
    std::string auth_passphrase; // of 8 octets or more, where the level wants it
    std::string priv_passphrase;
};

/// The keys of a user at one engine.
struct EngineKeys {
    std::string auth;
    std::string priv;
};

class User {
public:
    /// Takes some milliseconds a passphrase: once for all agents.
    static Result<User> derive(const Credential& credential);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] SnmpLevel level() const { return level_; }
    [[nodiscard]] bool signs() const { return level_ != SnmpLevel::no_auth_no_priv; }
    [[nodiscard]] bool encrypts() const { return level_ == SnmpLevel::auth_priv; }

    /// Empty keys where the level has none, or libnetsnmp fails: nothing is authentic by those.
    [[nodiscard]] EngineKeys keys_at(std::string_view engine_id) const;

    /// How many octets a digest has.
    [[nodiscard]] std::size_t digest_octets() const;
    /// Empty if libnetsnmp fails, and without a key.
    [[nodiscard]] std::string digest_of(std::string_view message, const EngineKeys& keys) const;

    static constexpr std::size_t salt_octets = 8;
    static constexpr std::size_t initial_octets = 16; // of the initialisation vector
    /// Both are as long as what they get; empty if libnetsnmp fails, and without a key.
    [[nodiscard]] std::string encrypt(std::string_view plain, std::string_view initial,
                                      const EngineKeys& keys) const;
    [[nodiscard]] std::string decrypt(std::string_view cipher, std::string_view initial,
                                      const EngineKeys& keys) const;

private:
    User() = default;

    std::string name_;
    SnmpLevel level_{SnmpLevel::auth_priv};
    SnmpAuth auth_{SnmpAuth::sha256};
    SnmpPriv priv_{SnmpPriv::aes128};
    std::string auth_master_; // of no engine yet; empty where the level has none
    std::string priv_master_;
};

} // namespace galera::snmp
