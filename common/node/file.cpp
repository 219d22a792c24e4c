// Files through the system's own calls: bounded reads, atomic replacement, locks.
#include "common/node/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace galera::node {
namespace {

/// read(2) until the end of the file or one byte more than the bound.
Result<std::string> read_open_file(int fd, std::size_t bytes_max,
                                   const std::filesystem::path& path) {
    std::string content;
    std::array<char, 16384> chunk{};
    while (content.size() <= bytes_max) {
        const ssize_t got = ::read(fd, chunk.data(), chunk.size());
        if (got == 0)
            return content;
        if (got > 0)
            content.append(chunk.data(), static_cast<std::size_t>(got));
        else if (errno != EINTR)
            return failure(system_error(path, "cannot read it", errno));
    }
    return failure(path.string() + ": is larger than " + std::to_string(bytes_max) +
                   " bytes; it is not what it should be, look into it");
}

Result<void> write_whole(int fd, std::string_view content, const std::filesystem::path& path) {
    while (!content.empty()) {
        const ssize_t put = ::write(fd, content.data(), content.size());
        if (put >= 0)
            content.remove_prefix(static_cast<std::size_t>(put));
        else if (errno != EINTR)
            return failure(system_error(path, "cannot write it", errno));
    }
    return {};
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd || ::fsync(fd.get()) != 0)
        return failure(system_error(directory, "cannot write the directory to disk", errno));
    return {};
}

/// A new file in the directory of its target, removed again unless it took the target's place.
class Replacement {
public:
    static Result<Replacement> make(const std::filesystem::path& target) {
        std::string name =
            (directory_of(target) / ("." + target.filename().string() + ".XXXXXX")).string();
        UniqueFd fd{::mkostemp(name.data(), O_CLOEXEC)};
        if (!fd)
            return failure(system_error(target, "cannot create a new file beside it", errno));
        return Replacement{std::move(fd), std::move(name)};
    }
    Replacement(Replacement&& other) noexcept
        : fd_{std::move(other.fd_)}, name_{std::exchange(other.name_, {})} {}
    Replacement& operator=(Replacement&&) = delete;
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;
    ~Replacement() {
        if (!name_.empty())
            ::unlink(name_.c_str());
    }

    [[nodiscard]] int fd() const { return fd_.get(); }
    bool take_place_of(const std::filesystem::path& target) {
        if (::rename(name_.c_str(), target.c_str()) != 0)
            return false;
        name_.clear();
        return true;
    }

private:
    Replacement(UniqueFd fd, std::string name) : fd_{std::move(fd)}, name_{std::move(name)} {}
    UniqueFd fd_;
    std::string name_;
};

/// Owner and mode of the file that is to be replaced; empty: there is none.
Result<std::optional<struct stat>> look_at_old(const std::filesystem::path& path) {
    struct stat old {};
    if (::lstat(path.c_str(), &old) != 0) {
        if (errno == ENOENT)
            return std::optional<struct stat>{};
        return failure(system_error(path, "cannot look at it", errno));
    }
    if (!S_ISREG(old.st_mode))
        return failure(path.string() + ": is not a regular file; put one there or remove it");
    return std::optional{old};
}

/// The owner of the old file; for a new one that root makes, the owner of its directory.
Result<void> give_owner(int fd, const std::optional<struct stat>& old,
                        const std::filesystem::path& path) {
    struct stat owner {};
    if (old)
        owner = *old;
    else if (::geteuid() != 0)
        return {};
    else if (::stat(directory_of(path).c_str(), &owner) != 0)
        return failure(system_error(directory_of(path), "cannot look at it", errno));
    if (::fchown(fd, owner.st_uid, owner.st_gid) != 0)
        return failure(system_error(path, "cannot set its owner", errno));
    return {};
}

} // namespace

Error system_error(const std::filesystem::path& path, std::string_view what, int number) {
    return Error{path.string() + ": " + std::string{what} + ": " +
                 std::generic_category().message(number)};
}

Result<std::optional<std::string>> read_file(const std::filesystem::path& path,
                                             std::size_t bytes_max, Links links) {
    const int careful = links == Links::refused ? O_NOFOLLOW : 0;
    // O_NONBLOCK: a FIFO of that name must not hold us up.
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | careful)};
    if (!fd) {
        if (errno == ENOENT)
            return std::optional<std::string>{};
        if (errno == ELOOP && careful != 0)
            return failure(path.string() + ": is a link; put the file itself there");
        return failure(system_error(path, "cannot open it", errno));
    }
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return failure(system_error(path, "cannot look at it", errno));
    if (!S_ISREG(status.st_mode))
        return failure(path.string() + ": is not a regular file; put one there or remove it");
    auto content = read_open_file(fd.get(), bytes_max, path);
    if (!content)
        return failure(content.error());
    return std::optional{std::move(*content)};
}

FileEnd read_end(const std::filesystem::path& path, std::uintmax_t offset, std::size_t bytes_max) {
    const UniqueFd fd{
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)};
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return {};
    const auto size = static_cast<std::uintmax_t>(status.st_size);
    const auto behind = size < offset ? 0 : offset; // shorter: it was begun anew
    const auto begin = std::max(behind, size - std::min<std::uintmax_t>(size, bytes_max));
    FileEnd end{.text = std::string(static_cast<std::size_t>(size - begin), '\0'),
                .cut = begin > behind};
    std::size_t have = 0;
    while (have < end.text.size()) {
        const ssize_t got = ::pread(fd.get(), end.text.data() + have, end.text.size() - have,
                                    static_cast<off_t>(begin + have));
        if (got > 0)
            have += static_cast<std::size_t>(got);
        else if (got == 0 || errno != EINTR)
            break; // it has become shorter
    }
    end.text.resize(have);
    return end;
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view content,
                          unsigned mode_if_new, Durability durability) {
    const auto old = look_at_old(path);
    if (!old)
        return failure(old.error());
    auto replacement = Replacement::make(path);
    if (!replacement)
        return failure(replacement.error());
    const int fd = replacement->fd();
    if (auto written = write_whole(fd, content, path); !written)
        return written;
    // The mode after the owner: chown takes mode bits away.
    if (auto owned = give_owner(fd, *old, path); !owned)
        return owned;
    if (::fchmod(fd, old->has_value() ? ((*old)->st_mode & 07777U) : mode_if_new) != 0)
        return failure(system_error(path, "cannot set its mode", errno));
    const bool for_good = durability == Durability::for_good;
    if (for_good && ::fsync(fd) != 0)
        return failure(system_error(path, "cannot write it to disk", errno));
    if (!replacement->take_place_of(path))
        return failure(system_error(path, "cannot replace it", errno));
    return for_good ? sync_directory(directory_of(path)) : Result<void>{};
}

Result<void> set_aside(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (directory_of(from) != directory_of(to))
        return failure(from.string() + ": is set aside within its directory, not to " +
                       to.string());
    if (::rename(from.c_str(), to.c_str()) != 0) {
        if (errno == ENOENT)
            return {};
        return failure(system_error(from, "cannot rename it to " + to.string(), errno));
    }
    return sync_directory(directory_of(from));
}

bool lock_within(int fd, std::chrono::milliseconds at_most) {
    constexpr std::chrono::milliseconds glance{10};
    const auto until = std::chrono::steady_clock::now() + at_most;
    while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const bool may_come = errno == EWOULDBLOCK || errno == EINTR;
        if (!may_come || std::chrono::steady_clock::now() >= until)
            return false;
        std::this_thread::sleep_for(glance);
    }
    return true;
}

Result<void> ensure_directory(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory.parent_path(), error);
    if (!error && ::mkdir(directory.c_str(), 0755) == 0) {
        if (::chmod(directory.c_str(), 0755) != 0) // whatever the umask was
            return failure(system_error(directory, "cannot set its mode", errno));
        return {};
    }
    if (error || errno != EEXIST)
        return failure(
            system_error(directory, "cannot create the directory", error ? error.value() : errno));
    if (!std::filesystem::is_directory(directory, error))
        return failure(directory.string() + ": is not a directory; remove it or choose another");
    return {};
}

Result<std::optional<DatadirLock>> DatadirLock::try_take(const std::filesystem::path& datadir) {
    UniqueFd fd{::open(datadir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd)
        return failure(system_error(datadir, "cannot open the data directory", errno));
    int locked = 0;
    do {
        locked = ::flock(fd.get(), LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    if (locked == 0)
        return std::optional{DatadirLock{std::move(fd)}};
    if (errno == EWOULDBLOCK)
        return std::optional<DatadirLock>{};
    return failure(system_error(datadir, "cannot lock the data directory", errno));
}

} // namespace galera::node
