#include "common/node/start_guard.hpp"

#include <system_error>

namespace galera::node {

StartGuard start_guard_of(const std::string& unit, const std::filesystem::path& root) {
    std::error_code error;
    if (std::filesystem::exists(root / "etc/galera-initiator/start-guard.off", error))
        return StartGuard::off;
    if (error)
        return StartGuard::unknown;
    const auto drop_in =
        root / "run/systemd/generator" / (unit + ".d") / "zz-galera-initiator-guard.conf";
    const bool guarded = std::filesystem::exists(drop_in, error);
    if (error)
        return StartGuard::unknown;
    return guarded ? StartGuard::on : StartGuard::off;
}

} // namespace galera::node
