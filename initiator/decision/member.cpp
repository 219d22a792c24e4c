#include "initiator/decision/member.hpp"

#include <algorithm>

namespace galera::decision {

namespace {

/// "10.0.0.2" of "10.0.0.2:3306", "fd00::2" of "[fd00::2]:3306".
std::string_view host_of(std::string_view incoming_address) {
    if (incoming_address.starts_with('['))
        return incoming_address.substr(1, incoming_address.find(']') - 1);
    return incoming_address.substr(0, incoming_address.rfind(':'));
}

} // namespace

std::optional<InRoster> find_in_roster(const Survey& survey, const ViewMember& member) {
    const auto host = host_of(member.incoming_address);
    const auto& answers = survey.answers;
    const auto has_address = [&](const Answer& answer) {
        const auto& node = answer.node;
        return node.address.text == host || node.name == host ||
               std::ranges::find(node.others, host, &Address::text) != node.others.end();
    };
    const auto place = [&](auto found) {
        return static_cast<std::size_t>(found - answers.begin());
    };
    if (const auto found = std::ranges::find_if(answers, has_address); found != answers.end())
        return InRoster{place(found), host, false};
    if (std::ranges::count(answers, member.name, &Answer::name) != 1)
        return std::nullopt;
    return InRoster{place(std::ranges::find(answers, member.name, &Answer::name)), host, true};
}

bool stands_in(const View& view, const Survey& survey, std::size_t node) {
    return std::ranges::any_of(view.members, [&](const ViewMember& member) {
        const auto found = find_in_roster(survey, member);
        return found && found->node == node;
    });
}

} // namespace galera::decision
