// Which node of the roster a member of a view is.
#pragma once

#include "initiator/decision/survey.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace galera::decision {

struct InRoster {
    std::size_t node; // index in the survey
    std::string_view host;
    bool by_name; // the roster does not have the host: another machine may have the name, too
};

/// By its address, else by a name that one node only has.
[[nodiscard]] std::optional<InRoster> find_in_roster(const Survey& survey,
                                                     const ViewMember& member);

/// Whether a member of the view is this node.
[[nodiscard]] bool stands_in(const View& view, const Survey& survey, std::size_t node);

} // namespace galera::decision
