// The chance of a history: a small generator of our own, so that a seed tells the same story on
// every machine and with every library.
#pragma once

#include <array>
#include <cstdint>

namespace galera::simulation {

/// xoshiro256**, seeded through splitmix64.
class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15U;
            auto mixed = seed;
            mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
            mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
            word = mixed ^ (mixed >> 31U);
        }
    }

    std::uint64_t next() {
        const auto result = rotated(state_[1] * 5, 7) * 9;
        const auto shifted = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = rotated(state_[3], 45);
        return result;
    }

    /// From 0 to bound - 1. The bounds here are small, so the remainder's bias does not matter.
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
    }
    /// Both ends included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + below(high - low + 1);
    }
    bool chance(int percent) { return below(100) < percent; }

private:
    static std::uint64_t rotated(std::uint64_t word, unsigned bits) {
        return word << bits | word >> (64U - bits);
    }

    std::array<std::uint64_t, 4> state_{};
};

} // namespace galera::simulation
