// Two open-file-description locks on one file, and a state file that names its writer.
//
// Byte 0 is the right to be the initiator. Byte 1 says that the identity in the lock file is its
// holder's own: it is taken after the identity was written, so that what a dead holder left in the
// two files is not believed in the moment before.
#include "common/node/initiator_state.hpp"

#include "common/galera/address_text.hpp"
#include "common/galera/text.hpp"
#include "common/model/words.hpp"
#include "common/node/file.hpp"

#include <algorithm>
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
constexpr std::size_t state_bytes_max = 16384;
constexpr std::size_t sentence_bytes_max = 8192;
constexpr unsigned readable_by_all = 0644;

constexpr std::array phases = {InitiatorPhase::surveying, InitiatorPhase::claiming,
                               InitiatorPhase::bootstrapping, InitiatorPhase::joining};
constexpr std::string_view nobody = "-";

std::filesystem::path lock_path(const std::filesystem::path& run_dir) {
    return run_dir / "initiator.lock";
}
std::filesystem::path state_path(const std::filesystem::path& run_dir) {
    return run_dir / "initiator.state";
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

std::string one_line(std::string_view text) {
    std::string line{text.substr(0, sentence_bytes_max)};
    std::replace_if(
        line.begin(), line.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return line;
}

/// The value of the line "NAME: VALUE" at the front of `text`, which moves on behind it.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name) ||
        !text.substr(name.size()).starts_with(": "))
        return std::nullopt;
    const auto value = text.substr(name.size() + 2, end - name.size() - 2);
    text.remove_prefix(end + 1);
    return value;
}

/// What the state file says, and who wrote it.
struct Written {
    std::string holder;
    InitiatorPhase phase{InitiatorPhase::surveying};
    std::optional<InitiatorDecision> decision;
};

std::string text_of(const InitiatorDecision& decision) {
    return "reason: " + std::string{word_of(decision.reason)} +
           "\nelected: " + (decision.elected ? decision.elected->text : std::string{nobody}) +
           "\ndecided: " + std::to_string(decision.decided_unix_seconds) +
           "\nsentence: " + one_line(decision.sentence) + "\n";
}

/// All of `text`, or nothing.
std::optional<InitiatorDecision> parse_decision(std::string_view text) {
    const auto reason_word = take_line(text, "reason");
    const auto elected = take_line(text, "elected");
    const auto decided = take_line(text, "decided");
    const auto sentence = take_line(text, "sentence");
    if (!reason_word || !elected || !decided || !sentence || !text.empty())
        return std::nullopt;
    const auto reason = reason_of(*reason_word);
    const auto address = parse_address(*elected);
    const auto seconds = text::number<std::int64_t>(*decided);
    if (!reason || (!address && *elected != nobody) || !seconds)
        return std::nullopt;
    return InitiatorDecision{.reason = *reason,
                             .elected = address,
                             .decided_unix_seconds = *seconds,
                             .sentence = std::string{*sentence}};
}

std::optional<Written> parse_state(std::string_view text) {
    const auto holder = take_line(text, "holder");
    const auto word = take_line(text, "phase");
    if (!holder || holder->empty() || !word)
        return std::nullopt;
    const auto* const phase =
        std::ranges::find(phases, *word, [](InitiatorPhase known) { return word_of(known); });
    if (phase == phases.end())
        return std::nullopt;
    if (text.empty())
        return Written{std::string{*holder}, *phase, std::nullopt};
    auto decision = parse_decision(text);
    if (!decision)
        return std::nullopt;
    return Written{std::string{*holder}, *phase, std::move(decision)};
}

/// Empty: there is none that can be read as a whole.
Result<std::optional<Written>> read_state(const std::filesystem::path& run_dir) {
    const auto text = read_file(state_path(run_dir), state_bytes_max);
    if (!text)
        return failure(text.error());
    return parse_state(text->value_or(std::string{}));
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

Result<void> InitiatorLock::publish(InitiatorPhase phase,
                                    const std::optional<InitiatorDecision>& decision) const {
    const auto identity = read_identity(fd_.get(), lock_path(run_dir_));
    if (!identity)
        return failure(identity.error());
    return replace_file(state_path(run_dir_),
                        "holder: " + *identity + "\nphase: " + std::string{word_of(phase)} + "\n" +
                            (decision ? text_of(*decision) : std::string{}),
                        readable_by_all);
}

Result<std::optional<InitiatorPhase>> read_initiator_phase(const std::filesystem::path& run_dir) {
    const auto holder = holder_of(lock_path(run_dir));
    if (!holder)
        return failure(holder.error());
    if (!*holder)
        return std::optional<InitiatorPhase>{};
    const auto state = read_state(run_dir);
    if (!state)
        return failure(state.error());
    const bool signed_by_holder = *state && (*state)->holder == **holder;
    return std::optional{signed_by_holder ? (*state)->phase : InitiatorPhase::surveying};
}

Result<std::optional<InitiatorDecision>> read_last_decision(const std::filesystem::path& run_dir) {
    auto state = read_state(run_dir);
    if (!state)
        return failure(state.error());
    return *state ? std::move((*state)->decision) : std::optional<InitiatorDecision>{};
}

} // namespace galera::node
