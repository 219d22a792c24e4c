// Verdicts and surveys in words: the line of the log, the text of `plan`, the table of `status`,
// and both as JSON.
#pragma once

#include "initiator/decision/decide.hpp"

#include <string>

namespace galera::run {

/// One line: "bootstrap: furthest_ahead; 8f3a91c2..:1210 here, 8f3a91c2..:1204 on db2 (10.0.0.2)".
[[nodiscard]] std::string sentence_of(const decision::Verdict& verdict,
                                      const decision::Survey& survey);

/// What each node said, what `start` would do now and why, and what an operator could do.
[[nodiscard]] std::string plan_text(const decision::Verdict& verdict,
                                    const decision::Survey& survey, const decision::Rules& rules);
[[nodiscard]] std::string plan_json(const decision::Verdict& verdict,
                                    const decision::Survey& survey, const decision::Rules& rules);

/// The cluster in one table, a line a node.
[[nodiscard]] std::string status_table(const decision::Survey& survey,
                                       const decision::Rules& rules);
[[nodiscard]] std::string status_json(const decision::Survey& survey, const decision::Rules& rules);

/// "stopped", "primary Synced", "does not answer SNMP": a node in some words.
[[nodiscard]] std::string condition_of(const decision::Answer& answer,
                                       const decision::Rules& rules);

} // namespace galera::run
