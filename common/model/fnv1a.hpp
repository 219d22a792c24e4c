// FNV-1a, 64 bit: a digest that finds mistakes and tells things apart. No protection against
// malice.
#pragma once

#include <cstdint>
#include <span>

namespace galera {

class Fnv1a {
public:
    void add(std::uint8_t octet) { hash_ = (hash_ ^ octet) * prime; }
    void add(std::span<const std::uint8_t> octets) {
        for (const auto octet : octets)
            add(octet);
    }
    [[nodiscard]] std::uint64_t value() const { return hash_; }

private:
    static constexpr std::uint64_t offset_basis = 0xcbf29ce484222325U;
    static constexpr std::uint64_t prime = 0x100000001b3U;
    std::uint64_t hash_{offset_basis};
};

} // namespace galera
