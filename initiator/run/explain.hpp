// Verdicts and surveys in words: the line of the log, the text of `plan`.
#pragma once

#include "initiator/decision/decide.hpp"

#include <string>
#include <string_view>

namespace galera::run {

/// One line: "bootstrap: furthest_ahead; 8f3a91c2..:1210 here, 8f3a91c2..:1204 on db2 (10.0.0.2)".
[[nodiscard]] std::string sentence_of(const decision::Verdict& verdict,
                                      const decision::Survey& survey);

/// "db2 (10.0.0.2) does not answer SNMP, this node is recovering its position": the nodes that the
/// verdict names, and what each lacks. Empty: it names none.
[[nodiscard]] std::string named_nodes(const decision::Verdict& verdict,
                                      const decision::Survey& survey);

/// What each node said, what `start` would do now and why, and what an operator could do.
[[nodiscard]] std::string plan_text(const decision::Verdict& verdict,
                                    const decision::Survey& survey, const decision::Rules& rules);

/// "stopped", "primary Synced", "does not answer SNMP": a node in some words.
[[nodiscard]] std::string condition_of(const decision::Answer& answer,
                                       const decision::Rules& rules);

/// What somebody else has sent, fit for a line on a terminal: '?' for what is not UTF-8 or
/// controls.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace galera::run
