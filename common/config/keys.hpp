// The table of the configuration's keys: name, default, meaning and reader side by side. The
// parser, --help and the example file all follow it.
#pragma once

#include "common/config/config.hpp"
#include "common/galera/text.hpp"
#include "common/model/snmp_security.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace galera::config {

/// One key. `read` gets what stands behind '=', never empty, and says what is wrong with it
/// without naming the key.
struct Key {
    std::string_view name;
    std::string_view value;     // what stands for the value in --help
    std::string_view otherwise; // the default as one would write it; empty: see the meaning
    std::string_view meaning;
    bool repeatable;
    bool secret; // only from a file that others cannot read
    Result<void> (*read)(const std::string& text, Settings& settings);
};

// The readers of values.

template <typename Number>
Result<void> read_number(std::string_view text, Number least, Number most, Number& number) {
    const auto read = text::number<Number>(text);
    if (!read || *read < least || *read > most)
        return failure(text::quoted(text) + " is not a number from " + std::to_string(least) +
                       " to " + std::to_string(most));
    number = *read;
    return {};
}

struct DurationUnit {
    std::string_view name;
    std::chrono::milliseconds length;
};
inline constexpr std::array duration_units{
    DurationUnit{"h", std::chrono::hours{1}},
    DurationUnit{"min", std::chrono::minutes{1}},
    DurationUnit{"s", std::chrono::seconds{1}},
    DurationUnit{"ms", std::chrono::milliseconds{1}},
};

/// In the largest unit that needs no fraction: "90s", "1h".
inline std::string duration_text(std::chrono::milliseconds duration) {
    for (const auto& unit : duration_units)
        if (duration % unit.length == std::chrono::milliseconds::zero())
            return std::to_string(duration / unit.length) + std::string(unit.name);
    return {}; // not reached: every duration is a number of milliseconds
}

/// "500ms", "2s", "15min", "1h"; zero needs no unit.
inline Result<void> read_duration(std::string_view text, std::chrono::milliseconds least,
                                  std::chrono::milliseconds most,
                                  std::chrono::milliseconds& duration) {
    const auto quoted = text::quoted(text);
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto unit_name = text == "0" ? std::string_view{"ms"} : text.substr(digits.size());
    if (!digits.empty() && unit_name.empty())
        return failure(quoted + " has no unit; write " + std::string(text) +
                       "s for seconds, or ms, min or h");
    const auto unit = std::ranges::find(duration_units, unit_name, &DurationUnit::name);
    if (digits.empty() || unit == duration_units.end())
        return failure(quoted + " is not a duration; write 500ms, 2s, 15min or 1h");
    const auto count = text::number<std::uint64_t>(digits); // empty: too many
    const bool too_long = !count || *count > static_cast<std::uint64_t>(most / unit->length);
    if (too_long || static_cast<std::int64_t>(*count) * unit->length < least)
        return failure(quoted + " is not between " + duration_text(least) + " and " +
                       duration_text(most));
    duration = static_cast<std::int64_t>(*count) * unit->length;
    return {};
}

template <typename Path>
Result<void> read_path(const std::string& text, Path& path) {
    if (!text.starts_with('/'))
        return failure(text::quoted(text) + " is a relative path; write it in full, from / on");
    path = std::filesystem::path{text};
    return {};
}

/// Who writes the secret itself there does not want it in the log.
inline Result<void> read_secret_file(const std::string& text, std::filesystem::path& path) {
    if (!text.starts_with('/'))
        return failure("this is no path from / on; write the path of the file that holds the "
                       "passphrase");
    path = std::filesystem::path{text};
    return {};
}

inline Result<void> read_snmp_version(const std::string& text, Settings& settings) {
    if (text != "3" && text != "2c")
        return failure(text::quoted(text) + " is not an SNMP version that is supported; write 3, "
                                            "or 2c on a network that you trust");
    settings.snmp_version = text == "3" ? SnmpVersion::v3 : SnmpVersion::v2c;
    return {};
}

/// RFC 3414: a name of 1 to 32 octets.
inline Result<void> read_snmp_user(const std::string& text, Settings& settings) {
    constexpr std::size_t octets_max = 32;
    if (text.size() > octets_max)
        return failure(text::quoted(text) + " is longer than the 32 octets that a user's name may "
                                            "have");
    settings.snmp_user = text;
    return {};
}

/// One of the words of a table, in any case.
template <typename Table, typename Choice>
Result<void> read_word(const std::string& text, const Table& table, std::string_view what,
                       Choice& choice) {
    if (const auto found = snmp_choice(table, text)) {
        choice = *found;
        return {};
    }
    std::string words;
    for (const auto& row : table)
        if (row.word == snmp_word(table, row.choice)) // not its second name
            words += (words.empty() ? "" : ", ") + std::string(row.word);
    return failure(text::quoted(text) + " is not " + std::string(what) + "; write one of " + words);
}

inline Result<void> read_agentx_socket(const std::string& text, Settings& settings) {
    const bool of_a_host = text.starts_with("tcp:");
    const auto colon = text.rfind(':');
    std::uint16_t port{0};
    if (of_a_host && (colon <= std::string_view{"tcp:"}.size() ||
                      !read_number<std::uint16_t>(std::string_view{text}.substr(colon + 1), 1,
                                                  UINT16_MAX, port)))
        return failure(text::quoted(text) + " is not a socket of a host; write tcp:HOST:PORT");
    if (!of_a_host && !text.starts_with('/'))
        return failure(text::quoted(text) +
                       " is a relative path; write it in full, from / on, or tcp:HOST:PORT");
    settings.agentx_socket = text;
    return {};
}

inline Result<void> read_ping_interval(const std::string& text, Settings& settings) {
    using namespace std::chrono_literals;
    std::chrono::milliseconds interval{};
    if (auto read = read_duration(text, 1s, 1min, interval); !read)
        return read;
    if (interval % 1s != 0ms)
        return failure(text::quoted(text) + " is not a number of whole seconds");
    settings.agentx_ping_interval = interval;
    return {};
}

inline Result<void> read_backend(const std::string& text, Settings& settings) {
    constexpr std::array words{std::pair{"systemd", Backend::systemd},
                               std::pair{"sysv", Backend::sysv}, std::pair{"exec", Backend::exec}};
    const auto* const found =
        std::ranges::find_if(words, [&](const auto& word) { return text == word.first; });
    if (found == words.end())
        return failure(text::quoted(text) + " is not a backend; write systemd, sysv or exec");
    settings.backend = found->second;
    return {};
}

/// As systemctl takes it: without a suffix it is a service.
inline Result<void> read_unit(const std::string& text, Settings& settings) {
    constexpr std::string_view letters{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789:-_.\\@"};
    constexpr std::string_view suffix{".service"};
    constexpr std::size_t length_max = 255; // systemd's
    constexpr std::array others{".socket",    ".target", ".timer", ".path",  ".mount",
                                ".automount", ".swap",   ".slice", ".scope", ".device"};
    const auto unit = text.ends_with(suffix) ? text : text + std::string(suffix);
    const bool is_other =
        std::ranges::any_of(others, [&](const char* end) { return text.ends_with(end); });
    if (unit.size() > length_max || text.starts_with('.') || text == suffix || is_other ||
        text.find_first_not_of(letters) != std::string::npos)
        return failure(text::quoted(text) +
                       " is not the name of a service; write it as systemctl shows it, as in "
                       "mariadb.service");
    settings.unit = unit;
    return {};
}

/// Words between blanks; no shell looks at them.
inline Result<void> read_command(const std::string& text, std::vector<std::string>& command) {
    if (text.find_first_of("\"'`$|&;<>*?") != std::string::npos)
        return failure(text::quoted(text) + " wants a shell, and there is none; write a script and "
                                            "name it here");
    command.clear();
    for (const auto word : text::words(text))
        command.emplace_back(word);
    return {};
}

inline Result<void> read_server_binary(const std::string& text, Settings& settings) {
    if (text.find('/') == std::string::npos) {
        settings.server_binary = text;
        return {};
    }
    return read_path(text, settings.server_binary);
}

inline Result<void> read_evidence(const std::string& text, Settings& settings) {
    if (text != "closure" && text != "census")
        return failure(text::quoted(text) + " is not a kind of evidence; write closure or census");
    settings.evidence = text == "census" ? Evidence::census : Evidence::closure;
    return {};
}

/// The value of a key that is also an option without a value, which means yes.
inline constexpr std::string_view yes_or_no = "[=yes|no]";

inline Result<void> read_flag(const std::string& text, bool& flag) {
    if (text != "yes" && text != "no")
        return failure(text::quoted(text) + " is neither yes nor no");
    flag = text == "yes";
    return {};
}

namespace key_limits {
using namespace std::chrono_literals;
inline constexpr std::chrono::milliseconds snmp_timeout_least = 10ms, snmp_timeout_most = 60s;
inline constexpr std::chrono::milliseconds sample_least = 100ms, sample_most = 1min;
inline constexpr std::chrono::milliseconds notification_least = 0ms, notification_most = 1h;
inline constexpr std::chrono::milliseconds poll_least = 100ms, poll_most = 10min;
inline constexpr std::chrono::milliseconds wait_least = 0ms, wait_most = 8760h;
inline constexpr unsigned snmp_retries_most = 20;
} // namespace key_limits

/// Every key, in the order in which people read about them.
inline constexpr std::array key_table{
    Key{"defaults-file", "FILE", "",
        "option file of the database, read through my_print_defaults --mysqld; without it the "
        "server's own search order",
        false, false,
        [](const std::string& text, Settings& s) { return read_path(text, s.defaults_file); }},
    Key{"cluster-address", "GCOMM", "",
        "all data nodes, as in gcomm://db1,db2,db3; without it wsrep_cluster_address of the option "
        "file",
        false, false,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.cluster_address = text;
            return {};
        }},
    Key{"node-address", "ADDRESS", "",
        "address of this node, one of the data nodes; without it wsrep_node_address, or a specific "
        "bind_address, of the option file",
        false, false,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.node_address = text;
            return {};
        }},
    Key{"datadir", "DIRECTORY", "", "data directory; without it the one of the option file", false,
        false, [](const std::string& text, Settings& s) { return read_path(text, s.datadir); }},
    Key{"mysql-socket", "FILE", "",
        "Unix socket of the database; without it the one of the option file", false, false,
        [](const std::string& text, Settings& s) { return read_path(text, s.mysql_socket); }},
    Key{"mysql-user", "NAME", "",
        "user of the database, by socket authentication; without it the user that the program runs "
        "as",
        false, false,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.mysql_user = text;
            return {};
        }},
    Key{"arbitrator", "ADDRESS", "",
        "address of a garbd: it votes and holds no data; repeatable, without it none", true, false,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.arbitrator.push_back(text);
            return {};
        }},
    Key{"snmp-version", "VERSION", "3",
        "how the peers are asked: 3, or 2c, which is for a network that you trust", false, false,
        read_snmp_version},
    Key{"snmp-user", "NAME", "",
        "user of SNMPv3, which the peers are asked as; the snmpd of every data node has it", false,
        false, read_snmp_user},
    Key{"snmp-level", "LEVEL", "authPriv",
        "security of SNMPv3: authPriv, authNoPriv or noAuthNoPriv; whoever can forge answers can "
        "mislead a decision of the last",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_word(text, snmp_levels, "a level of security", s.snmp_level);
        }},
    Key{"snmp-auth-protocol", "NAME", "SHA-256",
        "how snmp-user signs: SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512", false, false,
        [](const std::string& text, Settings& s) {
            return read_word(text, snmp_auth_protocols, "a protocol that signs",
                             s.snmp_auth_protocol);
        }},
    Key{"snmp-auth-file", "FILE", "",
        "its first line is the passphrase that snmp-user signs with; others must not have access "
        "to it",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_secret_file(text, s.snmp_auth_file);
        }},
    Key{"snmp-priv-protocol", "NAME", "AES-128",
        "how snmp-user encrypts: AES-128, AES-192 or AES-256, the latter two as Net-SNMP has them",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_word(text, snmp_priv_protocols, "a protocol that encrypts",
                             s.snmp_priv_protocol);
        }},
    Key{"snmp-priv-file", "FILE", "",
        "its first line is the passphrase that snmp-user encrypts with; others must not have "
        "access to it",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_secret_file(text, s.snmp_priv_file);
        }},
    Key{"snmp-community", "WORD", "",
        "community of SNMPv2c, which the peers are asked with; only in the configuration "
        "file, and only if others cannot access that",
        false, true,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.snmp_community = text;
            return {};
        }},
    Key{"snmp-port", "PORT", "161", "port of snmpd on the data nodes", false, false,
        [](const std::string& text, Settings& s) {
            return read_number<std::uint16_t>(text, 1, UINT16_MAX, s.snmp_port);
        }},
    Key{"snmp-timeout", "DURATION", "1s", "per try; a peer is silent after timeout x (retries + 1)",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_duration(text, key_limits::snmp_timeout_least,
                                 key_limits::snmp_timeout_most, s.snmp_timeout);
        }},
    Key{"snmp-retries", "NUMBER", "2", "tries after the first", false, false,
        [](const std::string& text, Settings& s) {
            return read_number(text, 0U, key_limits::snmp_retries_most, s.snmp_retries);
        }},
    Key{"agentx-socket", "SOCKET", "/var/agentx/master", "where snmpd listens for the subagent",
        false, false, read_agentx_socket},
    Key{"agentx-ping-interval", "DURATION", "1s",
        "how often the subagent looks whether snmpd is there, and tries to connect while it is "
        "not; whole seconds",
        false, false, read_ping_interval},
    Key{"notification-interval", "DURATION", "2s",
        "the least time between two notifications of one kind; what changes meanwhile is told as "
        "it is at its end",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_duration(text, key_limits::notification_least,
                                 key_limits::notification_most, s.notification_interval);
        }},
    Key{"sample-interval", "DURATION", "1s", "how often the subagent looks at the node", false,
        false,
        [](const std::string& text, Settings& s) {
            return read_duration(text, key_limits::sample_least, key_limits::sample_most,
                                 s.sample_interval);
        }},
    Key{"run-dir", "DIRECTORY", "/run/galera-initiator",
        "lock and state of a running initiator; gone after a reboot", false, false,
        [](const std::string& text, Settings& s) { return read_path(text, s.run_dir); }},
    Key{"state-dir", "DIRECTORY", "/var/lib/galera-initiator", "what must outlive a reboot", false,
        false, [](const std::string& text, Settings& s) { return read_path(text, s.state_dir); }},
    Key{"backend", "WORD", "",
        "how the server is started; systemd: as a unit; sysv: by commands; exec: by the initiator "
        "itself, detached; without it systemd where it runs, else sysv",
        false, false, read_backend},
    Key{"unit", "UNIT", "mariadb.service", "the database's unit, for the backend systemd", false,
        false, read_unit},
    Key{"sysv-start", "COMMAND", "",
        "starts the database, for the backend sysv; without it service mariadb start, or service "
        "mysql start where there is no /etc/init.d/mariadb",
        false, false,
        [](const std::string& text, Settings& s) { return read_command(text, s.sysv_start); }},
    Key{"sysv-bootstrap", "COMMAND", "",
        "starts the database with --wsrep-new-cluster, for the backend sysv; without it service "
        "mariadb bootstrap, or service mysql bootstrap",
        false, false,
        [](const std::string& text, Settings& s) { return read_command(text, s.sysv_bootstrap); }},
    Key{"server-binary", "PROGRAM", "mariadbd", "the server, for the backend exec and for recovery",
        false, false, read_server_binary},
    Key{"server-arg", "ARGUMENT", "",
        "argument of the server, for the backend exec and for recovery; repeatable, without it "
        "none",
        true, false,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.server_arg.push_back(text);
            return {};
        }},
    Key{"wait-timeout", "DURATION", "0", "how long start waits before it gives up; 0: for ever",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_duration(text, key_limits::wait_least, key_limits::wait_most,
                                 s.wait_timeout);
        }},
    Key{"poll-interval", "DURATION", "1s",
        "time between two surveys while start waits and nothing changes", false, false,
        [](const std::string& text, Settings& s) {
            return read_duration(text, key_limits::poll_least, key_limits::poll_most,
                                 s.poll_interval);
        }},
    Key{"evidence", "WORD", "closure",
        "what is enough for a bootstrap: closure, or census: nothing less than everybody's report",
        false, false, read_evidence},
    Key{"assume-lost", "ADDRESS", "",
        "a data node that will never come back: left out of the roster while it is silent; what "
        "only "
        "it held is lost; repeatable",
        true, false,
        [](const std::string& text, Settings& s) -> Result<void> {
            s.assume_lost.push_back(text);
            return {};
        }},
    Key{"recover-non-primary", yes_or_no, "no",
        "of start and plan: while all servers run and none is in a Primary component, restore one "
        "around the server that holds most (pc.bootstrap)",
        false, false,
        [](const std::string& text, Settings& s) {
            return read_flag(text, s.recover_non_primary);
        }},
    Key{"legacy-extend", yes_or_no, "no",
        "of a node without galera-agentx, read what the old scripts say behind snmpd's extend "
        "(galeraStatus, galeraSeqno): it can keep this node from a bootstrap, and proves nothing",
        false, false,
        [](const std::string& text, Settings& s) { return read_flag(text, s.legacy_extend); }},
};

} // namespace galera::config
