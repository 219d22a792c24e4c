// What the MIB allows as a value, and what it means.
#include "common/mib/syntax.hpp"

#include "common/galera/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <limits>
#include <set>
#include <utility>

namespace galera::mib {
namespace {

constexpr std::size_t date_bytes_local = 8;
constexpr std::size_t date_bytes_zoned = 11;

std::optional<std::int64_t> parse_seqno_digits(std::string_view digits) {
    std::int64_t number{0};
    const char* const end = digits.data() + digits.size();
    const bool is_digit = !digits.empty() && digits.front() >= '0' && digits.front() <= '9';
    if (!is_digit)
        return std::nullopt;
    const auto [stop, status] = std::from_chars(digits.data(), end, number);
    if (status != std::errc{} || stop != end)
        return std::nullopt;
    return number;
}

} // namespace

std::string bounded_text(std::string text, std::size_t bytes_max) {
    text = utf8_line(std::move(text));
    if (text.size() <= bytes_max)
        return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    text.resize(end);
    return text;
}

Result<void> decode_text(const Value& value, std::string& text, std::size_t bytes_max) {
    if (octets(value).size() > bytes_max)
        return failure("a text of " + std::to_string(octets(value).size()) + " bytes, of at most " +
                       std::to_string(bytes_max));
    text = octets(value);
    return {};
}

Result<Uuid> decode_uuid(const Value& value) {
    if (const auto uuid = Uuid::parse(octets(value)))
        return *uuid;
    return failure("'" + bounded_text(octets(value)) + "' is no UUID");
}

Result<Seqno> decode_seqno(const Value& value) {
    constexpr std::uint64_t seqno_max = std::numeric_limits<std::int64_t>::max();
    if (counter(value) <= seqno_max)
        if (const auto seqno = Seqno::from(static_cast<std::int64_t>(counter(value))))
            return *seqno;
    return failure(std::to_string(counter(value)) + " is no seqno");
}

Result<std::optional<Position>> decode_position(const Value& value) {
    constexpr std::size_t uuid_bytes = 36;
    const std::string_view text = octets(value);
    if (text == text_of(std::optional<Position>{}))
        return std::optional<Position>{};
    const auto uuid = Uuid::parse(text.substr(0, uuid_bytes));
    if (uuid && text.size() > uuid_bytes && text[uuid_bytes] == ':')
        if (const auto number = parse_seqno_digits(text.substr(uuid_bytes + 1)))
            if (const auto seqno = Seqno::from(*number))
                return std::optional<Position>{Position{*uuid, *seqno}};
    return failure("'" + bounded_text(std::string{text}) + "' is no position");
}

std::optional<Value> position_value(SeqnoState state, const std::optional<Position>& position) {
    if (state == SeqnoState::known && position)
        return OctetString{text_of(*position)};
    if (state == SeqnoState::undefined)
        return OctetString{text_of(std::optional<Position>{})};
    return std::nullopt;
}

std::optional<Value> seqno_value(SeqnoState state, const std::optional<Position>& position) {
    if (state != SeqnoState::known || !position)
        return std::nullopt;
    return Counter64{static_cast<std::uint64_t>(position->seqno.value())};
}

std::int32_t inet_type(Address::Family family) {
    return family == Address::Family::ipv4 ? inet_ipv4 : inet_ipv6;
}

std::size_t inet_octets_count(Address::Family family) {
    return family == Address::Family::ipv4 ? 4 : 16;
}

std::span<const std::uint8_t> inet_octets(const Address& address) {
    return std::span{address.octets}.first(inet_octets_count(address.family));
}

Value unsigned_value(std::int64_t number) {
    constexpr std::int64_t number_max = std::numeric_limits<std::uint32_t>::max();
    return Unsigned32{static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, number_max))};
}

Value milliseconds_value(std::chrono::milliseconds duration) {
    return unsigned_value(duration.count());
}

// Year (two octets), month, day, hour, minutes, seconds, tenths, and, optionally, direction from
// UTC, its hours, its minutes.

Value date_value(std::int64_t unix_seconds) {
    using namespace std::chrono;
    constexpr sys_seconds first{sys_days{year{0} / January / 1}};
    constexpr sys_seconds last{sys_days{year{10'000} / January / 1} - seconds{1}};
    const auto moment = std::clamp(sys_seconds{seconds{unix_seconds}}, first, last);
    const auto midnight = floor<days>(moment);
    const year_month_day date{midnight};
    const hh_mm_ss time{moment - midnight};
    const auto of_year = static_cast<int>(date.year());
    const auto octet = [](auto part) { return static_cast<char>(part); };
    return OctetString{
        {octet(of_year / 256), octet(of_year % 256), octet(static_cast<unsigned>(date.month())),
         octet(static_cast<unsigned>(date.day())), octet(time.hours().count()),
         octet(time.minutes().count()), octet(time.seconds().count()), 0, '+', 0, 0}};
}

Result<std::int64_t> decode_date(const Value& value) {
    using namespace std::chrono;
    const std::string& text = octets(value);
    if (text.size() != date_bytes_local && text.size() != date_bytes_zoned)
        return failure("a date of " + std::to_string(text.size()) + " bytes");
    const auto part = [&text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const year_month_day date{year{part(0) * 256 + part(1)}, month{part(2)}, day{part(3)}};
    if (!date.ok() || part(4) > 23 || part(5) > 59 || part(6) > 60 || part(7) > 9)
        return failure("a date that does not exist");
    seconds offset{0};
    if (text.size() == date_bytes_zoned) {
        if ((text[8] != '+' && text[8] != '-') || part(9) > 14 || part(10) > 59)
            return failure("a time zone that does not exist");
        offset = hours{part(9)} + minutes{part(10)};
        if (text[8] == '-')
            offset = -offset;
    }
    const auto moment = sys_days{date} + hours{part(4)} + minutes{part(5)} + seconds{part(6)};
    return (moment.time_since_epoch() - offset).count();
}

std::optional<std::size_t> row_twice(const std::vector<ViewMember>& members) {
    std::set<Uuid> seen;
    for (std::size_t row = 0; row < members.size(); ++row)
        if (!seen.insert(members[row].uuid).second)
            return row;
    return std::nullopt;
}

namespace {

template <typename Row, typename SeqnoOf>
std::optional<std::size_t> row_not_above(const std::vector<Row>& rows, SeqnoOf seqno_of) {
    for (std::size_t row = 1; row < rows.size(); ++row)
        if (seqno_of(rows[row]) <= seqno_of(rows[row - 1]))
            return row;
    return std::nullopt;
}

} // namespace

std::optional<std::size_t> row_out_of_order(const Lineage& lineage) {
    return row_not_above(lineage, [](const Era& era) { return era.first; });
}

std::optional<std::size_t> row_out_of_order(const ViewLog& views) {
    return row_not_above(views, [](const PastView& view) { return view.place.seqno; });
}

} // namespace galera::mib
