// What is changed in the data directory before a server starts. Every file is read and understood
// first, and replaced atomically.
#pragma once

#include "common/model/position.hpp"
#include "common/model/result.hpp"
#include "initiator/decision/decide.hpp"

#include <filesystem>
#include <optional>

namespace galera::act {

/// Makes grastate.dat say what Galera wants to read before it bootstraps: `safe_to_bootstrap: 1`,
/// and the history where the file has lost its UUID. Without a history (a cluster is begun) a
/// file is changed only if it forbids the bootstrap; without a file nothing is written, since
/// Galera takes its absence for permission. The old content stays in
/// `grastate.dat.before-bootstrap`.
Result<void> allow_bootstrap(const std::filesystem::path& datadir,
                             const std::optional<History>& history);

/// Renames gvwstate.dat to `gvwstate.dat.set-aside`: Galera's own pc.recovery would act on it, and
/// on weaker evidence than the law asks for.
Result<void> set_view_file_aside(const std::filesystem::path& datadir);

/// Empties grastate.dat, which for Galera and for every observer means: a state transfer has begun
/// and not ended. For a joiner whose data is to be overwritten, so that nobody takes it for whole
/// from here on. A missing file is made, owned like the directory.
Result<void> mark_for_transfer(const std::filesystem::path& datadir);

/// Writes down what the data that the server will hold went through, before it starts; see
/// `record_for_start`. The name of a new era is drawn here.
Result<void> record_lineage(const std::filesystem::path& state_dir,
                            const decision::Verdict& verdict, const NodeReport& seen);

/// Takes over the lineage that another member of the local node's view has told.
Result<void> adopt_lineage(const std::filesystem::path& state_dir, const View& view,
                           const Lineage& lineage);

} // namespace galera::act
