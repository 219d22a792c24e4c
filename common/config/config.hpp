// The configuration: one file and one command line, read once, checked once, passed as const&.
#pragma once

#include "common/model/address.hpp"
#include "common/model/result.hpp"
#include "common/model/roster.hpp"
#include "common/model/snmp_security.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galera::config {

enum class SnmpVersion : std::uint8_t { v2c, v3 };
enum class Backend : std::uint8_t { systemd, sysv, exec };
enum class Evidence : std::uint8_t { closure, census };

/// What stands in the configuration file and on the command line, before the option file of the
/// database has been asked. Field names are the keys; DESIGN.md, section 6, and --help explain
/// them.
struct Settings {
    std::filesystem::path defaults_file; // empty: the server's own search order
    std::optional<std::string> cluster_address;
    std::optional<std::string> node_address;
    std::optional<std::filesystem::path> datadir;
    std::optional<std::filesystem::path> mysql_socket;
    std::string mysql_user; // empty: the user that the program runs as
    std::vector<std::string> arbitrator;

    SnmpVersion snmp_version{SnmpVersion::v3};
    std::string snmp_community;
    std::string snmp_user;
    SnmpLevel snmp_level{SnmpLevel::auth_priv};
    SnmpAuth snmp_auth_protocol{SnmpAuth::sha256};
    std::filesystem::path snmp_auth_file;
    SnmpPriv snmp_priv_protocol{SnmpPriv::aes128};
    std::filesystem::path snmp_priv_file;
    // What the two files hold, where this program asks peers and the level wants it.
    std::string snmp_auth_passphrase;
    std::string snmp_priv_passphrase;
    std::uint16_t snmp_port{161};
    std::chrono::milliseconds snmp_timeout{1000};
    unsigned snmp_retries{2};
    std::string agentx_socket{"/var/agentx/master"};
    std::chrono::milliseconds agentx_ping_interval{1000}; // whole seconds
    std::chrono::milliseconds notification_interval{2000};

    std::chrono::milliseconds sample_interval{1000};
    std::filesystem::path run_dir{"/run/galera-initiator"};
    std::filesystem::path state_dir{"/var/lib/galera-initiator"};

    std::optional<Backend> backend; // absent: what runs this machine
    std::string server_binary{"mariadbd"};
    std::vector<std::string> server_arg;
    std::string unit{"mariadb.service"};
    std::vector<std::string> sysv_start;     // words of a command; empty: the init script's
    std::vector<std::string> sysv_bootstrap; // likewise
    bool foreground{false};                  // only on the command line

    std::chrono::milliseconds wait_timeout{0}; // zero: for ever
    std::chrono::milliseconds poll_interval{1000};
    Evidence evidence{Evidence::closure};
    std::vector<std::string> assume_lost;
    bool recover_non_primary{false};
    bool legacy_extend{false};
    bool discard_local_data{false}; // only on the command line: an override for one run

    bool operator==(const Settings&) const = default;
};

enum class Program : std::uint8_t { agentx, initiator, check };

/// The command line beside the settings.
struct Invocation {
    Settings settings;
    std::string command; // "start", "status", "position"; empty where the program has none
    bool help{false};
    bool version{false};
    bool json{false};
    bool watch{false}; // of `status`
};

inline constexpr const char* default_config_file = "/etc/galera-initiator/galera-initiator.conf";

/// Reads the command line and the configuration file (--config, or the default one if it exists).
/// Unknown keys, bad values, a missing --config file and unknown commands are errors that name the
/// file and the key. The command line takes precedence over the file; of a repeatable key it
/// replaces all. The community and the passphrases are taken only from files that others cannot
/// access. What asks peers (galera-initiator) must have what its version of SNMP wants, and reads
/// the files of the passphrases; the others need neither. Called by a name of
/// common/config/links.hpp, a program has the command of that link. No other I/O.
Result<Invocation> read_invocation(Program program, int argc, const char* const* argv);

/// The text of --help, from the same table as the parser.
[[nodiscard]] std::string help_text(Program program);

/// One option beside the keys, as manuals and completions want it.
struct OptionWords {
    std::string name;   // "config"
    std::string letter; // "h"; empty: none
    std::string value;  // "FILE"; empty: it takes none
    std::string meaning;
};

/// The options beside the keys, and the commands: what --help has, in parts.
[[nodiscard]] std::vector<OptionWords> options_of(Program program);
[[nodiscard]] std::vector<std::string_view> commands_of(Program program);

/// What the programs work with: the settings, completed and checked against the database's own
/// option file, names resolved.
struct Site {
    Settings settings;
    std::filesystem::path datadir;
    std::filesystem::path mysql_socket;
    std::string mysql_user;
    std::string cluster_name; // wsrep_cluster_name
    std::string node_name;    // wsrep_node_name, else the host's name
    Address node_address;
    Roster roster; // contains node_address
    Backend backend{Backend::exec};
    std::vector<std::string> sysv_start; // words, never empty
    std::vector<std::string> sysv_bootstrap;
    std::vector<Address> arbitrators;
    std::vector<Address> assume_lost; // of the roster, never node_address
    std::uint16_t group_port{4567};   // of group communication, where the roster gives none
    std::filesystem::path error_log;  // log_error; empty: the server writes to stderr
    bool quorum_override{false};
    bool durable_commit{true};

    bool operator==(const Site&) const = default;
};

/// Asks `my_print_defaults --mysqld` and resolves host names. An error, with what to do about it:
/// the option file is missing or garbled; wsrep is off or has no provider; `gcomm://` is empty;
/// no node address, or none that the roster contains; a name that does not resolve; the data
/// directory is missing.
Result<Site> complete(const Settings& settings);

} // namespace galera::config
