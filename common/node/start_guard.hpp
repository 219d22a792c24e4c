// Whether the database's unit starts only on the initiator's permit: the start guard of
// packaging/systemd.
#pragma once

#include "common/model/node_report.hpp"

#include <filesystem>
#include <string>

namespace galera::node {

/// By what systemd was told at boot or at its last reload: the drop-in that our generator writes,
/// and the file that switches the guard off at once. `off` where systemd does not run.
[[nodiscard]] StartGuard start_guard_of(const std::string& unit,
                                        const std::filesystem::path& root = "/");

} // namespace galera::node
