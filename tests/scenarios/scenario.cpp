#include "tests/scenarios/scenario.hpp"

#include "common/model/words.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

namespace galera::scenario {

namespace {

using decision::Answer;
using decision::Silence;

using Words = std::vector<std::string>;

Words split(std::string_view text, char separator) {
    Words words;
    std::istringstream stream{std::string{text}};
    for (std::string word; std::getline(stream, word, separator);) {
        if (!word.empty())
            words.push_back(word);
    }
    return words;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// A letter stands for a UUID: A for aaaaaaaa-aaaa-...
std::optional<Uuid> uuid_of(std::string_view letter) {
    if (letter.size() != 1 || letter[0] < 'A' || letter[0] > 'Z')
        return std::nullopt;
    Uuid::Octets octets{};
    octets.fill(static_cast<std::uint8_t>(letter[0]));
    return Uuid::from(octets);
}

std::optional<Position> position_of(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    const auto history = uuid_of(text.substr(0, colon));
    const auto value = number(text.substr(colon + 1));
    const auto seqno = value ? Seqno::from(*value) : std::nullopt;
    if (!history || !seqno)
        return std::nullopt;
    return Position{*history, *seqno};
}

/// "A:-1": a running or killed server's grastate.dat.
bool is_without_seqno(std::string_view text) {
    const auto colon = text.find(':');
    return colon != std::string_view::npos && uuid_of(text.substr(0, colon)) &&
           text.substr(colon + 1) == "-1";
}

/// Addresses rise in the order in which the nodes appear in the file.
Address address_of(std::size_t rank) {
    Address address;
    address.octets = {10, 0, 0, static_cast<std::uint8_t>(rank + 1)};
    address.text = "10.0.0." + std::to_string(rank + 1);
    return address;
}

/// A node's UUID in views; an arbitrator has no incoming address.
ViewMember member_of(const std::string& name, bool arbitrator) {
    Uuid::Octets octets{};
    std::copy_n(name.begin(), std::min(name.size(), octets.size()), octets.begin());
    return {*Uuid::from(octets), name, arbitrator ? "" : name + ":3306"};
}

struct Line {
    std::size_t number; // in the file, from 1
    std::string name;
    std::string kind;
    Words rest;
};

/// Words are separated by blanks; a carriage return or a tab is one.
Words words_of(std::string_view line) {
    Words words;
    std::istringstream stream{std::string{line}};
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

/// The first line, taken off the text.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

/// Without what stands between the last word and the end of the line.
std::string_view without_trailing_blanks(std::string_view line) {
    const auto last = line.find_last_not_of(" \t\r");
    return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// A name that can stand in a view and in a verdict.
bool is_name(std::string_view name) {
    return name.find_first_of(",@:=#") == std::string_view::npos && name != "-";
}

const std::map<std::string, Silence, std::less<>> silences{
    {"silent", Silence::no_answer}, {"unauthentic", Silence::not_authentic},
    {"noagent", Silence::no_agent}, {"unknown", Silence::unknown},
    {"alive", Silence::alive},      {"legacy", Silence::legacy},
};

/// What a kind says of status, server and cluster. Empty: no such kind.
std::optional<NodeReport> report_of_kind(std::string_view kind) {
    NodeReport report;
    report.agent.snapshot_id = 1;
    report.seqno_state = SeqnoState::undefined;
    report.safe_to_bootstrap = false;
    report.view_file = false;
    report.user_data = UserData::absent;
    report.quorum_override = false;
    report.durable_commit = true;
    report.lineage = Lineage{};
    const auto running = [&](ServerState server, ClusterStatus status, NodeState state) {
        report.status = NodeStatus::running;
        report.server = server;
        report.cluster = {.status = status, .node_state = state};
        report.cluster.ready = status == ClusterStatus::primary;
    };
    if (kind == "initiating")
        report.status = NodeStatus::initiating;
    else if (kind == "locked")
        report.status = NodeStatus::locked;
    else if (kind == "bootstrapping")
        report.status = NodeStatus::bootstrapping;
    else if (kind == "recovering")
        report.server = ServerState::recovering;
    else if (kind == "starting")
        running(ServerState::starting, ClusterStatus::unknown, NodeState::unknown);
    else if (kind == "primary")
        running(ServerState::serving, ClusterStatus::primary, NodeState::synced);
    else if (kind == "nonprimary")
        running(ServerState::serving, ClusterStatus::non_primary, NodeState::initialized);
    else if (kind == "disconnected")
        running(ServerState::serving, ClusterStatus::disconnected, NodeState::initialized);
    else if (kind != "stopped")
        return std::nullopt;
    return report;
}

/// Gives the view the id that it would have if every write set of its era had been a view.
void count_view(NodeReport& report) {
    if (!report.applied_view)
        return;
    const auto seqno = report.applied_view->seqno;
    const auto eras = eras_up_to(report.lineage.value_or(Lineage{}), seqno);
    const auto before = eras.empty() ? 0 : eras.back().first.value() - 1;
    report.applied_view->id = static_cast<std::uint64_t>(seqno.value() - before);
}

/// Who does not know its eras counts a view that it shares with another one as that one does.
void count_shared_views(decision::Survey& survey) {
    const auto shares = [](const View& view, const decision::Answer& answer) {
        const auto* report = answer.report();
        return report && report->lineage && report->applied_view &&
               report->applied_view->seqno == view.seqno &&
               report->applied_view->history == view.history &&
               report->applied_view->members == view.members;
    };
    for (auto& answer : survey.answers) {
        auto* report = std::get_if<NodeReport>(&answer.said);
        if (!report || report->lineage || !report->applied_view)
            continue;
        for (const auto& other : survey.answers) {
            if (shares(*report->applied_view, other))
                report->applied_view->id = other.report()->applied_view->id;
        }
    }
}

/// Reads the lines of one scenario into a survey.
class Reader {
public:
    Result<Scenario> read(std::string_view text);

private:
    Result<void> collect_lines(std::string_view text);
    Result<void> take_option(std::string_view line);
    Result<void> take_node(std::size_t line_number, const Words& words);
    Result<void> build_roster();
    Result<Answer> answer_of(const Line& line);
    Result<void> apply(const std::string& word, NodeReport& report);
    Result<void> apply_setting(const std::string& word, NodeReport& report);
    Result<View> view_of(std::string_view value, const NodeReport& report) const;
    Result<Words> nodes_of(std::string_view value) const;
    std::string digest_of(std::string_view value) const;

    Scenario scenario_;
    std::vector<Line> lines_;
    Roster roster_;
    std::map<std::string, bool, std::less<>> arbitrators_; // every node named: is it one?
};

Result<void> Reader::collect_lines(std::string_view text) {
    bool below = false;
    std::size_t line_number = 0;
    while (!text.empty()) {
        const auto line = without_trailing_blanks(take_line(text));
        ++line_number;
        if (line.empty())
            continue;
        if (line == separator)
            below = true;
        else if (below)
            scenario_.expected.emplace_back(line);
        else if (line.starts_with('#'))
            scenario_.story += line.substr(1);
        else if (line.starts_with("--")) {
            if (auto taken = take_option(line); !taken)
                return failure(taken.error().at("line " + std::to_string(line_number)));
        } else if (auto taken = take_node(line_number, words_of(line)); !taken)
            return failure(taken.error().at("line " + std::to_string(line_number)));
    }
    return {};
}

/// What all operators say to `start`.
Result<void> Reader::take_option(std::string_view line) {
    if (line != "--recover-non-primary")
        return failure("unknown option '" + std::string{line} + "'");
    scenario_.rules.recover_non_primary = true;
    return {};
}

Result<void> Reader::take_node(std::size_t line_number, const Words& words) {
    if (words.size() < 2)
        return failure("'" + words.front() + "' stands alone; NODE KIND ... is wanted");
    if (!is_name(words.front()))
        return failure("'" + words.front() + "' cannot be the name of a node");
    if (arbitrators_.contains(words.front()))
        return failure("the node " + words.front() + " is named twice");
    Line line{line_number, words[0], words[1], {words.begin() + 2, words.end()}};
    arbitrators_[line.name] = std::ranges::count(line.rest, "arbitrator") > 0;
    lines_.push_back(std::move(line));
    return {};
}

Result<void> Reader::build_roster() {
    constexpr std::size_t nodes_max = 250; // of the last octet of an address
    for (const auto& line : lines_) {
        if (!arbitrators_[line.name])
            roster_.push_back({address_of(roster_.size()), line.name});
    }
    if (roster_.empty())
        return failure("no data node is named");
    if (roster_.size() > nodes_max)
        return failure("more than " + std::to_string(nodes_max) + " nodes are named");
    scenario_.rules.cluster_name = "cluster";
    scenario_.rules.roster_digest = roster_digest(roster_);
    return {};
}

Result<Words> Reader::nodes_of(std::string_view value) const {
    auto names = split(value, ',');
    std::ranges::sort(names);
    if (names.empty())
        return failure("names no node");
    if (std::ranges::adjacent_find(names) != names.end())
        return failure("names a node twice");
    for (const auto& name : names) {
        if (!arbitrators_.contains(name))
            return failure("names " + name + ", which is no node here");
    }
    return names;
}

/// Another node's roster: the digest is the own one's where it names the same nodes.
std::string Reader::digest_of(std::string_view value) const {
    std::vector<RosterNode> nodes;
    for (const auto& name : split(value, ',')) {
        const auto known = std::ranges::find(roster_, name, &RosterNode::name);
        if (known == roster_.end())
            return "other roster " + std::string{value};
        nodes.push_back(*known);
    }
    return roster_digest(make_roster(std::move(nodes)));
}

Result<View> Reader::view_of(std::string_view value, const NodeReport& report) const {
    const auto at = value.find('@');
    const auto seqno = at == std::string_view::npos ? std::nullopt : number(value.substr(at + 1));
    if (!seqno || !Seqno::from(*seqno))
        return failure("'view=" + std::string{value} + "' is not view=NODES@SEQNO");
    if (!report.position)
        return failure("a view wants a position before it");
    auto names = nodes_of(value.substr(0, at));
    if (!names)
        return failure(names.error().at("view"));
    View view{report.position->history, 0, *Seqno::from(*seqno), {}};
    for (const auto& name : *names)
        view.members.push_back(member_of(name, arbitrators_.at(name)));
    return view;
}

/// "7:X,12:Y"; "unknown" where nothing is recorded that can be believed.
Result<std::optional<Lineage>> eras_of(const std::string& value) {
    if (value == "unknown")
        return std::optional<Lineage>{};
    Lineage lineage;
    for (const auto& word : split(value, ',')) {
        const auto colon = word.find(':');
        const auto first = number(std::string_view{word}.substr(0, colon));
        const auto name = colon == std::string::npos
                              ? std::nullopt
                              : uuid_of(std::string_view{word}.substr(colon + 1));
        if (!first || !Seqno::from(*first) || !name)
            return failure("'eras=" + value + "' is not eras=SEQNO:LETTER,...");
        if (!lineage.empty() && lineage.back().first >= *Seqno::from(*first))
            return failure("'eras=" + value + "' does not rise");
        lineage.push_back({*Seqno::from(*first), *name});
    }
    return std::optional{lineage};
}

Result<void> Reader::apply_setting(const std::string& word, NodeReport& report) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto value = word.substr(equals + 1);
    if (name == "view") {
        auto view = view_of(value, report);
        if (!view)
            return failure(view.error());
        report.applied_view = *std::move(view);
    } else if (name == "gvw") {
        if (const auto names = nodes_of(value); !names)
            return failure(names.error().at("gvw"));
        report.view_file = true;
    } else if (name == "grastate") {
        report.saved_position = position_of(value);
        if (!report.saved_position && !is_without_seqno(value))
            return failure("'" + word + "' is not grastate=HISTORY:SEQNO");
    } else if (name == "eras") {
        auto eras = eras_of(value);
        if (!eras)
            return failure(eras.error());
        report.lineage = *std::move(eras);
    } else if (name == "roster") {
        report.roster_digest = digest_of(value);
    } else if (name == "cluster") {
        report.cluster_name = value;
    } else {
        return failure("unknown word '" + word + "'");
    }
    return {};
}

Result<void> Reader::apply(const std::string& word, NodeReport& report) {
    if (word == "-" || word == "arbitrator" || word == "lost") {
        return {};
    } else if (const auto position = position_of(word)) {
        if (report.position)
            return failure("'" + word + "' is a second position");
        report.position = position;
        report.seqno_state = SeqnoState::known;
        if (in_primary(report))
            report.cluster.state_uuid = position->history;
    } else if (word == "safe") {
        report.safe_to_bootstrap = true;
    } else if (word == "taint") {
        report.taint = Taint::cut;
    } else if (word == "nil") {
        report.taint = Taint::nil_history;
    } else if (word == "data") {
        report.user_data = UserData::present;
    } else if (word == "override") {
        report.quorum_override = true;
    } else if (word == "claims") {
        report.status = NodeStatus::locked;
    } else if (word == "nondurable") {
        report.durable_commit = false;
    } else if (word == "stale") {
        report.agent.snapshot_age = std::chrono::hours{1};
    } else {
        return apply_setting(word, report);
    }
    return {};
}

/// legacy STATUS|? SEQNO|? [lost]
Result<Answer> legacy_answer_of(const Line& line, Answer answer) {
    const bool lost = line.rest.size() == 3 && line.rest[2] == "lost";
    if (line.rest.size() != 2 && !lost)
        return failure("'legacy' wants what the scripts say: legacy STATUS|? SEQNO|? [lost]");
    LegacyReport report;
    const auto word = line.rest[0];
    for (const auto status : {NodeStatus::bootstrapping, NodeStatus::running,
                              NodeStatus::initiating, NodeStatus::locked, NodeStatus::stopped}) {
        if (word_of(status) == word)
            report.status = status;
    }
    if (!report.status && word != "?")
        return failure("'" + word + "' is none of the scripts' words");
    const auto seqno = number(line.rest[1]);
    if (seqno)
        report.seqno = Seqno::from(*seqno);
    if (!seqno && line.rest[1] != "?")
        return failure("'" + line.rest[1] + "' is no seqno");
    answer.said = Silence::legacy;
    answer.legacy = report;
    return answer;
}

Result<Answer> Reader::answer_of(const Line& line) {
    Answer answer;
    const auto known = std::ranges::find(roster_, line.name, &RosterNode::name);
    if (known != roster_.end())
        answer.node = *known;
    answer.name = line.name;
    const auto silence = silences.find(line.kind);
    if (line.kind == "legacy")
        return legacy_answer_of(line, std::move(answer));
    auto report = report_of_kind(silence == silences.end() ? line.kind : "stopped");
    if (!report)
        return failure("unknown kind '" + line.kind + "'");
    report->node_name = line.name;
    report->node_address = answer.node.address;
    report->cluster_name = scenario_.rules.cluster_name;
    report->roster_digest = scenario_.rules.roster_digest;
    for (const auto& word : line.rest) {
        if (auto applied = apply(word, *report); !applied)
            return failure(applied.error());
    }
    count_view(*report);
    if (line.kind == "recovering") {
        report->position.reset();
        report->seqno_state = SeqnoState::recovering;
    }
    if (silence == silences.end())
        answer.said = *std::move(report);
    else
        answer.said = silence->second;
    return answer;
}

Result<Scenario> Reader::read(std::string_view text) {
    if (auto collected = collect_lines(text); !collected)
        return failure(collected.error());
    if (auto built = build_roster(); !built)
        return failure(built.error());
    for (const auto& line : lines_) {
        auto answer = answer_of(line);
        if (!answer)
            return failure(answer.error().at("line " + std::to_string(line.number)));
        if (arbitrators_[line.name])
            continue;
        if (std::ranges::count(line.rest, "lost") > 0)
            scenario_.rules.assume_lost.push_back(answer->node.address);
        scenario_.order.push_back(scenario_.survey.answers.size());
        scenario_.survey.answers.push_back(*std::move(answer));
    }
    count_shared_views(scenario_.survey);
    return std::move(scenario_);
}

/// Whether an initiator could be deciding there.
bool could_decide(const Answer& answer) {
    const auto* report = answer.report();
    return report && (report->server == ServerState::stopped || is_outside_primary(*report)) &&
           report->status != NodeStatus::bootstrapping;
}

} // namespace

Result<Scenario> parse(std::string_view text) {
    return Reader{}.read(text);
}

std::vector<std::string> verdicts_of(Scenario scenario) {
    std::vector<std::string> lines;
    for (const auto node : scenario.order) {
        auto& survey = scenario.survey;
        const auto& answer = survey.answers[node];
        if (!could_decide(answer))
            continue;
        survey.local = node;
        const bool claiming = answer.report()->status == NodeStatus::locked;
        const auto verdict = decide(survey, scenario.rules, claiming);
        std::string line = answer.name + ": " + std::string{word_of(verdict.kind)} + ' ' +
                           std::string{word_of(verdict.reason)};
        for (const auto& named : verdict.named)
            line += ' ' + survey.answers[named.node].name;
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string rewritten(std::string_view text, const std::vector<std::string>& verdicts) {
    std::string out;
    while (!text.empty()) {
        const auto shown = without_trailing_blanks(take_line(text));
        if (shown == separator)
            break;
        out += std::string{shown} + '\n';
    }
    while (out.ends_with("\n\n"))
        out.pop_back();
    out += std::string{separator} + '\n';
    for (const auto& verdict : verdicts)
        out += verdict + '\n';
    return out;
}

} // namespace galera::scenario
