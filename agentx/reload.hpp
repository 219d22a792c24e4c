// Does something on each SIGHUP, on a thread of its own.
#pragma once

#include "agentx/wakeup.hpp"
#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <functional>
#include <thread>

namespace galera::agentx {

class Reload {
public:
    /// Calls `reload` for each SIGHUP that comes or has come; for several that come while it runs
    /// once more. It may take its time. `hangups`: of signals_to_read({SIGHUP}); it must outlive
    /// this.
    static Result<Reload> on_signal(const node::UniqueFd& hangups, std::function<void()> reload);

    Reload(Reload&&) noexcept = default;
    Reload& operator=(Reload&&) = delete;
    Reload(const Reload&) = delete;
    Reload& operator=(const Reload&) = delete;
    /// Waits for the `reload` that runs.
    ~Reload();

private:
    Reload(Wakeup stop, std::thread thread) : stop_{std::move(stop)}, thread_{std::move(thread)} {}

    Wakeup stop_;
    std::thread thread_;
};

} // namespace galera::agentx
