// A pause that a signal ends.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace galera::run {

/// Lets so much time pass, or less once `cancelled`, which is noticed within 50 ms.
inline void pause(std::chrono::milliseconds time, const std::atomic<bool>& cancelled) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds glance{50};
    const auto until = Clock::now() + time;
    while (!cancelled && Clock::now() < until)
        std::this_thread::sleep_for(std::min<Clock::duration>(glance, until - Clock::now()));
}

} // namespace galera::run
