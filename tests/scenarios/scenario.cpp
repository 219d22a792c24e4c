#include "tests/scenarios/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <ranges>
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
    std::ranges::copy(name | std::views::take(octets.size()), octets.begin());
    return {*Uuid::from(octets), name, arbitrator ? "" : name + ":3306"};
}

struct Line {
    std::string name;
    std::string kind;
    Words rest;
};

const std::map<std::string, Silence, std::less<>> silences{
    {"silent", Silence::no_answer}, {"unauthentic", Silence::not_authentic},
    {"noagent", Silence::no_agent}, {"unknown", Silence::unknown},
    {"alive", Silence::alive},
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
    else if (kind != "stopped")
        return std::nullopt;
    return report;
}

/// Reads the lines of one scenario into a survey.
class Reader {
public:
    Result<Scenario> read(std::string_view text);

private:
    Result<void> collect_lines(std::string_view text);
    void build_roster();
    Result<Answer> answer_of(const Line& line);
    Result<void> apply(const std::string& word, NodeReport& report);
    Result<void> apply_setting(const std::string& word, NodeReport& report);
    Result<View> view_of(std::string_view value, const NodeReport& report) const;

    Scenario scenario_;
    std::vector<Line> lines_;
    std::map<std::string, bool, std::less<>> arbitrators_; // every node named: is it one?
};

Result<void> Reader::collect_lines(std::string_view text) {
    bool below = false;
    for (const auto& line : split(text, '\n')) {
        if (line == separator) {
            below = true;
        } else if (below) {
            scenario_.expected.push_back(line);
        } else if (line.starts_with('#')) {
            scenario_.story += line.substr(1);
        } else {
            auto words = split(line, ' ');
            if (words.size() < 2)
                return failure("'" + line + "' is not NODE KIND ...");
            Line read{words[0], words[1], {words.begin() + 2, words.end()}};
            arbitrators_[read.name] = std::ranges::count(read.rest, "arbitrator") > 0;
            lines_.push_back(std::move(read));
        }
    }
    return {};
}

void Reader::build_roster() {
    std::vector<RosterNode> nodes;
    for (const auto& line : lines_) {
        if (!arbitrators_[line.name])
            nodes.push_back({address_of(nodes.size()), line.name});
    }
    scenario_.rules.cluster_name = "cluster";
    scenario_.rules.roster_digest = roster_digest(nodes);
}

Result<View> Reader::view_of(std::string_view value, const NodeReport& report) const {
    const auto at = value.find('@');
    const auto seqno = at == std::string_view::npos ? std::nullopt : number(value.substr(at + 1));
    if (!seqno || !Seqno::from(*seqno))
        return failure("view=NODES@SEQNO is wanted");
    if (!report.position)
        return failure("a view wants a position before it");
    View view{report.position->history, 1, *Seqno::from(*seqno), {}};
    for (const auto& name : split(value.substr(0, at), ',')) {
        const auto known = arbitrators_.find(name);
        if (known == arbitrators_.end())
            return failure("the view names " + name + ", which is no node here");
        view.members.push_back(member_of(name, known->second));
    }
    return view;
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
        report.view_file = true;
    } else if (name == "grastate") {
        report.saved_position = position_of(value);
        if (!report.saved_position)
            return failure("'" + value + "' is not HISTORY:SEQNO");
    } else if (name == "roster") {
        report.roster_digest = value;
    } else if (name == "cluster") {
        report.cluster_name = value;
    } else {
        return failure("unknown word '" + word + "'");
    }
    return {};
}

Result<void> Reader::apply(const std::string& word, NodeReport& report) {
    if (word == "-" || word == "arbitrator") {
        return {};
    } else if (const auto position = position_of(word)) {
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
    } else if (word == "nondurable") {
        report.durable_commit = false;
    } else if (word == "stale") {
        report.agent.snapshot_age = std::chrono::hours{1};
    } else {
        return apply_setting(word, report);
    }
    return {};
}

Result<Answer> Reader::answer_of(const Line& line) {
    Answer answer;
    answer.node = {address_of(scenario_.survey.answers.size()), line.name};
    answer.name = line.name;
    if (const auto silence = silences.find(line.kind); silence != silences.end()) {
        answer.said = silence->second;
        return answer;
    }
    auto report = report_of_kind(line.kind);
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
    if (line.kind == "recovering") {
        report->position.reset();
        report->seqno_state = SeqnoState::recovering;
    }
    answer.said = *std::move(report);
    return answer;
}

Result<Scenario> Reader::read(std::string_view text) {
    if (auto collected = collect_lines(text); !collected)
        return failure(collected.error());
    build_roster();
    for (const auto& line : lines_) {
        if (arbitrators_[line.name])
            continue;
        auto answer = answer_of(line);
        if (!answer)
            return failure(answer.error().at(line.name));
        scenario_.order.push_back(scenario_.survey.answers.size());
        scenario_.survey.answers.push_back(*std::move(answer));
    }
    return std::move(scenario_);
}

/// Whether an initiator could be deciding there.
bool could_decide(const Answer& answer) {
    const auto* report = answer.report();
    return report && report->server == ServerState::stopped &&
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
    for (const auto& line : std::views::split(text, '\n')) {
        const std::string_view shown{line.begin(), line.end()};
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
