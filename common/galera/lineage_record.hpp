// What is recorded beside the data: the eras that it went through, and the last view seen in them.
// Text in, values out.
#pragma once

#include "common/model/lineage.hpp"
#include "common/model/result.hpp"
#include "common/model/view.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera {

struct LineageRecord {
    History history;
    /// False: eras may have passed whose names are not known; then `eras` proves nothing.
    bool known{true};
    Lineage eras;
    /// The last views that the data went through, whether its eras are known or not.
    ViewLog views;
    /// The last view that is known to be of these eras.
    std::optional<ViewMark> last_view;
    /// Of a node that was started to join: the Primary's, as it was when its eras were taken over.
    std::optional<ViewMark> joined_view;
    /// Where the data was when the server was last seen stopped; empty: it has run since.
    std::optional<Seqno> stopped_at;
    /// The server ran with pc.ignore_sb or pc.ignore_quorum since it was last started by proof.
    bool quorum_override{false};
    /// The server ran with innodb_flush_log_at_trx_commit other than 1 when it was last seen.
    bool lazy_commit{false};
    /// The server was started to join, or was seen in a state transfer, and has not been seen whole
    /// in a Primary component since: over a grastate.dat without a history this is debris. A script
    /// that ends in order takes all other traces away, also where the transfer has failed.
    bool joining{false};

    bool operator==(const LineageRecord&) const = default;
};

/// No record of 256 eras comes near this size.
inline constexpr std::size_t lineage_record_bytes_max = std::size_t{64} * 1024;

/// Lines "history UUID", "known yes", "era SEQNO UUID", "past ID SEQNO DIGEST", "view ID SEQNO",
/// "joined ID SEQNO", "member UUID" (of the view above it), "stopped SEQNO", "quorum_override no",
/// "lazy_commit no", "joining no", and comments.
/// Errors name the line; a record that was cut off has no "end".
Result<LineageRecord> parse_lineage_record(std::string_view content);
[[nodiscard]] std::string text_of(const LineageRecord& record);

/// The record after a view has been seen applied. A node without a record is in the first era of
/// its history, unless the view is the first one of a later era. A view of which no server was in
/// the last view or the joined one may be of another era: the lineage is unknown until one is seen
/// that has. A view whose id cannot be one of the recorded era is of another: the node that was
/// alone in the first view of a bootstrap by hand, right above where it had been seen stopped,
/// names the new era with `name`; for any other the name cannot be known. `self`: the node's own
/// name.
[[nodiscard]] LineageRecord followed(const std::optional<LineageRecord>& record, const View& view,
                                     std::string_view self, const Uuid& name);

} // namespace galera
