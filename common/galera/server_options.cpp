// Follows MariaDB's mysys/my_getopt.c for the server's options and galerautils' gu_config.cpp for
// those of the provider.
#include "common/galera/server_options.hpp"

#include "common/galera/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace galera {

namespace {

using text::quoted;

constexpr std::string_view on = "ON";
constexpr std::string_view off = "OFF";

enum class Effect : std::uint8_t { none, sets_off, sets_on, sets_no_value };

struct Prefix {
    std::string_view name;
    Effect effect;
};

constexpr std::array<Prefix, 6> prefixes{{
    {"skip_", Effect::sets_off},
    {"disable_", Effect::sets_off},
    {"enable_", Effect::sets_on},
    {"loose_", Effect::none},
    {"maximum_", Effect::sets_no_value},
    {"autoset_", Effect::sets_no_value},
}};

/// Takes the prefixes off the name; the effect is that of the innermost.
Effect take_prefixes(std::string& name) {
    Effect effect = Effect::none;
    for (;;) {
        const auto prefix = std::ranges::find_if(
            prefixes, [&](const Prefix& candidate) { return name.starts_with(candidate.name); });
        if (prefix == prefixes.end())
            return effect;
        name.erase(0, prefix->name.size());
        effect = prefix->effect;
    }
}

std::string value_of(Effect effect, std::optional<std::string_view> written) {
    const bool negated = written == "0"; // "--skip-x=0" is x=ON; "--skip-x=OFF" is not
    if (effect == Effect::sets_off)
        return std::string{negated ? on : off};
    if (effect == Effect::sets_on)
        return std::string{negated ? off : on};
    return std::string{written.value_or(on)};
}

/// my_print_defaults, like the server, reads 4094 octets of a line, and takes the rest for another
/// line, without a word. Of those, blanks around the '=' are not printed.
constexpr std::size_t whole_octets_max = 4000;

bool may_be_cut(const text::Line& line) {
    return line.text.size() > whole_octets_max;
}

bool is_option(const text::Line& line) {
    return line.text.starts_with("--") && line.text.find('\0') == std::string_view::npos;
}

/// A word for an error, without its value, which may be a secret (wsrep_sst_auth).
std::string shown(const text::Line& line) {
    return "my_print_defaults printed " + quoted(line.text.substr(0, line.text.find('='))) +
           " in " + line.place() + " of its output";
}

/// Splits at each ';' without a backslash in front.
std::vector<std::string_view> provider_parts(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t place = 0; place < text.size(); ++place) {
        if (text[place] != ';' || (place > begin && text[place - 1] == '\\'))
            continue;
        parts.push_back(text.substr(begin, place - begin));
        begin = place + 1;
    }
    parts.push_back(text.substr(begin));
    return parts;
}

/// The words of gu_str2bool (galerautils, gu_utils.c).
bool is_false_for_galera(std::string_view value) {
    constexpr std::array<std::string_view, 7> words{"0", "n", "no", "off", "none", "nope", "false"};
    return std::ranges::find(words, text::lower(value)) != words.end();
}

} // namespace

Result<ServerOptions> ServerOptions::parse(std::string_view printed) {
    ServerOptions options;
    for (const auto& line : text::lines(printed)) {
        if (!line.ended)
            return failure(shown(line) + ", which was cut off there");
        if (!is_option(line))
            return failure(shown(line) +
                           ", which is not an option; look for it in the option file");
        if (may_be_cut(line))
            return failure(
                shown(line) + ", of more than " + std::to_string(whole_octets_max) +
                " octets, where the database's own reader may cut it off, for the server "
                "too; write it shorter");
        const auto word = line.text.substr(2);
        const auto equals = word.find('=');
        std::string name = text::lower(word.substr(0, equals));
        std::ranges::replace(name, '-', '_');
        const auto effect = take_prefixes(name);
        if (name.empty())
            return failure(shown(line) +
                           ", an option without a name; look for it in the option file");
        if (effect == Effect::sets_no_value)
            continue;
        std::optional<std::string_view> written;
        if (equals != std::string_view::npos)
            written = word.substr(equals + 1);
        options.values_[name] = value_of(effect, written);
    }
    return options;
}

std::optional<std::string> ServerOptions::find(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end())
        return std::nullopt;
    return found->second;
}

std::string ServerOptions::get(std::string_view name, std::string_view otherwise) const {
    return find(name).value_or(std::string{otherwise});
}

Result<std::optional<bool>> ServerOptions::find_switch(std::string_view name) const {
    const auto value = find(name);
    if (!value)
        return std::optional<bool>{};
    const std::string word = text::lower(*value);
    if (word == "on" || word == "true" || word == "1")
        return std::optional{true};
    if (word == "off" || word == "false" || word == "0")
        return std::optional{false};
    return failure(std::string{name} + " is " + quoted(*value) +
                   ", which the server takes for OFF; write ON or OFF in the option file");
}

Result<ProviderOptions> parse_provider_options(std::string_view text) {
    ProviderOptions options;
    for (const auto part : provider_parts(text)) {
        if (text::trimmed(part).empty())
            continue;
        const auto equals = part.find('=');
        const auto name = text::trimmed(part.substr(0, equals));
        if (equals == std::string_view::npos || name.empty())
            return failure("wsrep_provider_options: " + quoted(text::trimmed(part)) +
                           " is not of the form name=value");
        options[std::string{name}] = text::trimmed(part.substr(equals + 1));
    }
    return options;
}

bool overrides_quorum(const ProviderOptions& options) {
    return std::ranges::any_of(options, [](const auto& option) {
        const auto& [name, value] = option;
        return (name == "pc.ignore_sb" || name == "pc.ignore_quorum") &&
               !is_false_for_galera(value);
    });
}

} // namespace galera
