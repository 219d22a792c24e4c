// Decision cases as text: one line a node, the verdicts below.
//
//   # Two ran on, the third had been off.
//   n1 silent
//   n2 silent
//   n3 stopped A:6 view=n1,n2,n3@3
//   ----
//   n3: wait closure_open n1 n2
//
// NODE KIND [HISTORY:SEQNO | -] [view=NODES@SEQNO] [flag ...]; `-` is a node without a history.
// Any name will do for a node. Addresses rise in the order of the first appearance, so the order of
// the lines decides ties and claims, and nothing else.
// A node that is silent may tell what it holds, for the reader; the law does not see it.
// `legacy STATUS SEQNO` is a node without the subagent whose old scripts answer; `?`: with nothing
// that can be understood.
// A line `--recover-non-primary` is the option of all initiators; `claims` stands for the claim of
// a node whose server runs. `grastate=A:-1` is the file of a server that was killed, as good as
// none.
#pragma once

#include "common/model/result.hpp"
#include "initiator/decision/decide.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace galera::scenario {

inline constexpr std::string_view separator = "----";

struct Scenario {
    std::string story;       // the comment lines, each a sentence about what happened
    decision::Survey survey; // its `local` is set for each viewpoint in turn
    decision::Rules rules;
    std::vector<std::size_t> order;    // the roster's nodes in the order of the file
    std::vector<std::string> expected; // the lines below the separator
};

/// Errors name the line: "line 3: unknown kind 'stoped'".
Result<Scenario> parse(std::string_view text);

/// "n3: wait census_open n1 n2" for every node whose initiator could decide.
[[nodiscard]] std::vector<std::string> verdicts_of(Scenario scenario);

/// The text with what stands below the separator replaced by the verdicts.
[[nodiscard]] std::string rewritten(std::string_view text,
                                    const std::vector<std::string>& verdicts);

} // namespace galera::scenario
