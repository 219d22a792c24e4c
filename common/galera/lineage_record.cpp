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
    ViewLog views;
    std::optional<ViewMark> last_view;
    std::optional<ViewMark> joined_view;
    std::vector<Uuid>* members{nullptr}; // of the view that was read last
    std::optional<Seqno> stopped_at;
    bool quorum_override{false};
    bool lazy_commit{false};
    bool joining{false};
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

bool take_lazy_commit(const Words& words, Draft& draft) {
    return take_flag(words[1], draft.lazy_commit);
}

bool take_joining(const Words& words, Draft& draft) {
    return take_flag(words[1], draft.joining);
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

std::optional<ViewPlace> read_place(const Words& words) {
    const auto id = text::number<std::uint64_t>(words[1]);
    const auto seqno = read_seqno(words[2]);
    if (!id || !seqno)
        return std::nullopt;
    return ViewPlace{*id, *seqno};
}

bool take_past(const Words& words, Draft& draft) {
    const auto place = read_place(words);
    const auto digest = text::number<std::uint64_t>(words[3]);
    const bool rises =
        draft.views.empty() || (place && draft.views.back().place.seqno < place->seqno);
    if (!place || !digest || !rises || draft.views.size() == views_kept_max)
        return false;
    draft.views.push_back({*place, *digest});
    return true;
}

bool take_mark(const Words& words, std::optional<ViewMark>& mark, Draft& draft) {
    const auto place = read_place(words);
    if (!place || mark)
        return false;
    mark = ViewMark{*place, {}};
    draft.members = &mark->members;
    return true;
}

bool take_view(const Words& words, Draft& draft) {
    return take_mark(words, draft.last_view, draft);
}

bool take_joined(const Words& words, Draft& draft) {
    return take_mark(words, draft.joined_view, draft);
}

bool take_member(const Words& words, Draft& draft) {
    const auto member = Uuid::parse(words[1]);
    if (!member || !draft.members || draft.members->size() == view_members_max)
        return false;
    draft.members->push_back(*member);
    return true;
}

bool take_stopped(const Words& words, Draft& draft) {
    draft.stopped_at = read_seqno(words[1]);
    return draft.stopped_at.has_value();
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
    Field{"past", 4, take_past},
    Field{"view", 3, take_view},
    Field{"joined", 3, take_joined},
    Field{"member", 2, take_member},
    Field{"stopped", 2, take_stopped},
    Field{"end", 1, take_end},
    Field{"quorum_override", 2, take_quorum_override},
    Field{"lazy_commit", 2, take_lazy_commit},
    Field{"joining", 2, take_joining},
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

/// The mark, if it lies in the same recorded era as the view.
const ViewMark* in_era_of(const LineageRecord& record, const std::optional<ViewMark>& mark,
                          const ViewMark& view) {
    const bool same =
        mark && era_at(record.eras, mark->place.seqno) == era_at(record.eras, view.place.seqno);
    return same ? &*mark : nullptr;
}

constexpr std::int64_t first_of_a_history = 1;

/// Whether the first view of an era is where the record has one.
bool begins_recorded_era(const LineageRecord& record, const ViewPlace& view) {
    const auto era = era_at(record.eras, view.seqno);
    return era == 0 ? view.seqno.value() == first_of_a_history
                    : record.eras[era - 1].first == view.seqno;
}

/// Whether ids and seqnos leave room for the view behind the first one of its recorded era.
bool fits_in_recorded_era(const LineageRecord& record, const ViewPlace& view) {
    const auto era = era_at(record.eras, view.seqno);
    return era == 0 || can_share_era({1, record.eras[era - 1].first}, view);
}

/// How a view stands to the recorded era that its seqno lies in.
enum class Standing : std::uint8_t {
    met,     // it is of that era
    fitting, // nothing speaks against it: nothing was seen there, or a transfer was cut on its way
    open,    // it may be
    apart,   // it is of another one
};

Standing standing_of(const LineageRecord& record, const ViewMark& view) {
    if (view == record.last_view)
        return Standing::met;
    if (record.last_view && record.last_view->place.seqno == view.place.seqno)
        return Standing::apart;
    if (view.place.id == 1)
        return begins_recorded_era(record, view.place) ? Standing::fitting : Standing::apart;
    const auto* last = in_era_of(record, record.last_view, view);
    const auto* joined = in_era_of(record, record.joined_view, view);
    if (!fits_in_recorded_era(record, view.place) ||
        (last && !can_share_era(last->place, view.place)) ||
        (joined && !can_share_era(joined->place, view.place)))
        return Standing::apart;
    if ((last && share_server(*last, view)) || (joined && share_server(*joined, view)))
        return Standing::met;
    const bool in_a_transfer = joined && view.place.seqno < joined->place.seqno;
    return in_a_transfer || (!last && !joined) ? Standing::fitting : Standing::open;
}

/// Adds the view to those that went by. What cannot stand before it in its era was lost.
void log_view(LineageRecord& record, const PastView& past) {
    const auto era = era_at(record.eras, past.place.seqno);
    add_view(record.views, past);
    std::erase_if(record.views, [&](const PastView& view) {
        return view != past && era_at(record.eras, view.place.seqno) == era &&
               !can_share_era(view.place, past.place);
    });
}

/// The record where the view is of the recorded era, or stays without contradiction.
LineageRecord with_view(LineageRecord record, ViewMark mark, const PastView& past) {
    log_view(record, past);
    if (record.joined_view && record.joined_view->place.seqno <= mark.place.seqno)
        record.joined_view.reset();
    record.last_view = std::move(mark);
    return record;
}

/// The record where it is not known any more what the data went through.
LineageRecord with_era_unknown(LineageRecord record, const PastView& past) {
    record.known = false;
    record.last_view.reset();
    record.joined_view.reset();
    record.views = {past};
    return record;
}

/// Of the first era of the history, unless the view shows that somebody has bootstrapped it since.
LineageRecord record_begun_by(const View& view) {
    LineageRecord record{.history = view.history,
                         .known = true,
                         .views = {past_of(view)},
                         .last_view = mark_of(view)};
    if (view.id == 1 && view.seqno.value() != first_of_a_history)
        return with_era_unknown(std::move(record), past_of(view));
    return record;
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
    return LineageRecord{*draft.history,
                         *draft.known,
                         std::move(draft.eras),
                         std::move(draft.views),
                         std::move(draft.last_view),
                         std::move(draft.joined_view),
                         draft.stopped_at,
                         draft.quorum_override,
                         draft.lazy_commit,
                         draft.joining};
}

namespace {

std::string text_of(const ViewPlace& place) {
    return std::to_string(place.id) + ' ' + std::to_string(place.seqno.value());
}

std::string text_of(const ViewMark& mark) {
    auto content = text_of(mark.place) + '\n';
    for (const auto& member : mark.members)
        content += "member " + member.text() + '\n';
    return content;
}

} // namespace

std::string text_of(const LineageRecord& record) {
    const auto flag = [](bool value) { return value ? "yes\n" : "no\n"; };
    std::string content = "# Galera Initiator: the eras that this node's data went through.\n"
                          "# Do not edit. Lost, the node counts as one of the first era.\n";
    content += "history " + record.history.text() + '\n';
    content += std::string{"known "} + flag(record.known);
    for (const auto& era : record.eras)
        content += "era " + std::to_string(era.first.value()) + ' ' + era.name.text() + '\n';
    for (const auto& view : record.views)
        content += "past " + text_of(view.place) + ' ' + std::to_string(view.members) + '\n';
    if (record.last_view)
        content += "view " + text_of(*record.last_view);
    if (record.joined_view)
        content += "joined " + text_of(*record.joined_view);
    if (record.stopped_at)
        content += "stopped " + std::to_string(record.stopped_at->value()) + '\n';
    content += std::string{"quorum_override "} + flag(record.quorum_override);
    content += std::string{"lazy_commit "} + flag(record.lazy_commit);
    content += std::string{"joining "} + flag(record.joining);
    return content + "end\n";
}

LineageRecord followed(const std::optional<LineageRecord>& record, const View& view,
                       std::string_view self, const Uuid& name) {
    const auto mark = mark_of(view);
    const auto past = past_of(view);
    if (!record || record->history != view.history)
        return record_begun_by(view);
    const auto before = Seqno::from(view.seqno.value() - 1);
    auto next = *record;
    const bool alone = view.members.size() == 1 && view.members.front().name == self;
    switch (standing_of(*record, mark)) {
    case Standing::met:
        next = with_view(std::move(next), mark, past);
        next.known = true;
        return next;
    case Standing::fitting:
        if (next.known)
            return with_view(std::move(next), mark, past);
        log_view(next, past);
        return next;
    case Standing::open: // a later view may share a server with the last one again
        next.known = false;
        next.views = {past};
        return next;
    case Standing::apart:
        break;
    }
    if (!record->known || !alone || view.id != 1 || !before || record->stopped_at != before)
        return with_era_unknown(std::move(next), past);
    next.eras = with_new_era(record->eras, *before, name);
    if (next.eras.size() > eras_max)
        return with_era_unknown(*record, past);
    return with_view(std::move(next), mark, past);
}

} // namespace galera
