// What is told of many durations: the middle one, and the slow ones.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace galera::bench {

using Microseconds = std::chrono::duration<double, std::micro>;

class Distribution {
public:
    explicit Distribution(std::vector<Microseconds> values) : sorted_{std::move(values)} {
        std::ranges::sort(sorted_);
    }

    [[nodiscard]] std::size_t count() const { return sorted_.size(); }
    /// The least value that so large a part of all do not exceed; of none, 0.
    [[nodiscard]] Microseconds quantile(double part) const {
        if (sorted_.empty())
            return Microseconds{0};
        const auto count = static_cast<double>(sorted_.size());
        const auto place = static_cast<std::size_t>(std::max(part * count + 0.5, 1.0)) - 1;
        return sorted_[std::min(place, sorted_.size() - 1)];
    }
    [[nodiscard]] Microseconds median() const { return quantile(0.5); }

private:
    std::vector<Microseconds> sorted_;
};

} // namespace galera::bench
