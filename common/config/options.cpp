// Reads the command line and the configuration file into Settings, by the table of keys.
#include "common/config/config.hpp"
#include "common/config/keys.hpp"
#include "common/config/links.hpp"
#include "common/galera/text.hpp"
#include "common/node/file.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <sstream>
#include <system_error>

namespace galera::config {

namespace {

namespace po = boost::program_options;

constexpr std::size_t config_file_bytes_max = 1024UL * 1024;
constexpr unsigned help_columns = 100;

struct ProgramUse {
    std::string_view name;
    std::span<const std::string_view> commands;
    std::string_view synopsis;
    std::string_view exit_statuses; // what --help says of them
};

constexpr std::array<std::string_view, 3> initiator_commands{"start", "plan", "status"};
constexpr std::array<std::string_view, 3> check_commands{"status", "seqno", "position"};

constexpr std::string_view initiator_exit_statuses =
    "Exit status: 0 member, or nothing to do; 1 internal error; 2 usage or configuration;\n"
    "3 timed out waiting; 4 refused: an operator is needed; 5 the database did not start;\n"
    "6 another initiator runs for this node; 128 and the number of the signal (130, 143):\n"
    "interrupted: a claim is taken back, a server that was started goes on.\n";

ProgramUse use_of(Program program) {
    switch (program) {
    case Program::agentx:
        return {"galera-agentx", {}, "[options]\nServes the state of this node to snmpd.\n", ""};
    case Program::initiator:
        return {"galera-initiator", initiator_commands,
                "[options] start|plan|status\n"
                "start   makes this node a member of the cluster\n"
                "plan    says what start would do now, and why, and changes nothing\n"
                "status  shows the cluster as it is seen from here\n",
                initiator_exit_statuses};
    case Program::check:
        break;
    }
    return {"galera-check", check_commands,
            "[options] status|seqno|position\nPrints one fact about this node.\n", ""};
}

const Key* find_key(std::string_view name) {
    const auto* const found = std::ranges::find(key_table, name, &Key::name);
    return found == key_table.end() ? nullptr : found;
}

/// How many letters must be changed, added or dropped to make one of the other (Levenshtein).
std::size_t letters_between(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t l = 0; l < left.size(); ++l) {
        auto diagonal = std::exchange(row[0], l + 1);
        for (std::size_t r = 0; r < right.size(); ++r) {
            const auto swapped = diagonal + (left[l] == right[r] ? 0 : 1);
            diagonal = row[r + 1];
            row[r + 1] = std::min({swapped, row[r] + 1, diagonal + 1});
        }
    }
    return row.back();
}

/// "; did you mean 'datadir'?", or nothing where no key is near.
std::string did_you_mean(std::string_view name, const std::string& dashes = {}) {
    constexpr std::size_t name_length_max = 64;
    constexpr std::size_t near = 2;
    if (name.size() > name_length_max)
        return {};
    std::string dashed{name};
    std::ranges::replace(dashed, '_', '-');
    const auto distance = [&](const Key& key) { return letters_between(dashed, key.name); };
    const auto* const nearest = std::ranges::min_element(key_table, {}, distance);
    if (distance(*nearest) > near)
        return {};
    return "; did you mean " + text::quoted(dashes + std::string(nearest->name)) + "?";
}

/// A key that somebody has set, and where.
struct Assignment {
    const Key* key;
    std::string value;
    std::string place; // "/etc/..conf:7", "--datadir"
};
using Assignments = std::vector<Assignment>;

Result<void> add(Assignments& assignments, Assignment assignment) {
    const auto& key = *assignment.key;
    if (assignment.value.empty())
        return failure(assignment.place + ": " + text::quoted(key.name) + " has no value");
    const auto before = std::ranges::find(assignments, assignment.key, &Assignment::key);
    if (!key.repeatable && before != assignments.end())
        return failure(assignment.place + ": " + text::quoted(key.name) +
                       " may be set once, and is already set at " + before->place);
    assignments.push_back(std::move(assignment));
    return {};
}

// The configuration file.

Result<void> check_is_text(std::string_view content) {
    const auto control = [](char c) {
        return (c >= 0 && c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == '\x7f';
    };
    if (std::ranges::any_of(content, control))
        return failure("this is not a text file; write lines of key = value");
    return {};
}

/// The line without blanks and its comment: a '#' that begins the line or follows a blank.
std::string_view without_comment(std::string_view line) {
    for (auto hash = line.find('#'); hash != std::string_view::npos;
         hash = line.find('#', hash + 1))
        if (hash == 0 || line[hash - 1] == ' ' || line[hash - 1] == '\t')
            return text::trimmed(line.substr(0, hash));
    return text::trimmed(line);
}

Result<Assignment> parse_line(std::string_view line, std::string place) {
    if (line.starts_with('['))
        return failure(place + ": sections are not used here; remove the line " +
                       text::quoted(line));
    const auto equals = line.find('=');
    const auto written = text::trimmed(line.substr(0, equals));
    // Behind a key that lacks its '=' may stand a secret, which is not for the log.
    const auto name = written.substr(0, written.find_first_of(" \t:"));
    const auto* const key = find_key(name);
    if (key == nullptr)
        return failure(place + ": unknown key " + text::quoted(name) + did_you_mean(name));
    if (equals == std::string_view::npos || name.size() != written.size())
        return failure(place + ": " + text::quoted(name) + " is not followed by = and a value");
    const auto value = text::trimmed(line.substr(equals + 1));
    const bool in_quotes = value.size() > 1 && value.front() == value.back() &&
                           (value.front() == '"' || value.front() == '\'');
    if (in_quotes)
        return failure(place + ": " + text::quoted(name) +
                       " is in quotes; write the value without them");
    return Assignment{key, std::string(value), std::move(place)};
}

/// What there is to say of a file with a secret; empty: others cannot access it.
Result<std::string> openness_of(const std::filesystem::path& file) {
    std::error_code error;
    const auto mode = std::filesystem::status(file, error).permissions();
    if (error)
        return failure(file.string() + ": " + error.message());
    if ((mode & std::filesystem::perms::others_all) == std::filesystem::perms::none)
        return {};
    return "others can access this file; run chmod o= " + file.string() +
           ", and chgrp for the group that must read it";
}

Result<void> check_secret(const Assignment& assignment, const std::filesystem::path& file) {
    const auto openness = openness_of(file);
    if (!openness)
        return failure(openness.error());
    if (openness->empty())
        return {};
    return failure(assignment.place + ": " + text::quoted(assignment.key->name) +
                   " is a secret, and " + *openness);
}

Result<Assignments> parse_file(std::string_view content, const std::filesystem::path& file) {
    if (const auto readable = check_is_text(content); !readable)
        return failure(readable.error().at(file.string()));
    Assignments assignments;
    for (const auto& numbered : text::lines(content)) {
        const auto line = without_comment(numbered.text);
        if (line.empty())
            continue;
        auto assignment = parse_line(line, file.string() + ":" + std::to_string(numbered.number));
        if (!assignment)
            return failure(assignment.error());
        if (assignment->key->secret)
            if (const auto kept = check_secret(*assignment, file); !kept)
                return failure(kept.error());
        if (const auto added = add(assignments, *std::move(assignment)); !added)
            return failure(added.error());
    }
    return assignments;
}

/// The file of --config, which must exist, or the default one, which need not.
Result<Assignments> read_file(const std::optional<std::filesystem::path>& chosen) {
    const auto file = chosen.value_or(default_config_file);
    const auto content = node::read_file(file, config_file_bytes_max, node::Links::followed);
    if (!content)
        return failure(content.error());
    if (*content)
        return parse_file(**content, file);
    if (chosen)
        return failure(file.string() + ": there is no such file; correct --config");
    return Assignments{};
}

// The command line.

po::options_description general_options(Program program) {
    po::options_description options{"Options", help_columns};
    options.add_options()("help,h", "show this text")("version,V", "show the version");
    options.add_options()(
        "config", po::value<std::string>()->value_name("FILE"),
        ("configuration file (default: " + std::string(default_config_file) + ", if there)")
            .c_str());
    if (program == Program::initiator) {
        options.add_options()("json",
                              "print JSON; of start a line for each change of its verdict, and "
                              "one for its end; of status --watch a line each time");
        options.add_options()("watch", "of status: show it again each poll-interval, until Ctrl-C");
        options.add_options()("discard-local-data",
                              "of start and plan: let a Primary component overwrite what this node "
                              "holds, even rows that nobody else has");
        options.add_options()("foreground",
                              "of start, with the backend exec: stay until the server ends, pass "
                              "signals on to it, and end as it does");
    }
    return options;
}

po::options_description key_options() {
    po::options_description options{"Keys of the configuration file, each also an option",
                                    help_columns};
    for (const auto& key : key_table) {
        auto meaning = std::string(key.meaning);
        if (!key.otherwise.empty())
            meaning += " (default: " + std::string(key.otherwise) + ")";
        options.add_options()(std::string(key.name).c_str(),
                              po::value<std::string>()->value_name(std::string(key.value)),
                              meaning.c_str());
    }
    return options;
}

/// A key of yes or no stands without a value for yes: Boost would take the next word for it.
std::string with_yes(const std::string& word) {
    const auto* const key = word.starts_with("--") ? find_key(word.substr(2)) : nullptr;
    return key != nullptr && key->value == yes_or_no ? word + "=yes" : word;
}

/// What was said behind the program's name; a link says its command itself.
std::vector<std::string> words_of(Program program, int argc, const char* const* argv) {
    std::vector<std::string> words;
    if (const auto* const link = link_of(program, argc, argv);
        link != nullptr && !link->command.empty())
        words.emplace_back(link->command);
    if (argc > 1)
        words.insert(words.end(), argv + 1, argv + argc);
    std::ranges::transform(words, words.begin(), with_yes);
    return words;
}

/// Boost's part: words to options and their values.
Result<std::vector<po::option>> split_words(Program program,
                                            const std::vector<std::string>& words) {
    namespace style = po::command_line_style;
    auto options = general_options(program);
    options.add(key_options());
    try {
        return po::command_line_parser(words)
            .options(options)
            .style(style::unix_style & ~style::allow_guessing)
            .run()
            .options;
    } catch (const po::unknown_option& unknown) {
        const auto word = unknown.get_option_name();
        const auto option = word.substr(0, word.find('='));
        const auto dashes = std::min(option.find_first_not_of('-'), option.size());
        return failure("unknown option " + text::quoted(option) +
                       did_you_mean(option.substr(dashes), option.substr(0, dashes)) +
                       "; see --help");
    } catch (const po::error& error) {
        return failure(std::string(error.what()) + "; see --help");
    }
}

/// What the command line says, the values of keys not yet read.
struct CommandLine {
    Invocation invocation;
    std::optional<std::filesystem::path> config;
    Assignments assignments;
};

Result<void> take_command(std::string_view word, const ProgramUse& use, std::string& command) {
    if (use.commands.empty())
        return failure(std::string(use.name) + " takes no command, but was given " +
                       text::quoted(word));
    if (!command.empty())
        return failure("one command at a time: " + text::quoted(command) + " or " +
                       text::quoted(word));
    if (std::ranges::find(use.commands, word) == use.commands.end())
        return failure("unknown command " + text::quoted(word) + "; see " + std::string(use.name) +
                       " --help");
    command = word;
    return {};
}

Result<void> take_key(const po::option& option, CommandLine& line) {
    const auto* const key = find_key(option.string_key);
    const auto place = "--" + option.string_key;
    if (key->secret)
        return failure(place + ": a secret on a command line can be read by everybody on this "
                               "machine; set it in the configuration file");
    return add(line.assignments, {key, option.value.front(), place});
}

Result<void> take_option(const po::option& option, const ProgramUse& use, CommandLine& line) {
    const auto& name = option.string_key;
    auto& invocation = line.invocation;
    if (name.empty())
        return take_command(option.value.front(), use, invocation.command);
    if (name == "help")
        invocation.help = true;
    else if (name == "version")
        invocation.version = true;
    else if (name == "json")
        invocation.json = true;
    else if (name == "watch")
        invocation.watch = true;
    else if (name == "discard-local-data")
        invocation.settings.discard_local_data = true;
    else if (name == "foreground")
        invocation.settings.foreground = true;
    else if (name == "config")
        line.config = option.value.front();
    else
        return take_key(option, line);
    return {};
}

Result<void> check_command(const Invocation& invocation, const ProgramUse& use) {
    if (invocation.command.empty() && !use.commands.empty()) {
        std::string known;
        for (const auto command : use.commands)
            known += (known.empty() ? "" : ", ") + std::string(command);
        return failure("no command; say one of " + known + "; see " + std::string(use.name) +
                       " --help");
    }
    if (invocation.watch && invocation.command != "status")
        return failure("--watch is for status: say galera-initiator status --watch");
    return {};
}

Result<CommandLine> parse_command_line(Program program, int argc, const char* const* argv) {
    const auto options = split_words(program, words_of(program, argc, argv));
    if (!options)
        return failure(options.error());
    const auto use = use_of(program);
    CommandLine line;
    for (const auto& option : *options)
        if (const auto taken = take_option(option, use, line); !taken)
            return failure(taken.error());
    if (line.invocation.help || line.invocation.version)
        return line;
    if (const auto complete = check_command(line.invocation, use); !complete)
        return failure(complete.error());
    return line;
}

// Both.

bool sets(const Assignments& assignments, std::string_view name) {
    return std::ranges::any_of(assignments, [&](const auto& a) { return a.key->name == name; });
}

/// The first line of the file that the key names: what snmp-user signs or encrypts with.
Result<std::string> read_passphrase(const std::filesystem::path& file, std::string_view key) {
    constexpr std::size_t bytes_max = 4096;
    constexpr std::size_t octets_min = 8; // RFC 3414, section 11.2, and Net-SNMP
    const auto content = node::read_file(file, bytes_max, node::Links::followed);
    if (!content)
        return failure(content.error().at(std::string(key)));
    if (!*content)
        return failure(std::string(key) + ": " + file.string() +
                       ": there is no such file; write the passphrase there, and let nobody else "
                       "read it");
    const auto openness = openness_of(file);
    if (!openness)
        return failure(openness.error().at(std::string(key)));
    if (!openness->empty())
        return failure(std::string(key) + ": " + file.string() + ": it holds a secret, and " +
                       *openness);
    auto passphrase = (*content)->substr(0, (*content)->find('\n'));
    if (passphrase.ends_with('\r'))
        passphrase.pop_back();
    if (passphrase.size() < octets_min)
        return failure(std::string(key) + ": " + file.string() +
                       ": its first line must be a passphrase of 8 octets or more, the one that "
                       "snmpd's createUser has");
    return passphrase;
}

Result<void> read_passphrases(Settings& settings, const std::filesystem::path& file) {
    const auto unset = [&](const std::string& key, const std::string& what) {
        return failure(file.string() + ": " + key + " is not set; " + what);
    };
    if (settings.snmp_user.empty())
        return unset("snmp-user", "set the SNMPv3 user that the snmpd of every data node lets "
                                  "read, or snmp-version = 2c on a network that you trust");
    if (settings.snmp_level == SnmpLevel::no_auth_no_priv)
        return {};
    if (settings.snmp_auth_file.empty())
        return unset("snmp-auth-file", "set the file whose first line is the passphrase that "
                                       "snmp-user signs with");
    auto passphrase = read_passphrase(settings.snmp_auth_file, "snmp-auth-file");
    if (!passphrase)
        return failure(passphrase.error());
    settings.snmp_auth_passphrase = *std::move(passphrase);
    if (settings.snmp_level == SnmpLevel::auth_no_priv)
        return {};
    if (settings.snmp_priv_file.empty())
        return unset("snmp-priv-file", "set the file whose first line is the passphrase that "
                                       "snmp-user encrypts with, or snmp-level = authNoPriv");
    passphrase = read_passphrase(settings.snmp_priv_file, "snmp-priv-file");
    if (!passphrase)
        return failure(passphrase.error());
    settings.snmp_priv_passphrase = *std::move(passphrase);
    return {};
}

/// What asks peers must be able to.
Result<void> complete_access_to_peers(Settings& settings, const std::filesystem::path& file) {
    if (settings.snmp_version == SnmpVersion::v3)
        return read_passphrases(settings, file);
    if (settings.snmp_community.empty())
        return failure(file.string() + ": snmp-community is not set; set the community that the "
                                       "snmpd of every data node allows to read");
    return {};
}

/// In the foreground the server is a child of this process, and so is started by it.
Result<void> stay_in_foreground(const Invocation& invocation, Settings& settings) {
    if (invocation.command != "start")
        return failure("--foreground goes with start only: leave it out");
    if (settings.backend.value_or(Backend::exec) != Backend::exec)
        return failure("--foreground goes with the backend exec, which starts the server itself; "
                       "set backend = exec, or leave --foreground out");
    settings.backend = Backend::exec;
    settings.foreground = true;
    return {};
}

Result<Settings> read_values(const Assignments& assignments) {
    Settings settings;
    for (const auto& assignment : assignments) {
        const auto read = assignment.key->read(assignment.value, settings);
        if (read)
            continue;
        const bool named_by_place = assignment.place.starts_with("--");
        return failure(read.error().at(named_by_place ? assignment.place
                                                      : assignment.place + ": " +
                                                            std::string(assignment.key->name)));
    }
    return settings;
}

} // namespace

Result<Invocation> read_invocation(Program program, int argc, const char* const* argv) {
    auto line = parse_command_line(program, argc, argv);
    if (!line)
        return failure(line.error());
    if (line->invocation.help || line->invocation.version)
        return std::move(line->invocation);
    auto assignments = read_file(line->config);
    if (!assignments)
        return failure(assignments.error());
    std::erase_if(*assignments,
                  [&](const auto& in_file) { return sets(line->assignments, in_file.key->name); });
    std::ranges::move(line->assignments, std::back_inserter(*assignments));
    auto settings = read_values(*assignments);
    if (!settings)
        return failure(settings.error());
    if (program == Program::initiator)
        if (const auto access =
                complete_access_to_peers(*settings, line->config.value_or(default_config_file));
            !access)
            return failure(access.error());
    settings->discard_local_data = line->invocation.settings.discard_local_data;
    if (line->invocation.settings.foreground)
        if (const auto stays = stay_in_foreground(line->invocation, *settings); !stays)
            return failure(stays.error());
    line->invocation.settings = *std::move(settings);
    return std::move(line->invocation);
}

std::string help_text(Program program) {
    const auto use = use_of(program);
    std::ostringstream text;
    text << "Usage: " << use.name << " [--config FILE] " << use.synopsis << '\n'
         << general_options(program) << '\n'
         << key_options() << '\n'
         << "Durations are 500ms, 2s, 15min, 1h. The command line takes precedence over the file.\n"
         << use.exit_statuses;
    return text.str();
}

std::vector<OptionWords> options_of(Program program) {
    const auto options = general_options(program);
    std::vector<OptionWords> words;
    for (const auto& option : options.options()) {
        const auto letter =
            option->canonical_display_name(po::command_line_style::allow_dash_for_short);
        const bool has_letter = letter.size() == 2 && letter.front() == '-';
        const bool has_value = option->semantic()->max_tokens() > 0;
        words.push_back({.name = option->long_name(),
                         .letter = has_letter ? letter.substr(1) : "",
                         .value = has_value ? option->format_parameter() : "",
                         .meaning = option->description()});
    }
    return words;
}

std::vector<std::string_view> commands_of(Program program) {
    const auto commands = use_of(program).commands;
    return {commands.begin(), commands.end()};
}

} // namespace galera::config
