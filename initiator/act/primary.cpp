#include "initiator/act/primary.hpp"

#include "common/config/observe.hpp"
#include "common/node/server_session.hpp"

namespace galera::act {

namespace {

using Changed = std::optional<std::string>;

/// Empty: the server is where it was seen.
Changed compare(const node::ServerSample& now, const NodeReport& seen) {
    if (now.status.cluster.status != ClusterStatus::non_primary)
        return "the server is not outside a Primary component any more";
    const auto position = now.status.position.value_or(std::nullopt);
    if (position != seen.position)
        return "the server is at " + text_of(position) + " and the agent reported " +
               text_of(seen.position);
    return std::nullopt;
}

} // namespace

Result<Changed> restore_primary(const config::Site& site, const NodeReport& seen) {
    node::ServerSession session{config::observer_options(site).session};
    const auto now = session.sample();
    if (!now)
        return Changed{now.error().error.text};
    if (auto changed = compare(*now, seen))
        return changed;
    if (const auto restored = session.restore_primary(); !restored)
        return failure(restored.error().error.text +
                       "; the user of the database that this program is must be allowed to set "
                       "wsrep_provider_options");
    return Changed{};
}

} // namespace galera::act
