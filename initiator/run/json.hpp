// Verdicts and surveys as JSON, for programs. packaging/galera-initiator.schema.json documents
// every key, and a test holds each output against it: absent values are null, and no key is ever
// left out.
#pragma once

#include "common/config/exit_status.hpp"
#include "initiator/decision/decide.hpp"

#include <cstdint>
#include <string>

namespace galera::run {

/// Over several lines for people who read it all the same, or on one.
enum class Layout : std::uint8_t { indented, line };

/// Of `status`.
[[nodiscard]] std::string status_json(const decision::Survey& survey, const decision::Rules& rules,
                                      Layout layout);
/// Of `plan`.
[[nodiscard]] std::string plan_json(const decision::Verdict& verdict,
                                    const decision::Survey& survey, const decision::Rules& rules,
                                    Layout layout);
/// The same of `start`, in the words that its log has for the verdict.
[[nodiscard]] std::string verdict_json_line(const decision::Verdict& verdict,
                                            const decision::Survey& survey,
                                            const decision::Rules& rules,
                                            const std::string& sentence);
/// How `start` ends: the status of the process, its name, the last line of the log.
[[nodiscard]] std::string end_json_line(ExitStatus status, int exit_status,
                                        const std::string& sentence);

} // namespace galera::run
