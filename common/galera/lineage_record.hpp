// What is recorded beside the data: the eras that it went through, and the last view seen in them.
// Text in, values out.
#pragma once

#include "common/model/lineage.hpp"
#include "common/model/result.hpp"
#include "common/model/view.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galera {

/// A view's place: ids count up by one within an era, and start again at 1 with the next.
struct ViewMark {
    std::uint64_t id{0};
    Seqno seqno;

    bool operator==(const ViewMark&) const = default;
};

struct LineageRecord {
    History history;
    /// False: eras have passed whose names are not known; then `eras` proves nothing.
    bool known{true};
    Lineage eras;
    std::optional<ViewMark> last_view;
    /// The server ran with pc.ignore_sb or pc.ignore_quorum since it was last started by proof.
    bool quorum_override{false};

    bool operator==(const LineageRecord&) const = default;
};

/// No record of 256 eras comes near this size.
inline constexpr std::size_t lineage_record_bytes_max = 64 * 1024;

/// Lines "history UUID", "known yes", "era SEQNO UUID", "view ID SEQNO", "quorum_override no", and
/// comments. Errors name the line; a record that was cut off has no "end".
Result<LineageRecord> parse_lineage_record(std::string_view content);
[[nodiscard]] std::string text_of(const LineageRecord& record);

/// The record after a view has been seen applied. A node without a record is in the first era of
/// its history. A view id that cannot follow in the recorded era gives away a bootstrap by hand:
/// the node that was alone in its first view names the new era with `name`; for any other the name
/// cannot be known, and the lineage becomes unknown.
[[nodiscard]] LineageRecord followed(const std::optional<LineageRecord>& record, const View& view,
                                     bool alone, const Uuid& name);

} // namespace galera
