#include "initiator/act/passed_options.hpp"

#include "common/galera/address_text.hpp"
#include "common/galera/recovered_position.hpp"

#include <algorithm>
#include <string_view>

namespace galera::act {

using decision::Verdict;
using decision::VerdictKind;

namespace {

/// The last value counts, as for the server; empty if the option is not there. Dashes and
/// underscores are one.
std::optional<std::string> last_value(const std::vector<std::string>& words,
                                      std::string_view name) {
    for (auto word = words.rbegin(); word != words.rend(); ++word) {
        const auto equals = std::min(word->find('='), word->size());
        auto written = word->substr(0, equals);
        std::ranges::replace(written, '_', '-');
        if (written == name)
            return word->substr(std::min(equals + 1, word->size()));
    }
    return std::nullopt;
}

/// In any of the forms in which a server prints a recovered position, and takes it back.
std::optional<Position> position_in(const std::string& value) {
    const auto read = parse_recovery_log("WSREP: Recovered position: " + value + "\n");
    return read ? read->position : std::nullopt;
}

} // namespace

std::vector<std::string> options_of(const Verdict& verdict) {
    std::vector<std::string> options;
    if (verdict.start_position)
        options.push_back("--wsrep_start_position=" + text_of(*verdict.start_position));
    if (verdict.kind == VerdictKind::bootstrap)
        options.emplace_back("--wsrep-new-cluster");
    return options;
}

std::optional<std::string> deviation(const std::vector<std::string>& command_line,
                                     const Verdict& verdict) {
    const bool bootstraps = last_value(command_line, "--wsrep-new-cluster").has_value();
    const bool is_to = verdict.kind == VerdictKind::bootstrap;
    if (bootstraps != is_to)
        return std::string{is_to ? "it was started without --wsrep-new-cluster"
                                 : "it was started with --wsrep-new-cluster, and is to join"};
    const auto address = last_value(command_line, "--wsrep-cluster-address");
    const auto named = address ? parse_cluster_address(*address) : Result<ClusterAddress>{};
    if (!is_to && address && named && named->hosts.empty())
        return "it was started with --wsrep_cluster_address=" + *address +
               ", which is an order to bootstrap, and is to join";
    if (!verdict.start_position)
        return std::nullopt;
    const auto passed = last_value(command_line, "--wsrep-start-position");
    if (!passed)
        return "it was started without --wsrep_start_position=" + text_of(*verdict.start_position);
    if (position_in(*passed) != verdict.start_position)
        return "it was started with --wsrep_start_position=" + *passed + ", and is to start at " +
               text_of(*verdict.start_position);
    return std::nullopt;
}

} // namespace galera::act
