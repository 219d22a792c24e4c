// What must hold of a survey, said anew: written from DESIGN's law, calling none of its code.
#pragma once

#include "initiator/decision/decide.hpp"

#include <optional>
#include <set>
#include <vector>

namespace galera::exhaustive {

using Nodes = std::set<std::size_t>;

/// What is to be known about one survey, whoever looks at it.
class Oracle {
public:
    Oracle(const decision::Survey& survey, const decision::Rules& rules);

    /// The report, where it counts as one.
    [[nodiscard]] const NodeReport* heard(std::size_t node) const { return heard_[node]; }
    [[nodiscard]] bool is_lost(std::size_t node) const;
    [[nodiscard]] std::size_t size() const { return heard_.size(); }
    /// A whole position: not the debris of a state transfer.
    [[nodiscard]] bool is_whole(std::size_t node) const;
    /// What is compared: whole positions, and debris of the same history.
    [[nodiscard]] std::optional<Position> counted(std::size_t node) const;

    [[nodiscard]] Nodes in_a_primary() const;
    /// A server runs, starts or is about to, or somebody claims; `but` aside.
    [[nodiscard]] bool anybody_at_work(std::size_t but) const;
    /// Its report is too old, and told of a server, a claim or a bootstrap.
    [[nodiscard]] bool may_still_run(std::size_t node) const;
    [[nodiscard]] bool anybody_alive() const;
    /// What the old scripts of the node say; empty where they do not.
    [[nodiscard]] std::optional<LegacyReport> legacy(std::size_t node) const;
    /// By their word a node holds more than all that is known.
    [[nodiscard]] bool legacy_denies() const;
    [[nodiscard]] bool misconfigured() const;
    /// The server runs outside of any Primary component.
    [[nodiscard]] bool is_outside(std::size_t node) const;
    /// Nobody but the lost could be in a Primary component, and everybody says where it is.
    [[nodiscard]] bool all_outside() const;
    [[nodiscard]] bool claims(std::size_t node) const;
    [[nodiscard]] bool one_history() const;
    /// Two whole nodes have lived apart, or nothing shows that they have not.
    [[nodiscard]] bool apart() const;
    [[nodiscard]] bool apart_or_unknown() const;

    /// Nobody has reported more, and the files do not contradict each other more than another's.
    [[nodiscard]] bool is_highest(std::size_t node) const;
    [[nodiscard]] bool wins_tie(std::size_t node) const;

    /// Of all the applied views.
    [[nodiscard]] Seqno last_view_seqno() const;

    [[nodiscard]] bool names_stranger(std::size_t node) const;
    [[nodiscard]] bool accounts_for_last_view() const;
    [[nodiscard]] bool census(std::size_t elected) const;
    [[nodiscard]] bool closure(std::size_t elected) const;
    [[nodiscard]] bool last_to_leave(std::size_t elected) const;
    /// Its own files say that it was the last one.
    [[nodiscard]] bool looks_last(std::size_t node) const;
    [[nodiscard]] bool genesis(std::size_t elected) const;
    [[nodiscard]] bool proven(decision::Proof proof, std::size_t elected) const;
    [[nodiscard]] bool provable(std::size_t elected) const;

    /// The eras of the node as it tells them, or as those tell them that it was in one era with.
    [[nodiscard]] const std::optional<Lineage>& past(std::size_t node) const {
        return pasts_[node];
    }
    /// Whether the two nodes, of one history, have lived apart; empty where nothing shows it.
    [[nodiscard]] std::optional<bool> lived_apart(std::size_t left, std::size_t right) const;

private:
    void tell_pasts();
    [[nodiscard]] bool were_together(std::size_t left, std::size_t right) const;

    const decision::Survey& survey_;
    const decision::Rules& rules_;
    std::vector<const NodeReport*> heard_;
    std::vector<std::optional<Lineage>> pasts_;
};

/// Whether what is said about the named node is so.
[[nodiscard]] bool is_true(const decision::Named& named, const decision::Survey& survey,
                           const Oracle& oracle);

} // namespace galera::exhaustive
