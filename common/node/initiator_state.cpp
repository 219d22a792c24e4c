// Two open-file-description locks on one file, and a state file that names its writer.
//
// Byte 0 is the right to be the initiator. Byte 1 says that the identity in the lock file is its
// holder's own: it is taken after the identity was written, so that what a dead holder left in the
// two files is not believed in the moment before.
#include "common/node/initiator_state.hpp"

#include "common/node/file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/random.h>
#include <sys/stat.h>

namespace galera::node {
namespace {

constexpr off_t right_byte = 0;
constexpr off_t identity_byte = 1;
constexpr unsigned readable_by_all = 0644;

std::filesystem::path lock_path(const std::filesystem::path& run_dir) {
    return run_dir / "initiator.lock";
}
std::filesystem::path state_path(const std::filesystem::path& run_dir) {
    return run_dir / "initiator.state";
}
std::filesystem::path peers_path(const std::filesystem::path& run_dir) {
    return run_dir / "initiator.peers";
}
std::filesystem::path decision_path(const std::filesystem::path& state_dir) {
    return state_dir / "decision";
}

struct flock byte_lock(off_t byte) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return lock;
}

/// False: another holder has the byte.
Result<bool> try_lock(int fd, off_t byte, const std::filesystem::path& path) {
    struct flock lock = byte_lock(byte);
    if (::fcntl(fd, F_OFD_SETLK, &lock) == 0)
        return true;
    if (errno == EAGAIN || errno == EACCES)
        return false;
    return failure(system_error(path, "cannot lock it", errno));
}

Result<bool> is_locked(int fd, off_t byte, const std::filesystem::path& path) {
    struct flock lock = byte_lock(byte);
    if (::fcntl(fd, F_OFD_GETLK, &lock) != 0)
        return failure(system_error(path, "cannot see whether it is locked", errno));
    return lock.l_type != F_UNLCK;
}

/// Whether the path still leads to the open file: it may have been removed and made anew.
bool is_in_place(int fd, const std::filesystem::path& path) {
    struct stat open_file {};
    struct stat named {};
    return ::fstat(fd, &open_file) == 0 && ::stat(path.c_str(), &named) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/// Names one holder of the lock for good: process ids come again, 64 random bits do not.
Result<std::string> new_identity() {
    std::array<unsigned char, 8> nonce{};
    if (::getrandom(nonce.data(), nonce.size(), 0) != static_cast<ssize_t>(nonce.size()))
        return failure(system_error("getrandom", "cannot draw a random number", errno));
    std::string text = std::to_string(::getpid()) + " ";
    for (const unsigned char octet : nonce) {
        constexpr std::string_view digits = "0123456789abcdef";
        text += digits[octet >> 4U];
        text += digits[octet & 15U];
    }
    return text;
}

Result<void> write_identity(int fd, const std::filesystem::path& path) {
    const auto identity = new_identity();
    if (!identity)
        return failure(identity.error());
    const std::string line = *identity + "\n";
    if (::ftruncate(fd, 0) != 0 || ::fchmod(fd, readable_by_all) != 0 ||
        ::pwrite(fd, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size()))
        return failure(system_error(path, "cannot write it", errno));
    return {};
}

/// Empty: there is none.
Result<std::string> read_identity(int fd, const std::filesystem::path& path) {
    std::array<char, 128> text{};
    const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
    if (got < 0)
        return failure(system_error(path, "cannot read it", errno));
    const std::string_view all{text.data(), static_cast<std::size_t>(got)};
    const auto end = all.find('\n');
    return std::string{end == std::string_view::npos ? std::string_view{} : all.substr(0, end)};
}

/// What `parse` makes of the file. Empty: there is none that can be read as a whole.
template <typename Record>
Result<std::optional<Record>> read_record(const std::filesystem::path& path, std::size_t bytes_max,
                                          std::optional<Record> (*parse)(std::string_view)) {
    const auto text = read_file(path, bytes_max);
    if (!text)
        return failure(text.error());
    return *text ? parse(**text) : std::optional<Record>{};
}

Result<std::optional<InitiatorState>> read_state(const std::filesystem::path& run_dir) {
    return read_record(state_path(run_dir), initiator_state_bytes_max, parse_initiator_state);
}

/// The identity of the initiator that runs: empty text while it has not signed the lock yet; no
/// text if none runs.
Result<std::optional<std::string>> holder_of(const std::filesystem::path& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!fd) {
        if (errno == ENOENT)
            return std::optional<std::string>{};
        return failure(system_error(path, "cannot open the lock of the initiator", errno));
    }
    const auto held = is_locked(fd.get(), right_byte, path);
    if (!held)
        return failure(held.error());
    if (!*held)
        return std::optional<std::string>{};
    const auto identified = is_locked(fd.get(), identity_byte, path);
    if (!identified)
        return failure(identified.error());
    if (!*identified)
        return std::optional{std::string{}};
    auto identity = read_identity(fd.get(), path);
    if (!identity)
        return failure(identity.error());
    return std::optional{*std::move(identity)};
}

} // namespace

Result<std::optional<InitiatorLock>> InitiatorLock::try_take(const std::filesystem::path& run_dir) {
    if (auto made = ensure_directory(run_dir); !made)
        return failure(made.error());
    const auto path = lock_path(run_dir);
    while (true) {
        UniqueFd fd{
            ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, readable_by_all)};
        if (!fd)
            return failure(system_error(path, "cannot open the lock of the initiator", errno));
        const auto right = try_lock(fd.get(), right_byte, path);
        if (!right)
            return failure(right.error());
        if (!*right)
            return std::optional<InitiatorLock>{};
        if (!is_in_place(fd.get(), path))
            continue; // somebody removed it meanwhile: lock the file that others will see
        if (auto written = write_identity(fd.get(), path); !written)
            return failure(written.error());
        const auto own = try_lock(fd.get(), identity_byte, path);
        if (!own)
            return failure(own.error());
        if (!*own)
            return failure(path.string() + ": another program has locked it; end that program");
        return std::optional{InitiatorLock{std::move(fd), run_dir}};
    }
}

Result<std::string> InitiatorLock::identity() const {
    return read_identity(fd_.get(), lock_path(run_dir_));
}

Result<void> InitiatorLock::publish(InitiatorPhase phase,
                                    const std::optional<InitiatorDecision>& decision,
                                    std::optional<std::int64_t> claimed_unix_seconds) const {
    auto holder = identity();
    if (!holder)
        return failure(holder.error());
    return replace_file(
        state_path(run_dir_),
        text_of(InitiatorState{*std::move(holder), phase, claimed_unix_seconds, decision}),
        readable_by_all);
}

Result<void> InitiatorLock::publish_peers(const PeersReport& peers, std::uint32_t surveys) const {
    auto holder = identity();
    if (!holder)
        return failure(holder.error());
    return replace_file(peers_path(run_dir_),
                        text_of(PeersRecord{*std::move(holder), surveys, peers}), readable_by_all,
                        Durability::until_reboot);
}

Result<std::optional<PeersRecord>> InitiatorLock::last_peers() const {
    return read_peers(run_dir_);
}

Result<void> InitiatorLock::keep(const InitiatorDecision& decision,
                                 const std::filesystem::path& state_dir) const {
    auto holder = identity();
    if (!holder)
        return failure(holder.error());
    return replace_file(decision_path(state_dir),
                        text_of(DecisionRecord{*std::move(holder), decision}), readable_by_all);
}

Result<std::optional<InitiatorAtWork>>
read_initiator_at_work(const std::filesystem::path& run_dir) {
    const auto holder = holder_of(lock_path(run_dir));
    if (!holder)
        return failure(holder.error());
    if (!*holder)
        return std::optional<InitiatorAtWork>{};
    const auto state = read_state(run_dir);
    if (!state)
        return failure(state.error());
    const bool signed_by_holder = *state && (*state)->holder == **holder;
    if (!signed_by_holder)
        return std::optional{InitiatorAtWork{}};
    return std::optional{InitiatorAtWork{(*state)->phase, (*state)->claimed_unix_seconds}};
}

Result<std::optional<DecisionRecord>>
read_published_decision(const std::filesystem::path& run_dir) {
    auto state = read_state(run_dir);
    if (!state)
        return failure(state.error());
    if (!*state || !(*state)->decision)
        return std::optional<DecisionRecord>{};
    return std::optional{
        DecisionRecord{std::move((*state)->holder), *std::move((*state)->decision)}};
}

Result<std::optional<DecisionRecord>> read_kept_decision(const std::filesystem::path& state_dir) {
    return read_record(decision_path(state_dir), initiator_state_bytes_max, parse_decision_record);
}

std::optional<DecisionRecord> last_of(std::optional<DecisionRecord> published,
                                      std::optional<DecisionRecord> kept) {
    if (!published || !kept)
        return published ? published : kept;
    const bool kept_is_later =
        kept->holder != published->holder &&
        kept->decision.run.started_unix_seconds > published->decision.run.started_unix_seconds;
    return kept_is_later ? kept : published;
}

Result<std::optional<PeersRecord>> read_peers(const std::filesystem::path& run_dir) {
    return read_record(peers_path(run_dir), peers_record_bytes_max, parse_peers_record);
}

} // namespace galera::node
