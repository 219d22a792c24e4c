// The record of a node's lineage in `state_dir/lineage`, kept durably, changed by one at a time.
#pragma once

#include "common/galera/lineage_record.hpp"
#include "common/model/node_report.hpp"
#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <filesystem>
#include <optional>

namespace galera::node {

/// A UUID of random octets (RFC 4122, version 4).
Result<Uuid> draw_uuid();

/// The right to change the record: the agent follows the views, the initiator writes before it
/// starts the server. A flock(2) on `state_dir`, waited for half a second: neither holds it
/// longer than one replacement of a small file takes.
class LineageFile {
public:
    /// Creates the directory if it is missing. An error if somebody keeps the lock.
    static Result<LineageFile> open(const std::filesystem::path& state_dir);

    /// Empty: there is no record.
    [[nodiscard]] Result<std::optional<LineageRecord>> read() const;
    [[nodiscard]] Result<void> write(const LineageRecord& record) const;

private:
    LineageFile(std::filesystem::path path, UniqueFd lock)
        : path_{std::move(path)}, lock_{std::move(lock)} {}
    std::filesystem::path path_;
    UniqueFd lock_;
};

/// Brings the record up to what the report has just seen, and the report's lineage up to the
/// record. Where the record cannot be read or written the lineage stays unknown: it proves nothing.
[[nodiscard]] Result<void> follow_lineage(const std::filesystem::path& state_dir,
                                          bool initiator_runs, NodeReport& report);

} // namespace galera::node
