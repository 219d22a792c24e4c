// `plan` and `status`: they look, and change nothing.
#pragma once

#include "common/config/config.hpp"
#include "common/config/exit_status.hpp"
#include "initiator/run/start.hpp"
#include "initiator/run/terminal.hpp"

namespace galera::run {

/// One survey, told on stdout; with --watch one each poll-interval, until the program is
/// interrupted or nobody reads it any more.
ExitStatus look(const config::Site& site, const config::Invocation& invocation,
                const Outlet& outlet, const Interruption& interruption);

} // namespace galera::run
