#include "common/snmp/message.hpp"

#include "common/snmp/ber.hpp"

#include <limits>

namespace galera::snmp {

namespace {

constexpr int version_2c = 1;
constexpr int version_3 = 3;
constexpr int user_based = 3;      // the security model
constexpr int message_max = 65507; // what fits into a UDP datagram
constexpr std::uint8_t signed_flag = 0x01;
constexpr std::uint8_t encrypted_flag = 0x02;
constexpr std::uint8_t reportable_flag = 0x04;

std::uint8_t flags_of(SnmpLevel level) {
    switch (level) {
    case SnmpLevel::auth_priv:
        return signed_flag | encrypted_flag;
    case SnmpLevel::auth_no_priv:
        return signed_flag;
    case SnmpLevel::no_auth_no_priv:
        break;
    }
    return 0;
}

/// Empty for "encrypted and not signed", which there is not.
std::optional<SnmpLevel> level_of(std::uint8_t flags) {
    for (const auto& row : snmp_levels)
        if ((flags & (signed_flag | encrypted_flag)) == flags_of(row.choice))
            return row.choice;
    return std::nullopt;
}

std::string big_endian(std::uint32_t value) {
    std::string octets;
    for (unsigned shift = 32; shift > 0; shift -= 8)
        octets += static_cast<char>((value >> (shift - 8)) & 0xFFU);
    return octets;
}

/// RFC 3826, section 3.1.2.1.
std::string initial_vector(std::uint32_t boots, std::uint32_t time, std::string_view salt) {
    return big_endian(boots) + big_endian(time) + std::string{salt};
}

void put_header(ber::Writer& writer, std::int32_t message_id, SnmpLevel level) {
    const auto header = writer.begin(ber::sequence);
    writer.put(message_id);
    writer.put(message_max);
    const auto flags = static_cast<char>(reportable_flag | flags_of(level));
    writer.put(ber::octet_string, {&flags, 1});
    writer.put(user_based);
    writer.end(header);
}

/// `digest` and `salt` as they stand in the message.
std::string security_parameters(const Engine& engine, std::string_view user,
                                std::string_view digest, std::string_view salt) {
    ber::Writer writer;
    const auto parameters = writer.begin(ber::sequence);
    writer.put(ber::octet_string, engine.id);
    writer.put(std::int64_t{engine.boots});
    writer.put(std::int64_t{engine.time});
    writer.put(ber::octet_string, user);
    writer.put(ber::octet_string, digest);
    writer.put(ber::octet_string, salt);
    writer.end(parameters);
    return std::move(writer).take();
}

/// In the engine's own context, which has no name.
std::string scoped_pdu(std::string_view engine_id, std::string_view pdu) {
    ber::Writer writer;
    const auto scoped = writer.begin(ber::sequence);
    writer.put(ber::octet_string, engine_id);
    writer.put(ber::octet_string, {});
    writer.append(pdu);
    writer.end(scoped);
    return std::move(writer).take();
}

std::string message(std::int32_t message_id, SnmpLevel level, std::string_view parameters,
                    std::string_view scoped) {
    ber::Writer writer;
    const auto whole = writer.begin(ber::sequence);
    writer.put(version_3);
    put_header(writer, message_id, level);
    writer.put(ber::octet_string, parameters);
    writer.append(scoped);
    writer.end(whole);
    return std::move(writer).take();
}

std::string encrypted(const User& user, const Engine& engine, std::string_view salt,
                      std::string_view scoped) {
    const auto cipher =
        user.encrypt(scoped, initial_vector(engine.boots, engine.time, salt), engine.keys);
    if (cipher.empty())
        return {};
    ber::Writer writer;
    writer.put(ber::octet_string, cipher);
    return std::move(writer).take();
}

/// Whether two texts are equal, in a time that does not tell where they differ.
bool equal(std::string_view left, std::string_view right) {
    if (left.size() != right.size())
        return false;
    unsigned difference = 0;
    for (std::size_t place = 0; place < left.size(); ++place)
        difference |= static_cast<unsigned>(static_cast<unsigned char>(left[place])) ^
                      static_cast<unsigned char>(right[place]);
    return difference == 0;
}

std::optional<std::uint32_t> clock_of(std::optional<std::int64_t> value) {
    if (!value || *value < 0 || *value > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

bool read_header(std::string_view octets, Envelope& envelope) {
    ber::Reader reader{octets};
    const auto message_id = reader.integer();
    const auto size_max = message_id ? reader.integer() : std::nullopt;
    const auto flags = size_max ? reader.take(ber::octet_string) : std::nullopt;
    const auto model = flags ? reader.integer() : std::nullopt;
    if (model != user_based || !reader.at_end() || flags->size() != 1)
        return false;
    const auto level = level_of(static_cast<std::uint8_t>(flags->front()));
    if (!level)
        return false;
    envelope.message_id = *message_id;
    envelope.level = *level;
    return true;
}

bool read_parameters(std::string_view octets, Envelope& envelope) {
    ber::Reader outer{octets};
    const auto content = outer.take(ber::sequence);
    if (!content || !outer.at_end())
        return false;
    ber::Reader reader{*content};
    const auto engine_id = reader.take(ber::octet_string);
    const auto boots = engine_id ? clock_of(reader.integer()) : std::nullopt;
    const auto time = boots ? clock_of(reader.integer()) : std::nullopt;
    const auto user = time ? reader.take(ber::octet_string) : std::nullopt;
    const auto digest = user ? reader.take(ber::octet_string) : std::nullopt;
    const auto salt = digest ? reader.take(ber::octet_string) : std::nullopt;
    if (!salt || !reader.at_end())
        return false;
    envelope.engine_id = *engine_id;
    envelope.boots = *boots;
    envelope.time = *time;
    envelope.user = *user;
    envelope.digest = *digest;
    envelope.salt = *salt;
    return true;
}

/// The PDU of a scoped PDU of this engine's own context.
std::optional<HeardPdu> open_scoped(std::string_view octets, std::string_view engine_id) {
    ber::Reader outer{octets};
    const auto content = outer.take(ber::sequence);
    if (!content || !outer.at_end())
        return std::nullopt;
    ber::Reader reader{*content};
    const auto context_engine = reader.take(ber::octet_string);
    const auto context_name = context_engine ? reader.take(ber::octet_string) : std::nullopt;
    if (!context_name || *context_engine != engine_id || !context_name->empty())
        return std::nullopt;
    const auto header =
        static_cast<std::size_t>(context_name->data() + context_name->size() - content->data());
    return decode_pdu(content->substr(header));
}

/// Whether the digest is that of the message with zeros in its place.
bool is_signed(std::string_view octets, const Envelope& envelope, const User& user,
               const Engine& engine) {
    if (!user.signs() || envelope.digest.size() != user.digest_octets())
        return false;
    std::string unsigned_message{octets};
    const auto place = static_cast<std::size_t>(envelope.digest.data() - octets.data());
    unsigned_message.replace(place, envelope.digest.size(), envelope.digest.size(), '\0');
    return equal(user.digest_of(unsigned_message, engine.keys), envelope.digest);
}

std::optional<HeardPdu> open_encrypted(const Envelope& envelope, const User& user,
                                       const Engine& engine) {
    ber::Reader reader{envelope.scoped};
    const auto cipher = reader.take(ber::octet_string);
    if (!cipher || !reader.at_end() || envelope.salt.size() != User::salt_octets)
        return std::nullopt;
    return open_scoped(user.decrypt(*cipher,
                                    initial_vector(envelope.boots, envelope.time, envelope.salt),
                                    engine.keys),
                       envelope.engine_id);
}

} // namespace

std::string community_message(std::string_view community, std::string_view pdu) {
    ber::Writer writer;
    const auto whole = writer.begin(ber::sequence);
    writer.put(version_2c);
    writer.put(ber::octet_string, community);
    writer.append(pdu);
    writer.end(whole);
    return std::move(writer).take();
}

std::optional<HeardPdu> open_community_message(std::string_view octets,
                                               std::string_view community) {
    ber::Reader outer{octets};
    const auto content = outer.take(ber::sequence);
    if (!content || !outer.at_end())
        return std::nullopt;
    ber::Reader reader{*content};
    const auto version = reader.integer();
    const auto word = version ? reader.take(ber::octet_string) : std::nullopt;
    if (version != version_2c || word != community)
        return std::nullopt;
    return decode_pdu(
        content->substr(static_cast<std::size_t>(word->data() + word->size() - content->data())));
}

std::string discovery_message(std::int32_t message_id) {
    const auto level = SnmpLevel::no_auth_no_priv;
    return message(message_id, level, security_parameters({}, {}, {}, {}),
                   scoped_pdu({}, encode_get(message_id, {})));
}

std::string user_message(const User& user, const Engine& engine, std::int32_t message_id,
                         std::string_view salt, std::string_view pdu) {
    auto scoped = scoped_pdu(engine.id, pdu);
    if (user.encrypts()) {
        scoped = encrypted(user, engine, salt, scoped);
        if (scoped.empty())
            return {};
    }
    const std::string no_digest(user.digest_octets(), '\0');
    const auto used_salt = user.encrypts() ? salt : std::string_view{};
    auto whole = message(message_id, user.level(),
                         security_parameters(engine, user.name(), no_digest, used_salt), scoped);
    if (!user.signs())
        return whole;
    const auto digest = user.digest_of(whole, engine.keys);
    if (digest.empty())
        return {};
    const auto read = read_envelope(whole);
    if (!read)
        return {};
    const auto place = static_cast<std::size_t>(read->digest.data() - whole.data());
    return whole.replace(place, digest.size(), digest);
}

std::optional<Envelope> read_envelope(std::string_view octets) {
    ber::Reader outer{octets};
    const auto content = outer.take(ber::sequence);
    if (!content || !outer.at_end())
        return std::nullopt;
    ber::Reader reader{*content};
    const auto version = reader.integer();
    const auto header = version ? reader.take(ber::sequence) : std::nullopt;
    const auto parameters = header ? reader.take(ber::octet_string) : std::nullopt;
    Envelope envelope{};
    if (version != version_3 || !parameters || !read_header(*header, envelope) ||
        !read_parameters(*parameters, envelope))
        return std::nullopt;
    envelope.scoped = content->substr(
        static_cast<std::size_t>(parameters->data() + parameters->size() - content->data()));
    return envelope;
}

std::optional<HeardPdu> open_plain(const Envelope& envelope) {
    if (envelope.level != SnmpLevel::no_auth_no_priv)
        return std::nullopt;
    return open_scoped(envelope.scoped, envelope.engine_id);
}

std::optional<HeardPdu> open_signed(std::string_view octets, const Envelope& envelope,
                                    const User& user, const Engine& engine) {
    if (envelope.engine_id != engine.id || envelope.user != user.name() ||
        !is_signed(octets, envelope, user, engine))
        return std::nullopt;
    if (envelope.level == SnmpLevel::auth_priv)
        return user.encrypts() ? open_encrypted(envelope, user, engine) : std::nullopt;
    return open_scoped(envelope.scoped, envelope.engine_id);
}

} // namespace galera::snmp
