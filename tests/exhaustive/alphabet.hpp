// The states that a node can be in, for the surveys that are enumerated, in the scenarios' words.
#pragma once

#include "initiator/decision/decide.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace galera::exhaustive {

/// What one node says, and whether an operator said that it is lost.
struct State {
    std::string words;
    decision::Answer answer;
    bool lost{false};
};

/// For each of the nodes n1, n2, ..: the states, in the order of the words. Beside the scenarios'
/// words, one of these may stand last: `failed` (its position could not be found out), `misplaced`
/// (it answers under another node's address), `unread` (whether it holds user data could not be
/// read), `outsider` (its applied view names a node that the roster does not), `twin` (or one node
/// twice), `unsynced` (a donor).
using Alphabet = std::vector<std::vector<State>>;

[[nodiscard]] Alphabet make_alphabet(std::size_t nodes, std::span<const std::string_view> words);

/// What all nodes' configurations have in common.
[[nodiscard]] decision::Rules make_rules(std::size_t nodes);

/// The words for surveys of three nodes, and fewer for surveys of five.
[[nodiscard]] std::span<const std::string_view> words_of_three();
[[nodiscard]] std::span<const std::string_view> words_of_five();
/// For surveys of three nodes, of which most run outside a Primary component.
[[nodiscard]] std::span<const std::string_view> words_of_restoration();

} // namespace galera::exhaustive
