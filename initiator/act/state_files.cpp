#include "initiator/act/state_files.hpp"

#include "common/galera/state_files.hpp"
#include "common/node/file.hpp"
#include "common/node/lineage_file.hpp"
#include "initiator/act/lineage.hpp"

namespace galera::act {

namespace {

constexpr unsigned private_mode = 0660; // as Galera creates it

/// For a data directory whose file is missing or says nothing; the position comes with the option.
std::string new_grastate(const History& history) {
    return "# GALERA saved state\nversion: 2.1\nuuid:    " + history.text() +
           "\nseqno:   -1\nsafe_to_bootstrap: 1\n";
}

/// The content that permits the bootstrap; empty if the file may stay as it is.
Result<std::optional<std::string>> permitting(const std::optional<std::string>& old,
                                              const std::optional<History>& history) {
    if (!history && !old)
        return std::optional<std::string>{};
    if (history) {
        if (!old || !parse_grastate(*old))
            return std::optional{new_grastate(*history)};
        auto content = grastate_for_bootstrap(*old, *history);
        if (!content)
            return failure(content.error());
        return std::optional{*std::move(content)};
    }
    const auto state = parse_grastate(*old);
    if (!state)
        return failure(state.error());
    if (state->uuid)
        return failure("it names a history that InnoDB does not hold; look which one is right");
    if (state->safe_to_bootstrap.value_or(true))
        return std::optional<std::string>{};
    return std::optional<std::string>{"# GALERA saved state\nversion: 2.1\n"
                                      "uuid:    00000000-0000-0000-0000-000000000000\n"
                                      "seqno:   -1\nsafe_to_bootstrap: 1\n"};
}

} // namespace

Result<void> allow_bootstrap(const std::filesystem::path& datadir,
                             const std::optional<History>& history) {
    const auto path = datadir / "grastate.dat";
    const auto old = node::read_file(path, state_file_bytes_max);
    if (!old)
        return failure(old.error());
    const auto content = permitting(*old, history);
    if (!content)
        return failure(content.error().at(path.string()));
    if (!*content || *content == *old)
        return {};
    if (*old) {
        auto kept =
            node::replace_file(datadir / "grastate.dat.before-bootstrap", **old, private_mode);
        if (!kept)
            return kept;
    }
    return node::replace_file(path, **content, private_mode);
}

Result<void> set_view_file_aside(const std::filesystem::path& datadir) {
    return node::set_aside(datadir / "gvwstate.dat", datadir / "gvwstate.dat.set-aside");
}

Result<void> mark_for_transfer(const std::filesystem::path& datadir) {
    return node::replace_file(datadir / "grastate.dat", "", private_mode);
}

namespace {

/// Writes what `make` makes of the record that is there, if it makes one.
template <typename Make>
Result<void> change_record(const std::filesystem::path& state_dir, Make make) {
    const auto file = node::LineageFile::open(state_dir);
    if (!file)
        return failure(file.error());
    const auto old = file->read();
    if (!old)
        return failure(old.error());
    const std::optional<LineageRecord> record = make(*old);
    return record ? file->write(*record) : Result<void>{};
}

} // namespace

Result<void> record_lineage(const std::filesystem::path& state_dir,
                            const decision::Verdict& verdict, const NodeReport& seen) {
    const auto name = node::draw_uuid();
    if (!name)
        return failure(name.error());
    return change_record(
        state_dir, [&](const auto& old) { return record_for_start(old, verdict, seen, *name); });
}

Result<void> adopt_lineage(const std::filesystem::path& state_dir, const View& view,
                           const Lineage& lineage) {
    return change_record(state_dir,
                         [&](const auto& old) { return record_of_member(old, view, lineage); });
}

} // namespace galera::act
