// The two state files that Galera keeps in the data directory. Text in, values out.
#pragma once

#include "common/model/position.hpp"
#include "common/model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera {

/// No state file of Galera comes near this size; a larger one is garbage.
inline constexpr std::size_t state_file_bytes_max = std::size_t{64} * 1024;

/// grastate.dat. Fields that the file does not have are empty.
struct Grastate {
    std::string version;         // "2.1"
    std::optional<History> uuid; // empty: nil
    std::optional<Seqno> seqno;  // empty: -1
    std::optional<bool> safe_to_bootstrap;

    /// Both halves, when both are there.
    [[nodiscard]] std::optional<Position> position() const {
        if (!uuid || !seqno)
            return std::nullopt;
        return Position{*uuid, *seqno};
    }
    bool operator==(const Grastate&) const = default;
};

/// Reads the content of grastate.dat. Errors name the line: "line 4: seqno '12x' is not a number".
/// An empty file, and a file that lacks version, uuid or seqno, is an error: it was cut off, or
/// belongs to a joiner whose SST has not ended. As Galera does, a last line without newline is not
/// read; it is an error here if it would have held a field. So are bytes that are no text, a field
/// that is there twice, and one that Galera would read as something else (0, for a seqno '12x').
/// Blanks behind the end (Galera overwrites in place), comments and unknown fields are passed over.
Result<Grastate> parse_grastate(std::string_view content);

/// The content with `uuid` and `safe_to_bootstrap: 1` set, everything else kept as it stands, in
/// the form that Galera writes (final newline). `content` must parse.
Result<std::string> grastate_for_bootstrap(std::string_view content, const History& uuid);

/// gvwstate.dat. What is in it denies, never proves (it is written before anything of the view is
/// applied), so the decision looks only at whether the file exists.
struct Gvwstate {
    Uuid my_uuid;
    Uuid view_uuid;            // of the representative
    std::uint32_t view_seq{0}; // not comparable across bootstraps
    bool bootstrap{false};
    std::vector<Uuid> members;

    bool operator==(const Gvwstate&) const = default;
};

/// Reads the content of gvwstate.dat; an error unless it is complete and of a Primary view.
Result<Gvwstate> parse_gvwstate(std::string_view content);

} // namespace galera
