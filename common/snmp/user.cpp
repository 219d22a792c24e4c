#include "common/snmp/user.hpp"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace galera::snmp {

namespace {

/// An algorithm's name as libnetsnmp takes it.
struct Algorithm {
    oid* name;
    std::size_t length;
};

// Neither asks for libnetsnmp's initialisation; the names are constants.
Algorithm algorithm_of(SnmpAuth protocol) {
    constexpr std::array types{NETSNMP_USMAUTH_HMACSHA1, NETSNMP_USMAUTH_HMAC128SHA224,
                               NETSNMP_USMAUTH_HMAC192SHA256, NETSNMP_USMAUTH_HMAC256SHA384,
                               NETSNMP_USMAUTH_HMAC384SHA512};
    Algorithm algorithm{};
    algorithm.name =
        sc_get_auth_oid(types.at(static_cast<std::size_t>(protocol)), &algorithm.length);
    return algorithm;
}

struct Cipher : Algorithm {
    int type;
    std::size_t key_octets;
};

Cipher cipher_of(SnmpPriv protocol) {
    constexpr std::array types{USM_CREATE_USER_PRIV_AES, USM_CREATE_USER_PRIV_AES192,
                               USM_CREATE_USER_PRIV_AES256};
    constexpr std::array<std::size_t, 3> key_octets{16, 24, 32};
    const auto place = static_cast<std::size_t>(protocol);
    Cipher cipher{};
    cipher.type = types.at(place);
    cipher.key_octets = key_octets.at(place);
    cipher.name = sc_get_priv_oid(cipher.type, &cipher.length);
    return cipher;
}

const u_char* octets_of(std::string_view text) {
    return reinterpret_cast<const u_char*>(text.data());
}
u_char* octets_of(std::string& text) {
    return reinterpret_cast<u_char*>(text.data());
}

/// Empty if libnetsnmp fails, and of a passphrase that is too short.
std::string master_key(const Algorithm& hash, std::string_view passphrase) {
    if (passphrase.size() < std::size_t{USM_LENGTH_P_MIN})
        return {}; // libnetsnmp would write to stderr
    std::string key(USM_AUTH_KU_LEN, '\0');
    std::size_t length = key.size();
    if (generate_Ku(hash.name, static_cast<u_int>(hash.length), octets_of(passphrase),
                    passphrase.size(), octets_of(key), &length) != SNMPERR_SUCCESS)
        return {};
    key.resize(length);
    return key;
}

std::string localized(const Algorithm& hash, std::string_view engine_id, std::string_view master) {
    if (master.empty() || engine_id.empty())
        return {};
    std::string key(USM_AUTH_KU_LEN, '\0');
    std::size_t length = key.size();
    if (generate_kul(hash.name, static_cast<u_int>(hash.length), octets_of(engine_id),
                     static_cast<u_int>(engine_id.size()), octets_of(master), master.size(),
                     octets_of(key), &length) != SNMPERR_SUCCESS)
        return {};
    key.resize(length);
    return key;
}

struct Freer {
    void operator()(u_char* octets) const { std::free(octets); }
};

/// A key as long as the cipher wants: Net-SNMP draws a short one out.
std::string fitted(std::string key, const Algorithm& hash, const Cipher& cipher,
                   std::string_view engine_id) {
    if (key.empty() || key.size() >= cipher.key_octets)
        return key.substr(0, cipher.key_octets);
    std::string engine{engine_id};
    std::size_t length = key.size();
    // libnetsnmp frees the buffer that it replaces.
    auto* buffer = static_cast<u_char*>(std::calloc(1, length));
    if (buffer == nullptr)
        return {};
    std::ranges::copy(key, buffer);
    const int result = netsnmp_extend_kul(static_cast<u_int>(cipher.key_octets), hash.name,
                                          static_cast<u_int>(hash.length), cipher.type,
                                          octets_of(engine), static_cast<u_int>(engine.size()),
                                          &buffer, &length, static_cast<u_int>(length));
    const std::unique_ptr<u_char, Freer> owned{buffer};
    if (result != SNMPERR_SUCCESS || length < cipher.key_octets)
        return {};
    return {reinterpret_cast<const char*>(buffer), cipher.key_octets};
}

} // namespace

Result<User> User::derive(const Credential& credential) {
    User user;
    user.name_ = credential.user;
    user.level_ = credential.level;
    user.auth_ = credential.auth;
    user.priv_ = credential.priv;
    const auto hash = algorithm_of(credential.auth);
    if (user.signs())
        user.auth_master_ = master_key(hash, credential.auth_passphrase);
    if (user.encrypts())
        user.priv_master_ = credential.priv_passphrase == credential.auth_passphrase
                                ? user.auth_master_
                                : master_key(hash, credential.priv_passphrase);
    if ((user.signs() && user.auth_master_.empty()) ||
        (user.encrypts() && user.priv_master_.empty()))
        return failure("no key can be made of a passphrase of the SNMPv3 user '" + credential.user +
                       "'; it must have 8 octets or more");
    return user;
}

EngineKeys User::keys_at(std::string_view engine_id) const {
    const auto hash = algorithm_of(auth_);
    return {localized(hash, engine_id, auth_master_),
            fitted(localized(hash, engine_id, priv_master_), hash, cipher_of(priv_), engine_id)};
}

std::size_t User::digest_octets() const {
    // RFC 3414 and 7860: less than the hash has.
    constexpr std::array<std::size_t, 5> octets{12, 16, 24, 32, 48};
    return signs() ? octets.at(static_cast<std::size_t>(auth_)) : 0;
}

std::string User::digest_of(std::string_view message, const EngineKeys& keys) const {
    if (keys.auth.empty())
        return {};
    const auto hash = algorithm_of(auth_);
    std::string digest(USM_AUTH_KU_LEN, '\0');
    std::size_t length = digest.size();
    if (sc_generate_keyed_hash(hash.name, hash.length, octets_of(keys.auth),
                               static_cast<u_int>(keys.auth.size()), octets_of(message),
                               static_cast<u_int>(message.size()), octets_of(digest),
                               &length) != SNMPERR_SUCCESS ||
        length < digest_octets())
        return {};
    digest.resize(digest_octets());
    return digest;
}

std::string User::encrypt(std::string_view plain, std::string_view initial,
                          const EngineKeys& keys) const {
    if (keys.priv.empty() || initial.size() != initial_octets)
        return {};
    const auto cipher = cipher_of(priv_);
    std::string key = keys.priv;
    std::string vector{initial};
    std::string result(plain.size(), '\0');
    std::size_t length = result.size();
    if (sc_encrypt(cipher.name, cipher.length, octets_of(key), static_cast<u_int>(key.size()),
                   octets_of(vector), static_cast<u_int>(vector.size()), octets_of(plain),
                   static_cast<u_int>(plain.size()), octets_of(result),
                   &length) != SNMPERR_SUCCESS ||
        length != plain.size())
        return {};
    return result;
}

std::string User::decrypt(std::string_view cipher_text, std::string_view initial,
                          const EngineKeys& keys) const {
    if (keys.priv.empty() || initial.size() != initial_octets || cipher_text.empty())
        return {};
    const auto cipher = cipher_of(priv_);
    std::string key = keys.priv;
    std::string vector{initial};
    std::string text{cipher_text};
    std::string result(text.size(), '\0');
    std::size_t length = result.size();
    if (sc_decrypt(cipher.name, cipher.length, octets_of(key), static_cast<u_int>(key.size()),
                   octets_of(vector), static_cast<u_int>(vector.size()), octets_of(text),
                   static_cast<u_int>(text.size()), octets_of(result),
                   &length) != SNMPERR_SUCCESS ||
        length != text.size())
        return {};
    return result;
}

} // namespace galera::snmp
