// The survey, sorted into what counts as evidence and what does not: what the rules stand on.
#pragma once

#include "initiator/decision/decide.hpp"

#include <optional>
#include <vector>

namespace galera::decision {

using Matches = bool (*)(const NodeReport&);
/// What a rule gives: a verdict, or nothing, and the next rule is asked.
using Given = std::optional<Verdict>;

struct Ground {
    const Survey& survey;
    const Rules& rules;
    bool claiming;
    /// For each answer: its report, or null where it is no evidence.
    std::vector<const NodeReport*> reports;
    /// For each report: the eras that its node went through, as it knows them, or as a node knows
    /// them that was in one era with it. Empty: unknown.
    std::vector<std::optional<Lineage>> lineages;
    /// For each answer: whether an operator said that the node will never come back.
    std::vector<bool> lost;

    Ground(const Survey& taken, const Rules& in_force, bool claims);

    [[nodiscard]] const NodeReport* here() const { return reports[survey.local]; }
    [[nodiscard]] std::size_t size() const { return reports.size(); }
    /// The roster without the nodes that are lost.
    [[nodiscard]] std::vector<std::size_t> nodes() const;
    /// The position that the node's report counts with. Empty also for the debris of a transfer
    /// into another history than that of the whole nodes: it was to be overwritten.
    [[nodiscard]] std::optional<Position> held(std::size_t node) const;
    [[nodiscard]] std::vector<Named> peers_where(Matches matches, Lack lack) const;
    [[nodiscard]] std::vector<Named> nodes_where(Matches matches, Lack lack) const;
    /// Whether the local server runs outside a Primary component, no node is in one, and the local
    /// node may restore one.
    [[nodiscard]] bool may_restore() const;
    /// Why a node is no evidence of a position; empty where it reported one, or that it has none.
    [[nodiscard]] std::optional<Lack> lack_of_evidence(std::size_t node) const;
    /// Whether the applied views of two nodes that have reported one are of one era: they are the
    /// same, or ids and seqnos allow it and a server in both has applied the later one. That a view
    /// names a server does not say that it went along: Galera ends one that holds more than the
    /// component it comes into.
    [[nodiscard]] bool share_an_era(std::size_t one, std::size_t other) const;
};

[[nodiscard]] Verdict wait_for(Reason reason, std::vector<Named> named);
[[nodiscard]] Verdict refuse_over(Reason reason, std::vector<Named> named);

/// A server has the data directory, or may have it.
[[nodiscard]] bool is_up(const NodeReport& report);
/// It starts, or does not answer.
[[nodiscard]] bool is_busy(const NodeReport& report);
[[nodiscard]] bool is_non_primary(const NodeReport& report);
[[nodiscard]] bool is_claiming(const NodeReport& report);
[[nodiscard]] bool is_bootstrapping(const NodeReport& report);
[[nodiscard]] bool has_no_history(const NodeReport& report);
[[nodiscard]] bool is_cut(const NodeReport& report);

} // namespace galera::decision
