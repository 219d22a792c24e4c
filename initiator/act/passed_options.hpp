// Whether a server that others have started (systemd, an init script) got what the verdict asks
// for. Words in, a sentence out.
#pragma once

#include "initiator/decision/decide.hpp"

#include <optional>
#include <string>
#include <vector>

namespace galera::act {

/// The options of the server that a verdict asks for: `--wsrep_start_position=UUID:SEQNO` where it
/// has a position, and `--wsrep-new-cluster` for a bootstrap.
[[nodiscard]] std::vector<std::string> options_of(const decision::Verdict& verdict);

/// What the command line of a running server lacks, has too much, or has otherwise: whether it
/// bootstraps, and the position that it starts with, where the verdict has one. (Without one the
/// state files have it ask for a whole transfer, or begin a history, whatever position is passed.)
/// Empty: it does as the verdict says.
[[nodiscard]] std::optional<std::string> deviation(const std::vector<std::string>& command_line,
                                                   const decision::Verdict& verdict);

} // namespace galera::act
