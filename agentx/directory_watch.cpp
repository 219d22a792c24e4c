#include "agentx/directory_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace galera::agentx {

Result<DirectoryWatch> DirectoryWatch::make(std::filesystem::path directory,
                                            std::vector<std::string> files, std::uint32_t events) {
    node::UniqueFd inotify{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    if (!inotify)
        return failure("cannot watch directories: " + std::generic_category().message(errno) +
                       "; raise fs.inotify.max_user_instances");
    DirectoryWatch watch{std::move(inotify), std::move(directory), std::move(files), events};
    watch.renew();
    return watch;
}

void DirectoryWatch::renew() {
    // Of the same directory the kernel makes the same watch.
    inotify_add_watch(inotify_.get(), directory_.c_str(), events_ | IN_ONLYDIR);
}

bool DirectoryWatch::take_changes() {
    bool changed = false;
    alignas(inotify_event) std::array<char, 4096> buffer{};
    while (true) {
        const auto bytes = ::read(inotify_.get(), buffer.data(), buffer.size());
        if (bytes <= 0) // EAGAIN: that was all
            return changed;
        changed |= names_a_file({buffer.data(), static_cast<std::size_t>(bytes)});
    }
}

bool DirectoryWatch::names_a_file(std::string_view events) const {
    while (events.size() >= sizeof(inotify_event)) {
        inotify_event event{};
        std::memcpy(&event, events.data(), sizeof event);
        const auto padded_name = events.substr(sizeof event, event.len);
        const auto name = padded_name.substr(0, padded_name.find('\0'));
        if (std::ranges::find(files_, name) != files_.end() || (event.mask & IN_Q_OVERFLOW) != 0)
            return true;
        events.remove_prefix(sizeof event + event.len);
    }
    return false;
}

} // namespace galera::agentx
