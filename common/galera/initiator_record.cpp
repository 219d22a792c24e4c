#include "common/galera/initiator_record.hpp"

#include "common/galera/address_text.hpp"
#include "common/galera/text.hpp"
#include "common/model/words.hpp"

#include <algorithm>
#include <utility>

namespace galera {

namespace {

constexpr std::size_t text_bytes_max = 8192;
constexpr std::size_t name_bytes_max = 255; // of a node, as in the MIB
constexpr std::string_view absent = "-";
constexpr std::string_view last_line = "end\n";

// Writing.

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string one_line(std::string_view text, std::size_t bytes_max = text_bytes_max) {
    std::string line{text.substr(0, bytes_max)};
    std::ranges::replace_if(line, is_control, ' ');
    return line;
}

template <typename Number>
std::string number_or_absent(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : std::string{absent};
}

std::string lines_of(const InitiatorDecision& decision) {
    const auto& run = decision.run;
    return "reason: " + std::string{word_of(decision.reason)} +
           "\nproof: " + std::string{word_of(decision.proof)} +
           "\nelected: " + (decision.elected ? decision.elected->text : std::string{absent}) +
           "\ndecided: " + std::to_string(decision.decided_unix_seconds) +
           "\nstarted: " + std::to_string(run.started_unix_seconds) +
           "\nsurveys: " + std::to_string(run.surveys) +
           "\nattempts: " + std::to_string(run.attempts) +
           "\noverrides: " + one_line(run.overrides) + "\nmissing: " + one_line(decision.missing) +
           "\nsentence: " + one_line(decision.sentence) + "\n";
}

/// "answers initiating unknown unknown known 8f3a..:1210 1795428000 812 db1".
std::string line_of(const PeerReport& peer) {
    std::string line = "peer: " + peer.address.text + ' ';
    line += word_of(peer.reachability);
    if (const auto& condition = peer.condition) {
        for (const auto word : {word_of(condition->status), word_of(condition->cluster),
                                word_of(condition->node_state), word_of(condition->seqno_state)})
            line += ' ' + std::string{word};
        line += ' ' + (condition->position ? text_of(*condition->position) : std::string{absent});
    } else {
        line += " - - - - -";
    }
    if (const auto& seen = peer.last_seen)
        line += ' ' + std::to_string(seen->unix_seconds) + ' ' +
                std::to_string(seen->round_trip.count());
    else
        line += " - -";
    return line + ' ' + one_line(peer.name, name_bytes_max) + '\n';
}

// Reading.

/// The value of the line "NAME: VALUE" at the front of `text`, which moves on behind it. Nobody has
/// written a control character.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name) ||
        !text.substr(name.size()).starts_with(": "))
        return std::nullopt;
    const auto value = text.substr(name.size() + 2, end - name.size() - 2);
    text.remove_prefix(end + 1);
    return std::ranges::none_of(value, is_control) ? std::optional{value} : std::nullopt;
}

template <typename Number>
std::optional<Number> take_number(std::string_view& text, std::string_view name) {
    const auto value = take_line(text, name);
    return value ? text::number<Number>(*value) : std::nullopt;
}

std::optional<std::string> take_text(std::string_view& text, std::string_view name) {
    const auto value = take_line(text, name);
    return value ? std::optional<std::string>{*value} : std::nullopt;
}

/// The enumerator of that word, of those from 1 to `last`.
template <typename Enum>
std::optional<Enum> enumerator_of(std::optional<std::string_view> word, Enum last) {
    for (int number = 1; word && number <= static_cast<int>(last); ++number)
        if (word_of(static_cast<Enum>(number)) == *word)
            return static_cast<Enum>(number);
    return std::nullopt;
}

/// What may be absent: false if it is neither that nor a value.
template <typename Value>
bool is_value_or_absent(std::optional<std::string_view> word, const std::optional<Value>& value) {
    return value || word == absent;
}

std::optional<std::string> take_holder(std::string_view& text) {
    auto holder = take_text(text, "holder");
    return holder && !holder->empty() ? holder : std::nullopt;
}

std::optional<InitiatorRun> take_run(std::string_view& text) {
    const auto started = take_number<std::int64_t>(text, "started");
    const auto surveys = take_number<std::uint32_t>(text, "surveys");
    const auto attempts = take_number<std::uint32_t>(text, "attempts");
    auto overrides = take_text(text, "overrides");
    if (!started || !surveys || !attempts || !overrides)
        return std::nullopt;
    return InitiatorRun{*started, *surveys, *attempts, *std::move(overrides)};
}

std::optional<InitiatorDecision> take_decision(std::string_view& text) {
    const auto reason_word = take_line(text, "reason");
    const auto reason = reason_word ? reason_of(*reason_word) : std::nullopt;
    const auto proof = enumerator_of(take_line(text, "proof"), Proof::genesis);
    const auto elected_word = take_line(text, "elected");
    auto elected = elected_word ? parse_address(*elected_word) : std::nullopt;
    const auto decided = take_number<std::int64_t>(text, "decided");
    auto run = take_run(text);
    auto missing = take_text(text, "missing");
    auto sentence = take_text(text, "sentence");
    if (!reason || !proof || !is_value_or_absent(elected_word, elected) || !decided || !run ||
        !missing || !sentence)
        return std::nullopt;
    return InitiatorDecision{.reason = *reason,
                             .proof = *proof,
                             .elected = std::move(elected),
                             .missing = *std::move(missing),
                             .decided_unix_seconds = *decided,
                             .sentence = *std::move(sentence),
                             .run = *std::move(run)};
}

/// The word at the front of a line, which moves on behind it and its blank.
std::string_view take_word(std::string_view& line) {
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    return word;
}

std::optional<Position> position_of(std::string_view text) {
    constexpr std::size_t uuid_bytes = 36;
    const auto history = Uuid::parse(text.substr(0, uuid_bytes));
    if (!history || text.size() <= uuid_bytes || text[uuid_bytes] != ':')
        return std::nullopt;
    const auto number = text::number<std::int64_t>(text.substr(uuid_bytes + 1));
    const auto seqno = number ? Seqno::from(*number) : std::nullopt;
    return seqno ? std::optional{Position{*history, *seqno}} : std::nullopt;
}

bool take_condition(std::string_view& line, std::optional<PeerCondition>& condition) {
    constexpr std::string_view none = "- - - - - ";
    if (line.starts_with(none)) {
        line.remove_prefix(none.size());
        return true;
    }
    const auto status = enumerator_of(take_word(line), NodeStatus::stopped);
    const auto cluster = enumerator_of(take_word(line), ClusterStatus::disconnected);
    const auto node_state = enumerator_of(take_word(line), NodeState::error);
    const auto seqno_state = enumerator_of(take_word(line), SeqnoState::failed);
    const auto position_word = take_word(line);
    const auto position = position_of(position_word);
    if (!status || !cluster || !node_state || !seqno_state ||
        !is_value_or_absent(position_word, position) ||
        position.has_value() != (seqno_state == SeqnoState::known))
        return false;
    condition = PeerCondition{*status, *cluster, *node_state, *seqno_state, position};
    return true;
}

bool take_last_seen(std::string_view& line, std::optional<PeerSighting>& last_seen) {
    constexpr std::string_view none = "- - ";
    if (line.starts_with(none)) {
        line.remove_prefix(none.size());
        return true;
    }
    const auto when = text::number<std::int64_t>(take_word(line));
    const auto round_trip = text::number<std::int64_t>(take_word(line));
    if (!when || !round_trip || *round_trip < 0)
        return false;
    last_seen = PeerSighting{*when, std::chrono::microseconds{*round_trip}};
    return true;
}

std::optional<PeerReport> parse_peer(std::string_view line) {
    const auto address = parse_address(take_word(line));
    const auto reachability = enumerator_of(take_word(line), Reachability::legacy);
    if (!address || !reachability)
        return std::nullopt;
    PeerReport peer{.address = *address, .reachability = *reachability};
    if (!take_condition(line, peer.condition) || !take_last_seen(line, peer.last_seen) ||
        line.size() > name_bytes_max)
        return std::nullopt;
    const bool reports =
        *reachability == Reachability::answers || *reachability == Reachability::stale;
    if (peer.condition.has_value() != reports || (reports && !peer.last_seen))
        return std::nullopt;
    peer.name = line;
    return peer;
}

std::optional<std::vector<PeerReport>> take_peers(std::string_view& text) {
    const auto count = take_number<std::size_t>(text, "peers");
    if (!count)
        return std::nullopt;
    std::vector<PeerReport> peers;
    for (std::size_t number = 0; number < *count; ++number) {
        const auto line = take_line(text, "peer");
        auto peer = line ? parse_peer(*line) : std::nullopt;
        if (!peer || (!peers.empty() && peers.back().address >= peer->address))
            return std::nullopt;
        peers.push_back(*std::move(peer));
    }
    return peers;
}

} // namespace

std::string text_of(const InitiatorState& state) {
    return "holder: " + state.holder + "\nphase: " + std::string{word_of(state.phase)} +
           "\nclaimed: " + number_or_absent(state.claimed_unix_seconds) + "\n" +
           (state.decision ? lines_of(*state.decision) : std::string{}) + std::string{last_line};
}

std::string text_of(const DecisionRecord& record) {
    return "holder: " + record.holder + "\n" + lines_of(record.decision) + std::string{last_line};
}

std::string text_of(const PeersRecord& record) {
    std::string text = "holder: " + record.holder +
                       "\nsurveyed: " + number_or_absent(record.peers.surveyed_unix_seconds) +
                       "\nsurveys: " + std::to_string(record.surveys) +
                       "\npeers: " + std::to_string(record.peers.nodes.size()) + "\n";
    for (const auto& peer : record.peers.nodes)
        text += line_of(peer);
    return text + std::string{last_line};
}

std::optional<InitiatorState> parse_initiator_state(std::string_view text) {
    auto holder = take_holder(text);
    const auto phase = enumerator_of(take_line(text, "phase"), InitiatorPhase::joining);
    const auto claimed_word = take_line(text, "claimed");
    const auto claimed = claimed_word ? text::number<std::int64_t>(*claimed_word) : std::nullopt;
    if (!holder || !phase || !is_value_or_absent(claimed_word, claimed) ||
        (claimed && !holds_claim(*phase)))
        return std::nullopt;
    InitiatorState state{*std::move(holder), *phase, claimed, std::nullopt};
    if (text != last_line) {
        state.decision = take_decision(text);
        if (!state.decision || text != last_line)
            return std::nullopt;
    }
    return state;
}

std::optional<DecisionRecord> parse_decision_record(std::string_view text) {
    auto holder = take_holder(text);
    auto decision = take_decision(text);
    if (!holder || !decision || text != last_line)
        return std::nullopt;
    return DecisionRecord{*std::move(holder), *std::move(decision)};
}

std::optional<PeersRecord> parse_peers_record(std::string_view text) {
    auto holder = take_holder(text);
    const auto surveyed_word = take_line(text, "surveyed");
    const auto surveyed = surveyed_word ? text::number<std::int64_t>(*surveyed_word) : std::nullopt;
    const auto surveys = take_number<std::uint32_t>(text, "surveys");
    auto nodes = take_peers(text);
    if (!holder || !is_value_or_absent(surveyed_word, surveyed) || !surveys || !nodes ||
        text != last_line)
        return std::nullopt;
    return PeersRecord{*std::move(holder), *surveys, {surveyed, *std::move(nodes)}};
}

} // namespace galera
