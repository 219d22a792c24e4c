// Signals as something to read: no handler, no global.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <initializer_list>

namespace galera::agentx {

/// A signalfd, non-blocking. The signals interrupt nothing from now on, in this thread and those
/// that it starts: call it before there are any. Child processes get them as usual (node::Child).
[[nodiscard]] Result<node::UniqueFd> signals_to_read(std::initializer_list<int> numbers);

/// Takes what is there. False: no signal has come since the last call.
bool take_signals(int fd);

} // namespace galera::agentx
