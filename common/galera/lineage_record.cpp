#include "common/galera/lineage_record.hpp"

#include "common/galera/text.hpp"

#include <array>

namespace galera {

namespace {

using text::quoted;

using Words = std::vector<std::string_view>;

struct Draft {
    std::optional<History> history;
    std::optional<bool> known;
    Lineage eras;
    std::optional<ViewMark> last_view;
    bool quorum_override{false};
    bool ended{false};
};

std::optional<Seqno> read_seqno(std::string_view word) {
    const auto value = text::number<std::int64_t>(word);
    return value ? Seqno::from(*value) : std::nullopt;
}

bool take_history(const Words& words, Draft& draft) {
    draft.history = Uuid::parse(words[1]);
    return draft.history.has_value();
}

bool take_flag(std::string_view word, bool& flag) {
    flag = word == "yes";
    return flag || word == "no";
}

bool take_known(const Words& words, Draft& draft) {
    return take_flag(words[1], draft.known.emplace());
}

bool take_quorum_override(const Words& words, Draft& draft) {
    return take_flag(words[1], draft.quorum_override);
}

bool take_era(const Words& words, Draft& draft) {
    const auto first = read_seqno(words[1]);
    const auto name = Uuid::parse(words[2]);
    const bool rises = draft.eras.empty() || (first && draft.eras.back().first < *first);
    if (!first || !name || !rises || draft.eras.size() == eras_max)
        return false;
    draft.eras.push_back({*first, *name});
    return true;
}

bool take_view(const Words& words, Draft& draft) {
    const auto id = text::number<std::uint64_t>(words[1]);
    const auto seqno = read_seqno(words[2]);
    if (!id || !seqno)
        return false;
    draft.last_view = ViewMark{*id, *seqno};
    return true;
}

bool take_end(const Words&, Draft& draft) {
    draft.ended = true;
    return true;
}

struct Field {
    std::string_view name;
    std::size_t words;
    bool (*take)(const Words& words, Draft& draft);
};
constexpr std::array fields{
    Field{"history", 2, take_history},
    Field{"known", 2, take_known},
    Field{"era", 3, take_era},
    Field{"view", 3, take_view},
    Field{"quorum_override", 2, take_quorum_override},
    Field{"end", 1, take_end},
};

Result<void> take_line(const text::Line& line, Draft& draft) {
    const auto words = text::words(line.text);
    if (words.empty() || words[0].starts_with('#'))
        return {};
    for (const auto& field : fields) {
        if (field.name != words[0])
            continue;
        if (words.size() == field.words && !draft.ended && field.take(words, draft))
            return {};
        return failure(line.place() + ": " + quoted(line.text) + " cannot be read");
    }
    return failure(line.place() + ": " + quoted(words[0]) + " is not a word of this file");
}

/// The era that a seqno lies in: how many began at or below it.
std::size_t era_of(const Lineage& eras, Seqno seqno) {
    return eras_up_to(eras, seqno).size();
}

/// Whether the view can be one of the recorded era that its seqno lies in.
bool can_follow(const LineageRecord& record, const ViewMark& view) {
    const auto era = era_of(record.eras, view.seqno);
    const auto& last = record.last_view;
    if (last && era_of(record.eras, last->seqno) == era) {
        if (view.seqno < last->seqno)
            return true; // a crash took the last view, which had not been flushed
        const auto steps = static_cast<std::uint64_t>(view.seqno.value() - last->seqno.value());
        return view.id >= last->id && view.id - last->id <= steps &&
               (view.id == last->id) == (steps == 0);
    }
    if (era == 0)
        return true; // the first era, of which nothing is known yet
    const auto steps =
        static_cast<std::uint64_t>(view.seqno.value() - record.eras[era - 1].first.value());
    return view.id >= 1 && view.id - 1 <= steps && (view.id == 1) == (steps == 0);
}

} // namespace

Result<LineageRecord> parse_lineage_record(std::string_view content) {
    if (content.size() > lineage_record_bytes_max)
        return failure("it is too large to be a record");
    Draft draft;
    for (const auto& line : text::lines(content)) {
        if (const auto taken = take_line(line, draft); !taken)
            return failure(taken.error());
    }
    if (!draft.ended || !draft.history || !draft.known)
        return failure("it was cut off");
    return LineageRecord{*draft.history, *draft.known, std::move(draft.eras), draft.last_view,
                         draft.quorum_override};
}

std::string text_of(const LineageRecord& record) {
    const auto flag = [](bool value) { return value ? "yes\n" : "no\n"; };
    std::string content = "# Galera Initiator: the eras that this node's data went through.\n"
                          "# Do not edit. Lost, the node counts as one of the first era.\n";
    content += "history " + record.history.text() + '\n';
    content += std::string{"known "} + flag(record.known);
    for (const auto& era : record.eras)
        content += "era " + std::to_string(era.first.value()) + ' ' + era.name.text() + '\n';
    if (record.last_view)
        content += "view " + std::to_string(record.last_view->id) + ' ' +
                   std::to_string(record.last_view->seqno.value()) + '\n';
    content += std::string{"quorum_override "} + flag(record.quorum_override);
    return content + "end\n";
}

LineageRecord followed(const std::optional<LineageRecord>& record, const View& view, bool alone,
                       const Uuid& name) {
    const ViewMark mark{view.id, view.seqno};
    if (!record || record->history != view.history)
        return {view.history, true, {}, mark, false};
    auto next = *record;
    next.last_view = mark;
    if (can_follow(*record, mark))
        return next;
    const auto before = Seqno::from(view.seqno.value() - 1);
    if (alone && view.id == 1 && before)
        next.eras = with_new_era(record->eras, *before, name);
    else
        next.known = false;
    return next;
}

} // namespace galera
