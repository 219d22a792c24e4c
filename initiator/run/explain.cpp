#include "initiator/run/explain.hpp"

#include "common/model/words.hpp"
#include "initiator/decision/member.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace galera::run {

using decision::Answer;
using decision::Lack;
using decision::Reason;
using decision::Survey;
using decision::Verdict;
using decision::VerdictKind;

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const auto& part : parts) {
        if (!text.empty())
            text += separator;
        text += part;
    }
    return text;
}

std::string label_in(const Survey& survey, std::size_t node) {
    return node == survey.local ? "this node" : printable(label_of(survey.answers[node]));
}

/// "8f3a91c2..:1210 here, 8f3a91c2..:1204 on db2 (10.0.0.2)".
std::string positions(const Survey& survey) {
    std::vector<std::string> parts;
    const auto add = [&](const Answer& answer, const std::string& where) {
        const auto* report = answer.report();
        if (report && report->position)
            parts.push_back(short_text_of(*report->position) + ' ' + where);
    };
    add(survey.here(), "here");
    for (std::size_t node = 0; node < survey.answers.size(); ++node) {
        if (node != survey.local)
            add(survey.answers[node], "on " + label_in(survey, node));
    }
    return parts.empty() ? "no node holds a history" : joined(parts, ", ");
}

/// ", at 8f3a..:7, last in view 4 of n1, n2".
std::string holdings_of(const NodeReport& report) {
    std::string text;
    if (report.position)
        text += ", at " + text_of(*report.position);
    if (!report.applied_view)
        return text;
    std::vector<std::string> members;
    members.reserve(report.applied_view->members.size());
    for (const auto& member : report.applied_view->members)
        members.push_back(printable(member.name));
    return text + ", last in view " + std::to_string(report.applied_view->id) + " of " +
           joined(members, ", ");
}

std::string_view meaning_of(decision::Proof proof) {
    switch (proof) {
    case decision::Proof::census:
        return "every node has reported, and none holds more than the elected one";
    case decision::Proof::genesis:
        return "every node has reported, and none has a history";
    case decision::Proof::closure:
        return "all data nodes of the elected one's last view have reported, and they are a "
               "majority, so whoever is silent cannot hold more";
    case decision::Proof::last_to_leave:
        return "the elected one was alone when it was shut down in order";
    case decision::Proof::none:
        break;
    }
    return "none";
}

std::string what_would_happen(const Verdict& verdict, const Survey& survey) {
    switch (verdict.kind) {
    case VerdictKind::join:
        if (verdict.reason == Reason::already_member)
            return "Nothing: this node is a member already.";
        return "start would start the server here as a joiner" +
               (verdict.start_position ? ", from " + short_text_of(*verdict.start_position) + "."
                                       : std::string{", and a donor would send it everything."});
    case VerdictKind::bootstrap:
        if (verdict.reason == Reason::primary_restored)
            return "start would claim, survey once more, and make the server here, with those "
                   "connected to it, a Primary component.";
        return "start would claim, survey once more, and bootstrap the cluster from this node.";
    case VerdictKind::wait:
        if (verdict.elected)
            return "start would wait until " + label_in(survey, *verdict.elected) +
                   " has bootstrapped, and then join.";
        return "start would wait and ask again.";
    case VerdictKind::refuse:
        break;
    }
    return "start would refuse and end with status 4.";
}

/// The length of the UTF-8 character that the text begins with, if it is one that prints; else 0.
std::size_t printing_bytes(std::string_view text) {
    struct Form {
        unsigned mask, lead;
        std::size_t bytes;
        std::uint32_t first; // what is lower has a shorter form
    };
    constexpr std::array forms{Form{0x80, 0x00, 1, 0x20}, Form{0xE0, 0xC0, 2, 0xA0},
                               Form{0xF0, 0xE0, 3, 0x800}, Form{0xF8, 0xF0, 4, 0x10000}};
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (const auto& form : forms) {
        if ((octet(0) & form.mask) != form.lead)
            continue;
        if (text.size() < form.bytes)
            return 0;
        std::uint32_t character = octet(0) & ~form.mask & 0xFFU;
        for (std::size_t at = 1; at < form.bytes; ++at) {
            if ((octet(at) & 0xC0U) != 0x80U)
                return 0;
            character = character << 6U | (octet(at) & 0x3FU);
        }
        const bool is_none = character < form.first || character == 0x7F || character > 0x10FFFF ||
                             (character >= 0xD800 && character < 0xE000);
        return is_none ? 0 : form.bytes;
    }
    return 0;
}

/// "stopped at 1210, by its old scripts".
std::string legacy_condition_of(const Answer& answer) {
    const auto legacy = answer.legacy.value_or(LegacyReport{});
    std::string text{legacy.status ? word_of(*legacy.status) : "unknown"};
    if (legacy.seqno)
        text += " at " + std::to_string(legacy.seqno->value());
    return text + ", by its old scripts";
}

/// ": n4 (10.0.0.4:3306)", whom the node's last view names and the roster does not.
std::string strangers_of(const Survey& survey, std::size_t node) {
    std::vector<std::string> strangers;
    const auto* report = survey.answers[node].report();
    if (report && report->applied_view) {
        for (const auto& member : report->applied_view->members) {
            if (!member.incoming_address.empty() && !find_in_roster(survey, member))
                strangers.push_back(printable(member.name) + " (" +
                                    printable(member.incoming_address) + ')');
        }
    }
    return strangers.empty() ? std::string{} : ": " + joined(strangers, " and ");
}

} // namespace

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto bytes = printing_bytes(text);
        result += bytes == 0 ? std::string_view{"?"} : text.substr(0, bytes);
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return result;
}

std::string named_nodes(const Verdict& verdict, const Survey& survey) {
    std::vector<std::string> parts;
    parts.reserve(verdict.named.size());
    for (const auto& [node, lack] : verdict.named) {
        parts.push_back(label_in(survey, node) + ' ' + std::string{phrase_of(lack)});
        if (lack == Lack::outside_roster)
            parts.back() += strangers_of(survey, node);
    }
    return joined(parts, ", ");
}

std::string condition_of(const Answer& answer, const decision::Rules& rules) {
    const auto* report = answer.report();
    if (!report) {
        switch (std::get<decision::Silence>(answer.said)) {
        case decision::Silence::no_answer:
            return std::string{phrase_of(Lack::no_answer)};
        case decision::Silence::not_authentic:
            return std::string{phrase_of(Lack::not_authentic)};
        case decision::Silence::no_agent:
            return std::string{phrase_of(Lack::no_agent)};
        case decision::Silence::unknown:
            return std::string{phrase_of(Lack::unreadable)};
        case decision::Silence::legacy:
            return legacy_condition_of(answer);
        case decision::Silence::alive:
            break;
        }
        return std::string{phrase_of(Lack::alive)};
    }
    if (!is_fresh(*report, rules))
        return std::string{phrase_of(Lack::stale)};
    std::string text{word_of(report->status)};
    if (report->server == ServerState::serving)
        return text + ", " + std::string{word_of(report->cluster.status)} + ", " +
               std::string{word_of(report->cluster.node_state)};
    if (report->server != ServerState::stopped)
        text += ", server " + std::string{word_of(report->server)};
    // The debris that a transfer leaves when it is cut is there while it is under way.
    if (report->taint != Taint::none && report->replication.transfer == Transfer::none)
        text += ", taint " + std::string{word_of(report->taint)};
    return text;
}

std::string sentence_of(const Verdict& verdict, const Survey& survey) {
    std::string text{word_of(verdict.kind)};
    text += ": " + std::string{word_of(verdict.reason)};
    if (verdict.kind == VerdictKind::bootstrap)
        return text + "; " + positions(survey);
    if (verdict.reason == Reason::already_member)
        return text;
    if (verdict.kind == VerdictKind::join) {
        text += "; " + label_in(survey, *verdict.elected) + " is in a Primary component, ";
        return text + (verdict.start_position
                           ? "this node holds " + short_text_of(*verdict.start_position)
                           : std::string{"this node asks for everything"});
    }
    if (!verdict.named.empty())
        text += "; " + named_nodes(verdict, survey);
    if (verdict.kind == VerdictKind::refuse)
        text += "; " + std::string{row_of(verdict.reason).advice};
    return text;
}

std::string plan_text(const Verdict& verdict, const Survey& survey, const decision::Rules& rules) {
    std::ostringstream text;
    text << "What the nodes say:\n";
    for (std::size_t node = 0; node < survey.answers.size(); ++node) {
        const auto& answer = survey.answers[node];
        text << "  " << printable(label_of(answer))
             << (node == survey.local ? ", this node: " : ": ") << condition_of(answer, rules);
        if (const auto* report = answer.report())
            text << holdings_of(*report);
        text << '\n';
    }
    const auto& row = row_of(verdict.reason);
    text << "Verdict: " << sentence_of(verdict, survey) << '\n'
         << "Because: " << row.meaning << ".\n";
    if (verdict.proof != decision::Proof::none)
        text << "Proof:   " << word_of(verdict.proof) << ": " << meaning_of(verdict.proof) << ".\n";
    else if (!verdict.named.empty())
        text << "Lacking: " << named_nodes(verdict, survey) << ".\n";
    text << "Next:    " << what_would_happen(verdict, survey) << '\n';
    if (!row.advice.empty())
        text << "You can: " << row.advice << ".\n";
    return text.str();
}

} // namespace galera::run
