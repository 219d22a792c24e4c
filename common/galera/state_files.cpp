// Reads grastate.dat as galera/src/saved_state.cpp writes it, and gvwstate.dat as
// gcomm/src/view.cpp does. Where Galera would take garbage for 0 or skip it, this is an error.
#include "common/galera/state_files.hpp"

#include "common/galera/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace galera {

namespace {

using text::Line;
using text::quoted;

using Words = std::vector<std::string_view>;

/// A line of a state file: its first word, and how many words it has.
template <typename Draft>
struct Field {
    std::string_view name;
    std::size_t words{0};
    Result<void> (*read)(const Words& words, Draft& draft){nullptr};
};

Result<void> check_text(std::string_view content) {
    if (content.empty())
        return failure("it is empty: the node is new, or its SST has not ended");
    if (content.size() > state_file_bytes_max)
        return failure("it has " + std::to_string(content.size()) +
                       " bytes, which no state file has; set it aside");
    const auto is_binary = [](char c) {
        return (c >= '\0' && c < ' ' && c != '\n' &&
                text::blanks.find(c) == std::string_view::npos) ||
               c == '\x7F';
    };
    for (const auto& line : text::lines(content))
        if (std::ranges::any_of(line.text, is_binary))
            return failure(line.place() + ": it holds binary garbage; set the file aside");
    return {};
}

Result<std::optional<Uuid>> read_uuid_or_nil(std::string_view name, std::string_view value) {
    const auto uuid = Uuid::parse(value);
    if (!uuid && !is_nil_uuid(value))
        return failure(std::string{name} + ' ' + quoted(value) + " is not a UUID");
    return uuid;
}

Result<Uuid> read_uuid(std::string_view name, std::string_view value) {
    const auto uuid = Uuid::parse(value);
    if (!uuid)
        return failure(std::string{name} + ' ' + quoted(value) + " is not the UUID of a node");
    return *uuid;
}

Result<bool> read_flag(std::string_view name, std::string_view value) {
    if (value != "0" && value != "1")
        return failure(std::string{name} + ' ' + quoted(value) + " is neither 0 nor 1");
    return value == "1";
}

template <typename Draft, std::size_t count>
const Field<Draft>* find_field(const std::array<Field<Draft>, count>& fields,
                               std::string_view name) {
    const auto found = std::ranges::find(fields, name, &Field<Draft>::name);
    return found == fields.end() ? nullptr : &*found;
}

template <typename Draft>
Result<void> read_line(const Field<Draft>& field, const Words& words, Draft& draft) {
    if (words.size() != field.words)
        return failure(quoted(field.name) + " wants " + std::to_string(field.words - 1) +
                       " value(s) and has " + std::to_string(words.size() - 1));
    return field.read(words, draft);
}

// --- grastate.dat

struct GrastateDraft {
    Grastate state;
    std::vector<std::string_view> seen; // names of the fields read so far

    [[nodiscard]] bool has(std::string_view name) const {
        return std::ranges::find(seen, name) != seen.end();
    }
};

Result<void> read_version(const Words& words, GrastateDraft& draft) {
    if (words[1].find_first_not_of("0123456789.") != std::string_view::npos)
        return failure("version " + quoted(words[1]) + " is not a version");
    draft.state.version = words[1];
    return {};
}

Result<void> read_history(const Words& words, GrastateDraft& draft) {
    const auto uuid = read_uuid_or_nil("uuid", words[1]);
    if (!uuid)
        return failure(uuid.error());
    draft.state.uuid = *uuid;
    return {};
}

Result<void> read_seqno(const Words& words, GrastateDraft& draft) {
    const auto value = text::number<std::int64_t>(words[1]);
    if (!value)
        return failure("seqno " + quoted(words[1]) + " is not a number");
    if (*value < -1)
        return failure("seqno " + quoted(words[1]) + " is out of range");
    draft.state.seqno = Seqno::from(*value);
    return {};
}

Result<void> read_safe_to_bootstrap(const Words& words, GrastateDraft& draft) {
    const auto flag = read_flag("safe_to_bootstrap", words[1]);
    if (!flag)
        return failure(flag.error());
    draft.state.safe_to_bootstrap = *flag;
    return {};
}

constexpr std::array<Field<GrastateDraft>, 4> grastate_fields{{
    {"version:", 2, read_version},
    {"uuid:", 2, read_history},
    {"seqno:", 2, read_seqno},
    {"safe_to_bootstrap:", 2, read_safe_to_bootstrap},
}};

/// Other versions of Galera have more fields ("cert_index:"); they are left alone.
bool is_field_name(std::string_view word) {
    return word.size() > 1 && word.ends_with(':') &&
           word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_:") == std::string_view::npos;
}

Result<void> read_grastate_line(const Line& line, const Words& words, GrastateDraft& draft) {
    if (!line.ended)
        return failure("it has no newline, so Galera does not read it; the file was cut off");
    const auto* const field = find_field(grastate_fields, words[0]);
    if (field == nullptr) {
        if (!is_field_name(words[0]))
            return failure(quoted(words[0]) + " is not a field of grastate.dat");
        return {};
    }
    if (draft.has(field->name))
        return failure(quoted(field->name) + " is there twice");
    draft.seen.push_back(field->name);
    return read_line(*field, words, draft);
}

bool says_nothing(const Words& words) {
    return words.empty() || words[0].starts_with('#');
}

// --- gvwstate.dat

struct GvwstateDraft {
    std::optional<Uuid> my_uuid;
    bool begun{false};
    std::optional<Uuid> view_uuid;
    std::uint32_t view_seq{0};
    std::optional<bool> bootstrap;
    std::vector<Uuid> members;
    bool ended{false};

    [[nodiscard]] bool inside() const { return begun && !ended; }
};

Result<void> read_my_uuid(const Words& words, GvwstateDraft& draft) {
    const auto uuid = read_uuid("my_uuid", words[1]);
    if (!uuid)
        return failure(uuid.error());
    if (draft.my_uuid || draft.begun)
        return failure("'my_uuid:' is there twice or too late");
    draft.my_uuid = *uuid;
    return {};
}

Result<void> read_begin(const Words&, GvwstateDraft& draft) {
    if (draft.begun)
        return failure("'#vwbeg' is there twice");
    draft.begun = true;
    return {};
}

Result<void> read_view_id(const Words& words, GvwstateDraft& draft) {
    constexpr std::string_view primary = "3";
    if (!draft.inside() || draft.view_uuid)
        return failure("'view_id:' is there twice or outside of the view");
    if (words[1] != primary)
        return failure("view type " + quoted(words[1]) + " is not 3, a Primary view");
    const auto uuid = read_uuid("view_id", words[2]);
    if (!uuid)
        return failure(uuid.error());
    const auto seq = text::number<std::uint32_t>(words[3]);
    if (!seq)
        return failure("view number " + quoted(words[3]) + " is not a number");
    draft.view_uuid = *uuid;
    draft.view_seq = *seq;
    return {};
}

Result<void> read_bootstrap(const Words& words, GvwstateDraft& draft) {
    if (!draft.inside() || draft.bootstrap)
        return failure("'bootstrap:' is there twice or outside of the view");
    const auto flag = read_flag("bootstrap", words[1]);
    if (!flag)
        return failure(flag.error());
    draft.bootstrap = *flag;
    return {};
}

Result<void> read_member(const Words& words, GvwstateDraft& draft) {
    if (!draft.inside())
        return failure("'member:' is outside of the view");
    const auto uuid = read_uuid("member", words[1]);
    if (!uuid)
        return failure(uuid.error());
    if (!text::number<std::uint8_t>(words[2]))
        return failure("segment " + quoted(words[2]) + " is not a number from 0 to 255");
    if (std::ranges::find(draft.members, *uuid) != draft.members.end())
        return failure("member " + quoted(words[1]) + " is there twice");
    draft.members.push_back(*uuid);
    return {};
}

Result<void> read_end(const Words&, GvwstateDraft& draft) {
    if (!draft.inside())
        return failure("'#vwend' is there twice or without '#vwbeg'");
    draft.ended = true;
    return {};
}

constexpr std::array<Field<GvwstateDraft>, 6> gvwstate_fields{{
    {"my_uuid:", 2, read_my_uuid},
    {"#vwbeg", 1, read_begin},
    {"view_id:", 4, read_view_id},
    {"bootstrap:", 2, read_bootstrap},
    {"member:", 3, read_member},
    {"#vwend", 1, read_end},
}};

} // namespace

Result<Grastate> parse_grastate(std::string_view content) {
    if (const auto text = check_text(content); !text)
        return failure(text.error());
    GrastateDraft draft;
    for (const auto& line : text::lines(content)) {
        const auto words = text::words(line.text);
        if (says_nothing(words))
            continue;
        if (const auto read = read_grastate_line(line, words, draft); !read)
            return failure(read.error().at(line.place()));
    }
    for (const std::string_view name : {"version:", "uuid:", "seqno:"})
        if (!draft.has(name))
            return failure("it has no line " + quoted(name) +
                           ": it was cut off, or an SST has not ended");
    return draft.state;
}

Result<std::string> grastate_for_bootstrap(std::string_view content, const History& uuid) {
    if (const auto state = parse_grastate(content); !state)
        return failure(state.error());
    const std::string permission = "safe_to_bootstrap: 1\n";
    bool permitted = false;
    std::string result;
    for (const auto& line : text::lines(content)) {
        const auto words = text::words(line.text);
        if (!line.ended && words.empty())
            continue; // the blanks with which Galera overwrites a longer content
        if (!words.empty() && words[0] == "uuid:") {
            result += "uuid:    " + uuid.text() + '\n';
        } else if (!words.empty() && words[0] == "safe_to_bootstrap:") {
            result += permission;
            permitted = true;
        } else {
            result += std::string{line.text} + '\n';
        }
    }
    return permitted ? result : result + permission;
}

Result<Gvwstate> parse_gvwstate(std::string_view content) {
    if (const auto text = check_text(content); !text)
        return failure(text.error());
    GvwstateDraft draft;
    for (const auto& line : text::lines(content)) {
        const auto words = text::words(line.text);
        if (words.empty())
            continue;
        const auto* const field = find_field(gvwstate_fields, words[0]);
        if (field == nullptr)
            return failure(line.place() + ": " + quoted(words[0]) +
                           " is not a field of gvwstate.dat");
        if (const auto read = read_line(*field, words, draft); !read)
            return failure(read.error().at(line.place()));
    }
    if (!draft.ended || !draft.my_uuid || !draft.view_uuid || !draft.bootstrap ||
        draft.members.empty())
        return failure("it is not complete; it was cut off");
    return Gvwstate{*draft.my_uuid, *draft.view_uuid, draft.view_seq, *draft.bootstrap,
                    std::move(draft.members)};
}

} // namespace galera
