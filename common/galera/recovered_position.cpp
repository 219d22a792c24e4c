// Reads the log lines of MariaDB's sql/wsrep_mysqld.cc (wsrep_recover), sql/handler.cc (ha_recover)
// and sql/log.cc (using_heuristic_recover), and of their relatives.
#include "common/galera/recovered_position.hpp"

#include "common/galera/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace galera {

namespace {

using text::quoted;

/// The line that tells how the recovery ended, as far as the log goes.
struct Outcome {
    enum class Kind : std::uint8_t { none, position, skipped, undecided };

    Kind kind{Kind::none};
    std::string_view value; // behind "Recovered position:"
    bool complete{false};   // the line has its newline
};

bool holds(std::string_view line, std::string_view words) {
    return line.find(words) != std::string_view::npos;
}

bool tells_heuristic_rollback(std::string_view line) {
    return holds(line, "Heuristic crash recovery mode") ||
           holds(line, "Rolled back orphan prepared wsrep transaction");
}

std::optional<std::string_view> position_text(std::string_view line) {
    constexpr std::array<std::string_view, 2> markers{"WSREP: Recovered position:",
                                                      "[WSREP] Recovered position:"};
    for (const auto marker : markers)
        if (const auto place = line.find(marker); place != std::string_view::npos)
            return text::trimmed(line.substr(place + marker.size()));
    return std::nullopt;
}

Outcome::Kind kind_of_failure(std::string_view line) {
    if (holds(line, "WSREP") && holds(line, "skipping position recovery"))
        return Outcome::Kind::skipped;
    if (holds(line, "[ERROR]") && holds(line, "Found ") && holds(line, "prepared transactions!"))
        return Outcome::Kind::undecided;
    return Outcome::Kind::none;
}

void look_at(const text::Line& line, Outcome& outcome) {
    if (const auto value = position_text(line.text))
        outcome = {Outcome::Kind::position, *value, line.ended};
    else if (const auto kind = kind_of_failure(line.text); kind != Outcome::Kind::none)
        outcome = {kind, {}, line.ended};
}

/// "DOMAIN-SERVER-SEQ". MariaDB prints the first two as signed numbers.
bool is_server_gtid(std::string_view text) {
    const auto take_number = [&text]() {
        const auto digits = text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0);
        const auto number = text.substr(0, digits);
        text.remove_prefix(number.size());
        return text::number<std::int64_t>(number).has_value();
    };
    const auto take_hyphen = [&text]() {
        if (!text.starts_with('-'))
            return false;
        text.remove_prefix(1);
        return true;
    };
    if (!take_number() || !take_hyphen() || !take_number() || !take_hyphen())
        return false;
    return text::number<std::uint64_t>(text).has_value();
}

/// "0/0/UUID", behind the seqno of mysql-wsrep 8.
bool is_mysql_wsrep_tail(std::string_view text) {
    const auto parts = text::split(text, '/');
    return parts.size() == 3 && text::number<std::uint64_t>(parts[0]) &&
           text::number<std::uint64_t>(parts[1]) &&
           (Uuid::parse(parts[2]) || is_nil_uuid(parts[2]));
}

/// The seqno among what follows "UUID:"; still with the sentinel -1.
std::optional<std::int64_t> find_seqno(std::string_view text) {
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
        if (!is_mysql_wsrep_tail(text.substr(slash + 1)))
            return std::nullopt;
        return text::number<std::int64_t>(text.substr(0, slash));
    }
    const auto comma = text.find(',');
    if (comma == std::string_view::npos)
        return text::number<std::int64_t>(text);
    const auto left = text.substr(0, comma);
    const auto right = text.substr(comma + 1);
    if (is_server_gtid(right))
        return text::number<std::int64_t>(left);
    if (is_server_gtid(left))
        return text::number<std::int64_t>(right);
    return std::nullopt;
}

Result<std::optional<Position>> read_position(std::string_view text) {
    constexpr std::size_t uuid_bytes = 36;
    const auto unreadable = failure("recovered position " + quoted(text) + " cannot be read");
    if (text.size() <= uuid_bytes || text[uuid_bytes] != ':')
        return unreadable;
    const auto history = Uuid::parse(text.substr(0, uuid_bytes));
    const bool no_history = is_nil_uuid(text.substr(0, uuid_bytes));
    const auto seqno = find_seqno(text.substr(uuid_bytes + 1));
    if ((!history && !no_history) || !seqno || *seqno < -1)
        return unreadable;
    if (no_history != (*seqno == -1))
        return failure("recovered position " + quoted(text) +
                       " is half nil; only a state transfer can mend this node");
    if (no_history)
        return std::optional<Position>{};
    return std::optional{Position{*history, *Seqno::from(*seqno)}};
}

} // namespace

Result<RecoveredPosition> parse_recovery_log(std::string_view log) {
    Outcome outcome;
    RecoveredPosition result;
    for (const auto& line : text::lines(log)) {
        look_at(line, outcome);
        result.heuristic_rollback |= tells_heuristic_rollback(line.text);
    }
    switch (outcome.kind) {
    case Outcome::Kind::none:
        return failure("the server printed no recovered position; its log says why");
    case Outcome::Kind::skipped:
        return failure("the server skipped the recovery; set wsrep_on=ON in its option file");
    case Outcome::Kind::undecided:
        return failure("the server found prepared transactions that it cannot decide, since its "
                       "binary log or tc.log is gone; start it once with "
                       "--tc-heuristic-recover=rollback, or let this node be overwritten");
    case Outcome::Kind::position:
        break;
    }
    if (!outcome.complete)
        return failure("recovered position " + quoted(outcome.value) + " was cut off");
    auto position = read_position(outcome.value);
    if (!position)
        return failure(position.error());
    result.position = *std::move(position);
    return result;
}

} // namespace galera
