// What an SNMPv3 user can have: levels of security and protocols, with the names that people write.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galera {

enum class SnmpLevel : std::uint8_t { no_auth_no_priv, auth_no_priv, auth_priv };
enum class SnmpAuth : std::uint8_t { sha1, sha224, sha256, sha384, sha512 };
enum class SnmpPriv : std::uint8_t { aes128, aes192, aes256 };

template <typename Choice>
struct SnmpWord {
    Choice choice;
    std::string_view word;
};

// The names of snmpd.conf(5); SHA and AES are its short ones of SHA-1 and AES-128.
inline constexpr std::array snmp_levels{
    SnmpWord<SnmpLevel>{SnmpLevel::auth_priv, "authPriv"},
    SnmpWord<SnmpLevel>{SnmpLevel::auth_no_priv, "authNoPriv"},
    SnmpWord<SnmpLevel>{SnmpLevel::no_auth_no_priv, "noAuthNoPriv"},
};
inline constexpr std::array snmp_auth_protocols{
    SnmpWord<SnmpAuth>{SnmpAuth::sha1, "SHA-1"},
    SnmpWord<SnmpAuth>{SnmpAuth::sha224, "SHA-224"},
    SnmpWord<SnmpAuth>{SnmpAuth::sha256, "SHA-256"},
    SnmpWord<SnmpAuth>{SnmpAuth::sha384, "SHA-384"},
    SnmpWord<SnmpAuth>{SnmpAuth::sha512, "SHA-512"},
    SnmpWord<SnmpAuth>{SnmpAuth::sha1, "SHA"},
};
inline constexpr std::array snmp_priv_protocols{
    SnmpWord<SnmpPriv>{SnmpPriv::aes128, "AES-128"},
    SnmpWord<SnmpPriv>{SnmpPriv::aes192, "AES-192"},
    SnmpWord<SnmpPriv>{SnmpPriv::aes256, "AES-256"},
    SnmpWord<SnmpPriv>{SnmpPriv::aes128, "AES"},
};

/// Empty for a word that the table does not have. Case counts for nothing.
template <typename Table>
[[nodiscard]] auto snmp_choice(const Table& table, std::string_view word)
    -> std::optional<decltype(table[0].choice)> {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    const auto same = [&](const auto& row) {
        return std::ranges::equal(row.word, word, {}, lower, lower);
    };
    const auto found = std::ranges::find_if(table, same);
    if (found == table.end())
        return std::nullopt;
    return found->choice;
}

/// The first name that the table has for it.
template <typename Table, typename Choice>
[[nodiscard]] std::string snmp_word(const Table& table, Choice choice) {
    for (const auto& row : table)
        if (row.choice == choice)
            return std::string{row.word};
    return {}; // not reached: each choice has a row
}

} // namespace galera
