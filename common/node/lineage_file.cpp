#include "common/node/lineage_file.hpp"

#include "common/node/file.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/random.h>
#include <system_error>

namespace galera::node {

namespace {

std::optional<History> history_of(const NodeReport& report) {
    return report.position ? std::optional{report.position->history} : std::nullopt;
}

/// The era of a bootstrap that never came to its first view, which would have taken the next seqno:
/// somebody else's write set may take it now.
void drop_unborn_era(LineageRecord& record, const NodeReport& report) {
    if (report.server == ServerState::stopped && !record.eras.empty() &&
        record.eras.back().first.value() - 1 == report.position->seqno.value())
        record.eras.pop_back();
}

/// Joined, Donor/Desynced, Synced: its state is whole.
bool has_joined(const NodeReport& report) {
    const auto state = report.cluster.node_state;
    return in_primary(report) &&
           (state == NodeState::joined || state == NodeState::donor || state == NodeState::synced);
}

bool is_in_transfer(const NodeReport& report) {
    return report.server == ServerState::starting && report.replication.transfer == Transfer::sst;
}

/// What the record says of the report's data.
void show_lineage(const std::optional<LineageRecord>& record, NodeReport& report) {
    if (!report.position)
        return;
    // No sign of the transfer but this one needs to be left: the script takes its own away.
    if (record && record->joining && report.taint == Taint::nil_history)
        report.taint = Taint::cut;
    if (!record || record->history != report.position->history) {
        report.lineage = Lineage{}; // without a record: the first era of its history
        return;
    }
    report.views = record->views;
    // A running server's position may be read a moment before the first view of its era.
    if (record->known && report.server == ServerState::serving)
        report.lineage = record->eras;
    else if (record->known)
        report.lineage = eras_up_to(record->eras, report.position->seqno);
    if (record->quorum_override)
        report.quorum_override = true;
    // The option file may say otherwise than the server had it.
    if (record->lazy_commit && report.server != ServerState::serving)
        report.durable_commit = false;
}

} // namespace

Result<Uuid> draw_uuid() {
    Uuid::Octets octets{};
    if (::getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size()))
        return failure("the kernel gives no random numbers: " +
                       std::generic_category().message(errno));
    octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0FU) | 0x40U); // version 4
    octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3FU) | 0x80U); // the RFC's variant
    return *Uuid::from(octets); // never nil, for its version
}

Result<LineageFile> LineageFile::open(const std::filesystem::path& state_dir) {
    if (const auto made = ensure_directory(state_dir); !made)
        return failure(made.error());
    UniqueFd lock{::open(state_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!lock)
        return failure(system_error(state_dir, "cannot open the directory", errno));
    constexpr std::chrono::milliseconds patience{500}; // anybody can lock what he can read
    if (!lock_within(lock.get(), patience))
        return failure(system_error(state_dir, "cannot lock the directory", errno));
    return LineageFile{state_dir / "lineage", std::move(lock)};
}

Result<std::optional<LineageRecord>> LineageFile::read() const {
    const auto content = read_file(path_, lineage_record_bytes_max);
    if (!content)
        return failure(content.error());
    if (!*content)
        return std::optional<LineageRecord>{};
    auto record = parse_lineage_record(**content);
    if (!record)
        return failure(record.error().at(path_.string()));
    return std::optional{*std::move(record)};
}

Result<void> LineageFile::write(const LineageRecord& record) const {
    constexpr unsigned mode = 0644;
    return replace_file(path_, text_of(record), mode);
}

Result<void> follow_lineage(const std::filesystem::path& state_dir, bool initiator_runs,
                            NodeReport& report) {
    const auto file = LineageFile::open(state_dir);
    if (!file)
        return failure(file.error());
    auto record = file->read();
    if (!record)
        return failure(record.error());
    // A stopped node's data may be about to be replaced by another history's, whose record the
    // initiator has written already.
    const bool serving = report.server == ServerState::serving;
    const auto& view = report.applied_view;
    auto next = *record;
    if (view && (serving || (next && next->history == view->history))) {
        const auto name = draw_uuid();
        if (!name)
            return failure(name.error());
        next = followed(*record, *view, report.node_name, *name);
        next->stopped_at.reset();
    }
    if (next && report.server == ServerState::stopped && next->history == history_of(report)) {
        next->stopped_at = report.position->seqno;
        next->views = views_up_to(next->views, report.position->seqno); // the others were lost
    }
    if (next && !initiator_runs && next->history == history_of(report))
        drop_unborn_era(*next, report);
    if (next && serving && report.quorum_override == true)
        next->quorum_override = true;
    if (next && serving && report.durable_commit)
        next->lazy_commit = !*report.durable_commit;
    if (next && (is_in_transfer(report) || has_joined(report)))
        next->joining = is_in_transfer(report);
    if (next != *record) {
        if (const auto written = file->write(*next); !written)
            return failure(written.error());
    }
    show_lineage(next, report);
    return {};
}

} // namespace galera::node
