// Prints the manual pages and the completions: what the programs take comes from the tables that
// they themselves go by.
//
//   reference man TEMPLATE   the page, with what @NAMES@ on lines of their own stand for filled in
//   reference bash|zsh       the completion of all three programs
//   reference words          every option, command, key and reason, one a line with its page: for
//   tests
#include "common/config/config.hpp"
#include "common/config/keys.hpp"
#include "common/model/reason.hpp"
#include "common/version.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using galera::config::key_table;
using galera::config::OptionWords;
using galera::config::Program;
using galera::config::yes_or_no;

struct ProgramName {
    Program program;
    std::string_view name;
};
constexpr std::array programs{
    ProgramName{Program::initiator, "galera-initiator"},
    ProgramName{Program::agentx, "galera-agentx"},
    ProgramName{Program::check, "galera-check"},
};

std::string with_escapes(std::string_view text, std::string_view special, std::string_view escape) {
    std::string escaped;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos)
            escaped += escape;
        escaped += c;
    }
    return escaped;
}

OptionWords words_of(const galera::config::Key& key) {
    auto meaning = std::string(key.meaning);
    if (!key.otherwise.empty())
        meaning += " (default: " + std::string(key.otherwise) + ")";
    return {std::string(key.name), "", std::string(key.value), meaning};
}

/// All that a program takes, but the secrets, which it refuses on a command line.
std::vector<OptionWords> all_options(Program program) {
    auto options = options_of(program);
    for (const auto& key : key_table)
        if (!key.secret)
            options.push_back(words_of(key));
    return options;
}

// Manual pages: man(7).

std::string roff(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '\\')
            escaped += "\\e";
        else if (c == '-')
            escaped += "\\-";
        else
            escaped += c;
    }
    return escaped;
}

/// Broken at blanks, so that no line gets long. None begins like a request.
void print_text(std::string_view text) {
    constexpr std::size_t columns_max = 76;
    while (!text.empty()) {
        auto end = text.size() > columns_max ? text.rfind(' ', columns_max) : text.size();
        if (end == std::string_view::npos)
            end = std::min(text.find(' '), text.size());
        const auto line = text.substr(0, end);
        const bool looks_like_a_request = line.starts_with('.') || line.starts_with('\'');
        std::cout << (looks_like_a_request ? "\\&" : "") << line << '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void print_options(Program program) {
    for (const auto& option : options_of(program)) {
        std::cout << ".TP\n";
        if (!option.letter.empty())
            std::cout << "\\fB\\-" << roff(option.letter) << "\\fR, ";
        std::cout << "\\fB\\-\\-" << roff(option.name) << "\\fR";
        if (!option.value.empty())
            std::cout << " \\fI" << roff(option.value) << "\\fR";
        std::cout << '\n';
        print_text(roff(option.meaning));
    }
}

void print_keys() {
    for (const auto& key : key_table) {
        const auto words = words_of(key);
        const auto value = words.value == yes_or_no ? "yes|no" : words.value;
        std::cout << ".TP\n\\fB" << roff(words.name) << "\\fR = \\fI" << roff(value) << "\\fR\n";
        print_text(roff(words.meaning));
    }
}

void print_reasons() {
    for (const auto& row : galera::reasons()) {
        std::cout << ".TP\n\\fB" << roff(row.word) << "\\fR (" << word_of(row.verdict) << ")\n";
        const auto advice = row.advice.empty() ? "" : "; " + std::string(row.advice);
        print_text(roff(std::string(row.meaning) + advice));
    }
}

bool print_part(std::string_view line) {
    for (const auto& [program, name] : programs)
        if (line == "@OPTIONS " + std::string(name) + "@") {
            print_options(program);
            return true;
        }
    if (line == "@KEYS@")
        print_keys();
    else if (line == "@REASONS@")
        print_reasons();
    else
        return false;
    return true;
}

int print_page(const std::string& file) {
    constexpr std::string_view version_mark = "@VERSION@";
    std::ifstream page{file};
    if (!page) {
        std::cerr << "reference: " << file << " cannot be read\n";
        return 1;
    }
    for (std::string line; std::getline(page, line);) {
        if (print_part(line))
            continue;
        if (const auto mark = line.find(version_mark); mark != std::string::npos)
            line.replace(mark, version_mark.size(), galera::version);
        if (line.starts_with('.'))
            std::cout << line << '\n';
        else
            print_text(line);
    }
    return 0;
}

// Completions.

std::string all_commands(Program program) {
    std::string all;
    for (const auto command : commands_of(program))
        all += (all.empty() ? "" : " ") + std::string(command);
    return all;
}

/// Options whose value is of this kind, as a pattern of case: "--config|--datadir".
std::string options_with(const std::vector<OptionWords>& options, bool (*kind)(std::string_view)) {
    std::string pattern;
    for (const auto& option : options)
        if (!option.value.empty() && kind(option.value))
            pattern += (pattern.empty() ? "--" : "|--") + option.name;
    return pattern;
}

bool is_directory(std::string_view value) {
    return value == "DIRECTORY";
}
bool is_file(std::string_view value) {
    return value == "FILE" || value == "PROGRAM" || value == "SOCKET";
}
/// A word of its own behind the option, and none of these.
bool is_other(std::string_view value) {
    return !is_directory(value) && !is_file(value) && value != yes_or_no;
}

void print_bash() {
    std::cout << "# bash completion for galera-initiator, galera-agentx and galera-check\n"
                 "_galera_initiator() {\n"
                 "    local word=$2 before=$3 options commands\n"
                 "    COMPREPLY=()\n"
                 "    if [[ $before == '=' && COMP_CWORD -gt 1 ]]; then "
                 "before=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
                 "    if [[ $word == '=' ]]; then word=; before=${COMP_WORDS[COMP_CWORD - 1]}; fi\n"
                 "    case ${1##*/} in\n";
    for (const auto& [program, name] : programs) {
        std::string words;
        for (const auto& option : all_options(program))
            words += (words.empty() ? "--" : " --") + option.name;
        std::cout << "        " << name << ")\n            commands='" << all_commands(program)
                  << "'\n            options='" << words << "'\n            ;;\n";
    }
    const auto options = all_options(Program::initiator);
    std::cout << "    esac\n    case $before in\n        " << options_with(options, is_directory)
              << ")\n            compopt -o filenames\n"
                 "            mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
                 "            ;;\n        "
              << options_with(options, is_file)
              << ")\n            compopt -o filenames\n"
                 "            mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
                 "            ;;\n        "
              << options_with(options, is_other)
              << ") ;;\n        *)\n"
                 "            if [[ $word == -* ]]; then commands=$options; fi\n"
                 "            mapfile -t COMPREPLY < <(compgen -W \"$commands\" -- \"$word\")\n"
                 "            ;;\n    esac\n}\n"
                 "complete -F _galera_initiator galera-initiator galera-agentx galera-check\n";
}

bool is_repeatable(const OptionWords& option) {
    const auto* const key = std::ranges::find(key_table, option.name, &galera::config::Key::name);
    return key != key_table.end() && key->repeatable;
}

std::string zsh_action(std::string_view value) {
    if (is_directory(value))
        return "_files -/";
    return is_file(value) ? "_files" : " ";
}

void print_zsh_option(const OptionWords& option) {
    auto meaning = with_escapes(option.meaning, "[]:\\", "\\");
    for (auto quote = meaning.find('\''); quote != std::string::npos;
         quote = meaning.find('\'', quote + 4))
        meaning.replace(quote, 1, "'\\''");
    const bool stands_alone = option.value == yes_or_no; // or has a value behind "="
    std::cout << "                '" << (is_repeatable(option) ? "*" : "") << "--" << option.name
              << (stands_alone ? "=-" : (option.value.empty() ? "" : "=")) << '[' << meaning << ']';
    if (stands_alone)
        std::cout << "::value:(yes no)";
    else if (!option.value.empty())
        std::cout << ':' << option.value << ':' << zsh_action(option.value);
    std::cout << "' \\\n";
}

void print_zsh() {
    std::cout << "#compdef galera-initiator galera-agentx galera-check\n"
                 "case ${service:t} in\n";
    for (const auto& [program, name] : programs) {
        std::cout << "    " << name << ")\n            _arguments \\\n";
        for (const auto& option : all_options(program))
            print_zsh_option(option);
        const auto commands = all_commands(program);
        std::cout << "                "
                  << (commands.empty() ? "&& return" : "'1:command:(" + commands + ")'")
                  << "\n            ;;\n";
    }
    std::cout << "esac\n";
}

void print_words() {
    for (const auto& [program, name] : programs) {
        for (const auto& option : options_of(program))
            std::cout << name << " option " << option.name << '\n';
        for (const auto command : commands_of(program))
            std::cout << name << " command " << command << '\n';
    }
    for (const auto& key : key_table)
        std::cout << "galera-initiator.conf key " << key.name << '\n';
    for (const auto& row : galera::reasons())
        std::cout << "galera-initiator reason " << row.word << '\n';
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "man" && argc == 3)
        return print_page(argv[2]);
    if (what == "bash")
        print_bash();
    else if (what == "zsh")
        print_zsh();
    else if (what == "words")
        print_words();
    else {
        std::cerr << "usage: reference man TEMPLATE | bash | zsh | words\n";
        return 2;
    }
    return 0;
}
