// Where a node stands: a history, a seqno in it, and both together.
//
// The field's sentinels end here. Galera writes "no seqno" as -1 and "no history" as the nil UUID;
// neither has a value of these types, so nothing behind a parser can compare one by accident.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galera {

/// The place of a write set in a history: 64 bit, never negative.
class Seqno {
public:
    /// Empty for -1 and every other negative number.
    [[nodiscard]] static constexpr std::optional<Seqno> from(std::int64_t value) {
        if (value < 0)
            return std::nullopt;
        return Seqno{value};
    }

    [[nodiscard]] constexpr std::int64_t value() const { return value_; }
    constexpr auto operator<=>(const Seqno&) const = default;

private:
    explicit constexpr Seqno(std::int64_t value) : value_{value} {}
    std::int64_t value_;
};

/// A UUID as RFC 4122 writes it; never the nil UUID.
class Uuid {
public:
    using Octets = std::array<std::uint8_t, 16>;

    /// Empty for the nil UUID.
    [[nodiscard]] static std::optional<Uuid> from(const Octets& octets);
    /// Exactly "8-4-4-4-12" hexadecimal digits, either case. Empty for anything else and for the
    /// nil UUID; `is_nil_uuid` tells the two apart.
    [[nodiscard]] static std::optional<Uuid> parse(std::string_view text);

    [[nodiscard]] const Octets& octets() const { return octets_; }
    /// 36 characters, lower case.
    [[nodiscard]] std::string text() const;
    /// The first group, for logs: "8f3a91c2..".
    [[nodiscard]] std::string short_text() const;
    /// An order for containers; it says nothing about age.
    auto operator<=>(const Uuid&) const = default;

private:
    explicit Uuid(const Octets& octets) : octets_{octets} {}
    Octets octets_;
};

/// Whether the text is the UUID that Galera writes for "none".
[[nodiscard]] bool is_nil_uuid(std::string_view text);

/// The cluster state UUID: the name of one history.
using History = Uuid;

/// A history and a seqno in it. It has no "<": positions compare only inside one history, by
/// `compare_in_one_history`.
struct Position {
    History history;
    Seqno seqno;

    bool operator==(const Position&) const = default;
};

/// Which of the two is further; empty where the histories differ and the question has no answer.
[[nodiscard]] std::optional<std::strong_ordering> compare_in_one_history(const Position& left,
                                                                         const Position& right);

/// "uuid:seqno", as Galera prints it.
[[nodiscard]] std::string text_of(const Position& position);
/// The nil UUID and -1, as Galera prints "no position".
[[nodiscard]] std::string text_of(const std::optional<Position>& position);
/// "8f3a91c2..:1210", for logs.
[[nodiscard]] std::string short_text_of(const Position& position);

} // namespace galera
