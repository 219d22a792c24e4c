// Wakes a thread that polls.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <utility>

namespace galera::agentx {

/// An eventfd. Readable from `wake` until `take`; both may be called from any thread.
class Wakeup {
public:
    static Result<Wakeup> make() {
        node::UniqueFd fd{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
        if (!fd)
            return failure("cannot make an eventfd: " + std::generic_category().message(errno));
        return Wakeup{std::move(fd)};
    }

    /// Fails only where the counter is full: then it is readable.
    void wake() const { eventfd_write(fd_.get(), 1); }
    void take() const {
        eventfd_t count{0};
        eventfd_read(fd_.get(), &count);
    }
    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    explicit Wakeup(node::UniqueFd fd) : fd_{std::move(fd)} {}
    node::UniqueFd fd_;
};

} // namespace galera::agentx
